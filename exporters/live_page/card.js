// One family on the page: its name, its help, its value now, its chart.

import {parseLabels} from "./exposition.js";
import {HeatMap, lineColour, LineChart} from "./chart.js";
import {formatOf, headline, kEverySeries, linesOf, nameOfSplit, splitsOf} from "./lines.js";
import {unitOf} from "./units.js";

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// Families that tell what something is: a value of 1, and the labels are the message.
export function isInfo(family) {
  return family.name.endsWith("_info") && [...family.series.values()].every((series) => series.latest.value === 1);
}

export class Card {
  constructor(history, family) {
    this.history = history;
    this.family = family;
    this.format = formatOf(family);
    this.isVisible = false;
    this.split = null;
    this.splits = null;
    this.cursor = null;
    this.element = element("article", "card");
    this.element.tabIndex = -1;
    this.element.id = "family-" + family.name;
    this.makeHead();
    this.body = element("div", "chart");
    this.legend = element("ul", "legend");
    this.element.append(this.body, this.legend);
  }

  makeHead() {
    const head = element("header");
    this.value = element("output", "value");
    const name = element("h3");
    for (const word of this.family.name.split(/(?<=_)/)) name.append(word, element("wbr")); // where a line may end
    head.append(name, this.value);
    this.note = element("span", "note");
    this.chooser = element("select");
    this.chooser.setAttribute("aria-label", "How to split " + this.family.name);
    this.chooser.addEventListener("change", () => {
      this.split = this.chooser.value;
      this.draw();
    });
    const line = element("div", "about");
    line.append(this.note, this.chooser);
    this.element.append(head, element("p", "help", this.family.help), line);
  }

  // Choices appear and go with the series of the family.
  updateSplits() {
    const splits = splitsOf(this.family);
    if (splits.join("\n") !== this.splits?.join("\n")) {
      this.splits = splits;
      this.chooser.replaceChildren(
        ...splits.map((split) => new Option(nameOfSplit(split, this.family), split)),
      );
      if (this.split === null || !splits.includes(this.split)) this.split = splits[0];
      this.chooser.value = this.split;
    }
    const isPlain = this.family.series.size < 2 && this.family.type !== "histogram";
    this.chooser.hidden = isPlain || splits.length < 2 || isInfo(this.family);
  }

  update() {
    if (this.isVisible) this.draw();
  }

  draw() {
    this.updateSplits();
    const count = this.family.series.size;
    this.note.textContent = this.family.type + (count === 1 ? "" : `, ${count.toLocaleString()} series`);
    if (isInfo(this.family)) return this.drawInfo();
    this.value.textContent = this.format(headline(this.history, this.family));
    this.value.title = this.family.type === "histogram" ? "99 % of the latest observations are at most this" : "";
    const {lines, leftOut} = linesOf(this.history, this.family, this.split);
    // A date that never changes needs no line.
    if (unitOf(this.family.name) === "date" && this.family.series.size === 1) return;
    this.chart ??= new LineChart(this.body, this.family, this.format, (place) => this.showLegend(place));
    this.lines = lines;
    this.leftOut = leftOut;
    this.chart.draw(this.history.timeLine(), lines);
    if (this.family.type === "histogram") this.drawHeatMap();
    this.showLegend(this.cursor);
  }

  drawInfo() {
    const series = [...this.family.series.values()].slice(0, 8);
    const list = element("dl", "info");
    for (const [name, value] of series.flatMap((one) => parseLabels(one.labels))) {
      list.append(element("dt", "", name), element("dd", "", value === "" ? "–" : value));
    }
    this.body.replaceChildren(list);
  }

  drawHeatMap() {
    this.heatMap ??= new HeatMap(this.body, unitOf(this.family.name));
    this.heatMap.draw(this.family.bounds ?? [], this.history.buckets(this.family.totals));
  }

  // The values under the pointer, and the latest where it is elsewhere.
  showLegend(place) {
    this.cursor = place;
    const entries = this.lines.map((line, i) => {
      const entry = element("li");
      const mark = element("span", "mark");
      mark.style.background = lineColour(i);
      const values = line.values;
      entry.append(mark, element("span", "name", line.label), element("b", "", this.format(values[place ?? values.length - 1])));
      entry.title = line.label;
      return entry;
    });
    if (this.leftOut > 0) entries.push(element("li", "quiet", `and ${this.leftOut.toLocaleString()} more`));
    const isAlone = entries.length === 1 && (this.split === "" || this.split === kEverySeries);
    this.legend.replaceChildren(...(isAlone && this.lines[0].label === "value" ? [] : entries));
  }

  // After a change of colours.
  recolour() {
    this.chart?.redraw();
    if (this.isVisible) this.draw();
  }
}
