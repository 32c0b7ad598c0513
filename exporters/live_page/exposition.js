// Reads a page in Prometheus' text format 0.0.4, piece by piece, up to a number of samples.
//
// A family is {name, type, help, series: Map(label text -> series)}. A series of a histogram is
// {labels, bounds, counts, sum, count} with cumulative counts in the order of the page; of a summary
// {labels, quantiles, values, sum, count}; of everything else {labels, value}.

const kComment = /^# (TYPE|HELP) (\S+) ?(.*)$/;
const kSample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)(?: -?\d+)?$/;
const kPair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;
const kBound = /(?:^|,)(le|quantile)="([^"]*)"/;

export function parseNumber(text) {
  if (text === "+Inf" || text === "Inf") return Infinity;
  return text === "-Inf" ? -Infinity : Number(text);
}

function unescape(text) {
  return text.replace(/\\(.)/g, (_, c) => (c === "n" ? "\n" : c));
}

// The pairs of a label text, as [[name, value]…].
export function parseLabels(text) {
  return Array.from(text.matchAll(kPair), (pair) => [pair[1], unescape(pair[2])]);
}

export class PageReader {
  constructor(samplesMax) {
    this.families = new Map();
    this.isFull = false; // the limit was reached, and the rest of the page is unknown
    this.samplesMax = samplesMax;
    this.samples = 0;
    this.rest = "";
    this.family = null;
  }

  // False: it wants no more.
  push(text) {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop();
    for (const line of lines) {
      if (this.samples >= this.samplesMax) {
        this.isFull = true;
        return false;
      }
      if (line !== "") this.readLine(line);
    }
    return true;
  }

  readLine(line) {
    if (line[0] === "#") {
      const comment = kComment.exec(line);
      if (comment === null) return;
      const family = this.familyOf(comment[2]);
      if (comment[1] === "TYPE") family.type = comment[3];
      else family.help = unescape(comment[3]);
      return;
    }
    const sample = kSample.exec(line);
    if (sample === null) return;
    this.samples += 1;
    this.addSample(sample[1], sample[2] ?? "", parseNumber(sample[3]));
  }

  familyOf(name) {
    if (this.family !== null && this.family.name === name) return this.family;
    if (!this.families.has(name)) this.families.set(name, {name, type: "untyped", help: "", series: new Map()});
    this.family = this.families.get(name);
    return this.family;
  }

  addSample(name, labels, value) {
    const family = this.family;
    const isPart = family !== null && (family.type === "histogram" || family.type === "summary");
    const suffix = isPart && name.startsWith(family.name) ? name.slice(family.name.length) : null;
    if (suffix === "_sum" || suffix === "_count") {
      this.partOf(family, labels)[suffix.slice(1)] = value;
    } else if (suffix === "_bucket" || (suffix === "" && family.type === "summary")) {
      const bound = kBound.exec(labels);
      if (bound === null) return;
      const others = (labels.slice(0, bound.index) + labels.slice(bound.index + bound[0].length)).replace(/^,/, "");
      const series = this.partOf(family, others);
      (series.bounds ?? series.quantiles).push(parseNumber(bound[2]));
      (series.counts ?? series.values).push(value);
    } else {
      this.familyOf(name).series.set(labels, {labels, value});
    }
  }

  partOf(family, labels) {
    let series = family.series.get(labels);
    if (series === undefined) {
      series = {labels, sum: NaN, count: NaN};
      Object.assign(series, family.type === "summary" ? {quantiles: [], values: []} : {bounds: [], counts: []});
      family.series.set(labels, series);
    }
    return series;
  }
}
