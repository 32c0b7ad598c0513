// Sums of histograms, and what they say between two readings.

// The cumulative counts of several series, added up; null where they have different bounds.
export function addedCounts(series) {
  const first = series[0];
  const sum = first.counts.slice();
  for (const other of series.slice(1)) {
    if (other.counts.length !== sum.length) return null;
    for (let i = 0; i < sum.length; ++i) sum[i] += other.counts[i];
  }
  return sum;
}

// How many observations fell into each bucket between two readings. Counts that have fallen began
// again at zero in between.
export function bucketsBetween(before, after) {
  const last = after.length - 1;
  const hasBegunAgain = before === null || before.length !== after.length || after[last] < before[last];
  const increase = after.map((count, i) => count - (hasBegunAgain ? 0 : before[i]));
  return increase.map((count, i) => Math.max(0, count - (i === 0 ? 0 : increase[i - 1])));
}

// The value below which the share `q` lies, by a straight line within its bucket, as
// histogram_quantile() does it: the last bound where it lies above that one, NaN without observations.
export function quantile(q, bounds, buckets) {
  const total = buckets.reduce((sum, count) => sum + count, 0);
  if (total === 0) return NaN;
  const rank = q * total;
  let below = 0;
  for (let i = 0; i < buckets.length; ++i) {
    if (below + buckets[i] >= rank && buckets[i] > 0) {
      if (bounds[i] === Infinity) return i === 0 ? NaN : bounds[i - 1];
      const lower = i === 0 ? Math.min(0, bounds[0]) : bounds[i - 1];
      return lower + (bounds[i] - lower) * ((rank - below) / buckets[i]);
    }
    below += buckets[i];
  }
  return bounds[bounds.length - 1];
}
