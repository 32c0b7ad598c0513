// A chart of lines over time, and the heat map of a histogram.

/* global uPlot */
import {formatValue, unitOf} from "./units.js";

const kHeight = 120;
const kColours = 8; // --line-0 to --line-7 of page.css
// Steps between the marks of an axis of bytes.
const kBinarySteps = Array.from({length: 61}, (_, i) => 2 ** i);

export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function lineColour(i) {
  return colour("--line-" + (i % kColours));
}

function axis(extra) {
  return {
    stroke: () => colour("--quiet"),
    grid: {stroke: () => colour("--grid"), width: 1},
    ticks: {show: false},
    font: "11px system-ui, sans-serif",
    ...extra,
  };
}

// `onCursor` is called with the place of the reading under the pointer, or null.
export class LineChart {
  constructor(parent, family, format, onCursor) {
    this.parent = parent;
    this.steps = unitOf(family.name) === "bytes" && family.type !== "counter" ? {incrs: kBinarySteps} : {};
    this.format = format;
    this.onCursor = onCursor;
    this.plot = null;
    this.names = "";
  }

  draw(times, lines) {
    const data = [times, ...lines.map((line) => Array.from(line.values, (v) => (Number.isFinite(v) ? v : null)))];
    const names = lines.map((line) => line.label).join("\n");
    const width = this.parent.clientWidth;
    if (this.plot === null || names !== this.names) this.make(width, lines, data, names);
    else if (this.plot.width !== width) this.plot.setSize({width, height: kHeight});
    this.plot.setData(data);
  }

  make(width, lines, data, names) {
    this.plot?.destroy();
    this.names = names;
    const options = {
      width,
      height: kHeight,
      legend: {show: false},
      cursor: {y: false, drag: {x: false, y: false}},
      padding: [8, 4, 0, 0],
      scales: {y: {range: (_, low, high) => rangeOf(low, high)}},
      axes: [
        axis({size: 22, space: 70}),
        axis({size: 62, space: 28, values: (_, values) => values.map((value) => this.format(value)), ...this.steps}),
      ],
      series: [{}, ...lines.map((_, i) => ({stroke: () => lineColour(i), width: 1.5, points: {show: false}}))],
      hooks: {setCursor: [(plot) => this.onCursor(plot.cursor.idx ?? null)]},
    };
    this.plot = new uPlot(options, data, this.parent);
  }

  redraw() {
    this.plot?.redraw(false, true);
  }
}

// From zero on where nothing is negative, so that heights may be compared.
function rangeOf(low, high) {
  if (low === null || high === null) return [0, 1];
  if (low === high) return low === 0 ? [0, 1] : low > 0 ? [0, low * 1.25] : [low * 1.25, 0];
  return [Math.min(0, low), Math.max(0, high + (high - Math.min(0, low)) * 0.05)];
}

// Columns are readings, rows are buckets from the lowest at the bottom; the darker, the more observations.
export class HeatMap {
  constructor(parent, unit) {
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("role", "img");
    this.unit = unit;
    parent.append(this.canvas);
  }

  draw(bounds, buckets) {
    const shown = rowsToShow(buckets);
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [this.canvas.clientWidth * ratio, this.canvas.clientHeight * ratio];
    [this.canvas.width, this.canvas.height] = [width, height];
    this.canvas.setAttribute("aria-label", describe(bounds, buckets, this.unit));
    if (shown === null || width === 0) return;
    const context = this.canvas.getContext("2d");
    const left = 62 * ratio;
    const most = Math.max(...buckets.map((counts) => (counts === null ? 0 : Math.max(...counts))));
    const rows = shown.last - shown.first + 1;
    const [wide, tall] = [(width - left) / buckets.length, height / rows];
    context.fillStyle = colour("--heat");
    buckets.forEach((counts, column) => {
      for (let row = 0; counts !== null && row < rows; ++row) {
        const count = counts[shown.first + row];
        if (count === 0) continue;
        context.globalAlpha = 0.12 + 0.88 * Math.sqrt(count / most);
        context.fillRect(left + column * wide, height - (row + 1) * tall, Math.ceil(wide), Math.max(1, tall - ratio));
      }
    });
    this.drawBounds(context, bounds, shown, left, tall, ratio);
  }

  drawBounds(context, bounds, shown, left, tall, ratio) {
    const step = Math.ceil((14 * ratio) / tall);
    context.globalAlpha = 1;
    context.fillStyle = colour("--quiet");
    context.font = 11 * ratio + "px system-ui, sans-serif";
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (let row = Math.floor((7 * ratio) / tall); (row + 0.5) * tall + 6 * ratio < this.canvas.height; row += step) {
      const text = "≤ " + formatValue(bounds[shown.first + row], this.unit);
      context.fillText(text, left - 6 * ratio, this.canvas.height - (row + 0.5) * tall);
    }
  }
}

// The rows between the lowest and the highest that have anything in them.
function rowsToShow(buckets) {
  let [first, last] = [Infinity, -1];
  for (const counts of buckets) {
    if (counts === null) continue;
    counts.forEach((count, i) => {
      if (count > 0) [first, last] = [Math.min(first, i), Math.max(last, i)];
    });
  }
  return last < 0 ? null : {first, last};
}

function describe(bounds, buckets, unit) {
  const shown = rowsToShow(buckets);
  if (shown === null) return "Heat map without observations";
  const low = shown.first === 0 ? "the lowest bucket" : "above " + formatValue(bounds[shown.first - 1], unit);
  return `Heat map of observations, from ${low} to at most ${formatValue(bounds[shown.last], unit)}`;
}
