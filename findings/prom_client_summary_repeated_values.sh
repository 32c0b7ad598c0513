#!/bin/bash
# Packages: npm's prom-client 15.1.3 and the tdigest 0.1.3 under it.
#
# Guess:    quantiles of a summary are close to the exact ones; a t-digest is at its best with few
#           distinct values.
# Instead:  1000 observations of 0.01 s and 10 of 10 s give a median of 0.11 s and a p90 of 8.1 s.
#           Both are exactly 0.01 s. If each 0.01 s differs by a nanosecond at most, the median and
#           the p90 are right.
# Why:      equal values share one centroid, however many they are. The quantile is interpolated
#           between two centroids as if the values lay evenly between them.
# Matters:  durations in whole milliseconds, batch sizes and retries repeat. One slow request in a
#           hundred then lifts the p90 of all by a factor of 800, and the alert speaks of a slow
#           service. Use a histogram for such values.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund prom-client@15.1.3 tdigest@0.1.3 >/dev/null
node >out - <<'END'
const { Summary } = require('prom-client');
const percentiles = [0.5, 0.9];
const equal = new Summary({ name: 'equal', help: 'h', percentiles });
const close = new Summary({ name: 'close', help: 'h', percentiles });
const all = [];
for (let i = 0; i < 1010; ++i) {
  const value = i % 101 === 100 ? 10 : 0.01;
  all.push(value);
  equal.observe(value);
  close.observe(value + i * 1e-12);
}
all.sort((a, b) => a - b);
(async () => {
  const shown = async summary => (await summary.get()).values.slice(0, 2).map(each => each.value.toFixed(2)).join(' ');
  console.log('p50 and p90, exact:        ', percentiles.map(p => all[Math.ceil(p * all.length) - 1].toFixed(2)).join(' '));
  console.log('prom-client, close values: ', await shown(close));
  console.log('prom-client, equal values: ', await shown(equal));
})();
END
cat out
if ! grep -q 'exact: *0.01 0.01$' out || ! grep -q 'close values: *0.01 0.01$' out ||
  ! grep -q 'equal values: *0.11 8.10$' out; then
  echo "CHANGED: repeated values no longer shift the quantiles of a summary"
  exit 1
fi
echo "SEEN: a p90 of 8.10 where 99 of 100 observations are 0.01"
