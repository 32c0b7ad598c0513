// What was read so far: the last kPoints readings of every series, at common times.

import {addedCounts, bucketsBetween} from "./quantiles.js";

export const kPoints = 240;
// Of a histogram's series each keeps all its buckets, up to this many series; of more, the sum does.
export const kSplitHistogramsMax = 64;

class SeriesHistory {
  constructor(labels) {
    this.labels = labels;
    this.values = new Float64Array(kPoints).fill(NaN); // what was read; of histograms the count
    this.counts = new Array(kPoints).fill(null); // of histograms cumulative counts, of summaries the quantiles
    this.lastTick = -1;
  }
}

class FamilyHistory {
  constructor(name) {
    this.name = name;
    this.series = new Map();
    this.totals = new Array(kPoints).fill(null); // of histograms: the counts of all series
    this.bounds = null;
    this.lastTick = -1;
  }

  update(family, tick) {
    const at = tick % kPoints;
    this.type = family.type;
    this.help = family.help;
    this.lastTick = tick;
    for (const series of family.series.values()) {
      let kept = this.series.get(series.labels);
      if (kept === undefined) this.series.set(series.labels, (kept = new SeriesHistory(series.labels)));
      kept.lastTick = tick;
      kept.latest = series;
      kept.values[at] = series.value ?? series.count;
      if (family.type === "summary") kept.counts[at] = series.values;
    }
    this.forgetOldSeries(tick);
    if (family.type === "histogram") this.updateCounts(family, at);
  }

  updateCounts(family, at) {
    const all = [...family.series.values()];
    if (all.length === 0) return;
    this.bounds = all[0].bounds;
    this.totals[at] = addedCounts(all);
    if (all.length > kSplitHistogramsMax) return;
    for (const series of all) this.series.get(series.labels).counts[at] = series.counts;
  }

  forgetOldSeries(tick) {
    for (const [labels, kept] of this.series) {
      if (tick - kept.lastTick >= kPoints) this.series.delete(labels);
    }
  }
}

export class History {
  constructor() {
    this.families = new Map();
    this.times = new Float64Array(kPoints).fill(NaN); // seconds since 1970
    this.tick = -1;
  }

  // A new reading, of all families or, where the page was cut, of the first ones.
  add(families, time) {
    this.tick += 1;
    const at = this.tick % kPoints;
    this.times[at] = time;
    for (const kept of this.families.values()) {
      kept.totals[at] = null;
      for (const series of kept.series.values()) {
        series.values[at] = NaN;
        series.counts[at] = null;
      }
    }
    for (const family of families.values()) {
      if (!this.families.has(family.name)) this.families.set(family.name, new FamilyHistory(family.name));
      this.families.get(family.name).update(family, this.tick);
    }
    for (const [name, kept] of this.families) {
      if (this.tick - kept.lastTick >= kPoints) this.families.delete(name);
    }
  }

  // The places of the readings in the arrays, from the oldest on.
  places() {
    const count = Math.min(this.tick + 1, kPoints);
    return Array.from({length: count}, (_, i) => (this.tick - count + 1 + i) % kPoints);
  }

  timeLine() {
    return this.places().map((at) => this.times[at]);
  }

  gauge(series) {
    return this.places().map((at) => series.values[at]);
  }

  // By the second, since the reading before. A value that has fallen began again at zero.
  rate(series) {
    let before = NaN;
    let beforeTime = NaN;
    return this.places().map((at) => {
      const value = series.values[at];
      const time = this.times[at];
      const rate = (value < before ? value : value - before) / (time - beforeTime);
      if (!Number.isNaN(value)) [before, beforeTime] = [value, time];
      return rate;
    });
  }

  // Of each reading the observations by bucket since the one before; null where there is none before.
  buckets(readings) {
    let before = null;
    return this.places().map((at) => {
      const counts = readings[at];
      const between = before === null || counts === null ? null : bucketsBetween(before, counts);
      before = counts ?? before;
      return between;
    });
  }
}
