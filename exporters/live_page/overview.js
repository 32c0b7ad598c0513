// The top of the page: readiness, what this process is, and the numbers that matter first.

import {element} from "./card.js";
import {lineColour} from "./chart.js";
import {parseLabels} from "./exposition.js";
import {formatOf, linesOf} from "./lines.js";
import {formatValue} from "./units.js";

// A tile shows the first of its families that the page has.
const kTiles = [
  {title: "Records written", families: ["streamhouse_agent_records_written_total"]},
  {title: "Records sent", families: ["streamhouse_producer_records_sent_total"]},
  {title: "Records consumed", families: ["streamhouse_consumer_records_consumed_total"]},
  {title: "Write latency, p99", families: ["streamhouse_agent_write_latency_seconds"]},
  {title: "Send latency, p99", families: ["streamhouse_producer_send_duration_seconds"]},
  {title: "Lag in records", families: ["streamhouse_agent_group_lag_records", "streamhouse_consumer_lag_records"]},
  {title: "Largest lag in time", families: ["streamhouse_agent_group_lag_seconds", "streamhouse_consumer_lag_seconds"]},
  {title: "Partitions held", families: ["streamhouse_agent_active_partitions"]},
  {title: "CPU", families: ["process_cpu_seconds_total"]},
  {title: "Memory", families: ["process_resident_memory_bytes"]},
  {title: "Threads", families: ["process_threads"]},
  {title: "Descriptors", families: ["process_open_fds"]},
];

class Tile {
  constructor(tile) {
    this.tile = tile;
    this.element = element("a", "tile");
    this.value = element("b");
    this.line = element("canvas");
    this.line.setAttribute("aria-hidden", "true");
    this.element.append(element("span", "", tile.title), this.value, this.line);
  }

  update(history) {
    const name = this.tile.families.find((one) => history.families.has(one));
    this.element.hidden = name === undefined;
    if (name === undefined) return;
    const family = history.families.get(name);
    const {lines} = linesOf(history, family, "");
    const values = lines[lines.length - 1]?.values ?? [];
    this.element.href = "#family-" + name;
    this.value.textContent = formatOf(family)(values[values.length - 1]);
    this.drawLine(values);
  }

  drawLine(values) {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [this.line.clientWidth * ratio, this.line.clientHeight * ratio];
    [this.line.width, this.line.height] = [width, height];
    const context = this.line.getContext("2d");
    const most = Math.max(...values.filter((value) => Number.isFinite(value)), 0);
    if (most === 0) return;
    context.strokeStyle = lineColour(0);
    context.lineWidth = 1.5 * ratio;
    context.beginPath();
    let isDown = false;
    values.forEach((value, i) => {
      if (!Number.isFinite(value)) return void (isDown = false);
      const [x, y] = [(i / Math.max(1, values.length - 1)) * width, height - 2 - (value / most) * (height - 4)];
      if (isDown) context.lineTo(x, y);
      else context.moveTo(x, y);
      isDown = true;
    });
    context.stroke();
  }
}

export class Overview {
  constructor() {
    this.readiness = document.getElementById("readiness");
    this.identity = document.getElementById("identity");
    this.tiles = kTiles.map((tile) => new Tile(tile));
    document.getElementById("tiles").append(...this.tiles.map((tile) => tile.element));
  }

  update(history) {
    for (const tile of this.tiles) tile.update(history);
    this.identity.textContent = identityOf(history).join(" · ");
  }

  // The answer of /ready, whose first line is READY, or which gives the reasons.
  showReadiness(isReady, text) {
    const failed = text.split("\n").filter((line) => line !== "" && !line.endsWith(": ok") && !/^(NOT )?READY$/.test(line));
    this.readiness.className = isReady ? "good" : "bad";
    this.readiness.textContent = isReady ? "ready" : "not ready" + (failed.length > 0 ? ": " + failed.join("; ") : "");
  }

  showUnreachable() {
    this.readiness.className = "bad";
    this.readiness.textContent = "no response";
  }
}

// What it is, which version, and since when it runs.
function identityOf(history) {
  const parts = [location.host];
  for (const family of history.families.values()) {
    if (!family.name.endsWith("_build_info") && family.name !== "target_info") continue;
    const labels = [...family.series.values()].flatMap((series) => parseLabels(series.labels));
    const told = labels.filter(([, value]) => value !== "").map(([name, value]) => name + " " + value);
    parts.push((family.name === "target_info" ? "" : family.name.replace(/_build_info$/, ": ")) + told.join(", "));
  }
  const start = [...(history.families.get("process_start_time_seconds")?.series.values() ?? [])][0]?.latest.value;
  if (start !== undefined) parts.push("up " + formatValue(Math.max(0, Date.now() / 1000 - start), "seconds"));
  return parts;
}
