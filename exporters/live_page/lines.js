// The lines of a family's chart.
//
// A line is {label, values}: one value for each reading, NaN where there is none.

import {parseLabels} from "./exposition.js";
import {kSplitHistogramsMax} from "./history.js";
import {addedCounts, quantile} from "./quantiles.js";
import {formatRate, formatValue, unitOf} from "./units.js";

export const kLinesMax = 8;
export const kEverySeries = "*"; // a way to split that is no label
export const kQuantiles = [0.5, 0.9, 0.99];

// The quantile that stands for a group of histograms.
const kGroupQuantile = 0.99;

// Ages and times are not added up: of several the largest counts.
function isLargest(family) {
  return family.type !== "counter" && ["seconds", "date", "ratio"].includes(unitOf(family.name));
}

function hasRates(family) {
  return family.type === "counter";
}

export function formatOf(family) {
  const unit = unitOf(family.name);
  return hasRates(family) ? (value) => formatRate(value, unit) : (value) => formatValue(value, unit);
}

function labelNames(family) {
  const names = new Set();
  for (const series of family.series.values()) {
    for (const [name] of parseLabels(series.labels)) names.add(name);
  }
  return [...names];
}

// The ways to split a family, the usual one first.
export function splitsOf(family) {
  const names = labelNames(family);
  if (family.type === "histogram") {
    return family.series.size > kSplitHistogramsMax ? [""] : ["", ...names];
  }
  if (family.series.size <= kLinesMax || family.type === "summary") return [kEverySeries, ...names, ""];
  return [...names.slice(0, 1), "", ...names.slice(1), kEverySeries];
}

export function nameOfSplit(split, family) {
  if (split === kEverySeries) return "every series";
  const what = family.type === "histogram" ? "all" : isLargest(family) ? "largest" : "sum";
  return split === "" ? what : (family.type === "histogram" ? "p99" : what) + " by " + split;
}

function groupName(series, split) {
  if (split === "") return "";
  if (split === kEverySeries) return series.labels.replaceAll('"', "") || "value";
  const pair = parseLabels(series.labels).find(([name]) => name === split);
  return pair === undefined ? "(none)" : pair[1] === "" ? '""' : pair[1];
}

function groupsOf(family, split) {
  const groups = new Map();
  for (const series of family.series.values()) {
    const name = groupName(series, split);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(series);
  }
  return groups;
}

// NaN counts as nothing, but nothing else than NaN is NaN.
function combined(rows, isLargestOfThem) {
  return rows[0].map((_, i) => {
    let result = NaN;
    for (const row of rows) {
      const value = row[i];
      if (Number.isNaN(value)) continue;
      if (Number.isNaN(result)) result = value;
      else result = isLargestOfThem ? Math.max(result, value) : result + value;
    }
    return result;
  });
}

function lastValue(line) {
  return line.values.findLast((value) => !Number.isNaN(value)) ?? -Infinity;
}

function numberLines(history, family, split) {
  const valuesOf = (series) => (hasRates(family) ? history.rate(series) : history.gauge(series));
  return Array.from(groupsOf(family, split), ([label, series]) => ({
    label: label || nameOfSplit("", family),
    values: combined(series.map(valuesOf), isLargest(family)),
  }));
}

function quantileLine(label, q, bounds, buckets) {
  return {label, values: buckets.map((counts) => (counts === null ? NaN : quantile(q, bounds, counts)))};
}

function histogramLines(history, family, split) {
  if (family.bounds === null) return [];
  if (split === "") {
    const buckets = history.buckets(family.totals);
    return kQuantiles.map((q) => quantileLine("p" + q * 100, q, family.bounds, buckets));
  }
  return Array.from(groupsOf(family, split), ([label, series]) => {
    const readings = series[0].counts.map((_, at) => {
      const present = series.map((one) => one.counts[at]).filter((counts) => counts !== null);
      return present.length === 0 ? null : addedCounts(present.map((counts) => ({counts})));
    });
    return quantileLine(label, kGroupQuantile, family.bounds, history.buckets(readings));
  });
}

function summaryLines(history, family) {
  return [...family.series.values()].flatMap((series) =>
    (series.latest.quantiles ?? []).map((q, i) => ({
      label: [series.labels.replaceAll('"', ""), "p" + q * 100].filter((part) => part !== "").join(" "),
      values: history.places().map((at) => series.counts[at]?.[i] ?? NaN),
    })),
  );
}

// At most kLinesMax lines, the largest first, and how many are left out.
export function linesOf(history, family, split) {
  if (family.type === "histogram" && split === "") return {lines: histogramLines(history, family, ""), leftOut: 0};
  const all =
    family.type === "histogram" ? histogramLines(history, family, split)
    : family.type === "summary" ? summaryLines(history, family)
    : numberLines(history, family, split);
  all.sort((a, b) => lastValue(b) - lastValue(a) || (a.label < b.label ? -1 : 1));
  return {lines: all.slice(0, kLinesMax), leftOut: Math.max(0, all.length - kLinesMax)};
}

// One value for the whole family now: the rate or value of all series, of a histogram its p99.
export function headline(history, family) {
  const {lines} = linesOf(history, family, "");
  const line = lines[lines.length - 1];
  return line === undefined ? NaN : line.values[line.values.length - 1];
}
