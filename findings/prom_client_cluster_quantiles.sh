#!/bin/bash
# Packages: npm's prom-client 15.1.3.
#
# Guess:    the page of a Node cluster, merged from its workers, averages the quantiles of a summary
#           or leaves them out.
# Instead:  it adds them up. Four workers with a p99 of 0.2 s each give a p99 of 0.8 s. Gauges are
#           added up, too, unless each gauge names another aggregator; so four workers that report a
#           ratio of 0.5 report 2.
# Matters:  the default aggregator is "sum" for each type, so latency in the dashboard grows with
#           the number of workers. An autoscaler that watches this quantile adds workers, and
#           thereby raises it. Use histograms in a cluster.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund prom-client@15.1.3 >/dev/null
node >out - <<'END'
const client = require('prom-client');
const summary = new client.Summary({ name: 'latency_seconds', help: 'h', percentiles: [0.5, 0.99] });
for (let i = 0; i < 100; ++i) summary.observe(0.2);
new client.Gauge({ name: 'busy_ratio', help: 'h' }).set(0.5);
client.register.getMetricsAsJSON().then(async worker => {
  console.log(`one worker:\n${await client.register.metrics()}`);
  const merged = client.AggregatorRegistry.aggregate([worker, worker, worker, worker]);
  console.log(`four such workers:\n${await merged.metrics()}`);
});
END
grep -v '^#' out
if ! sed '1,/^four/d' out | grep -qx 'latency_seconds{quantile="0.99"} 0.8' ||
  ! sed '1,/^four/d' out | grep -qx 'busy_ratio 2'; then
  echo "CHANGED: quantiles or gauges of workers are no longer added up"
  exit 1
fi
echo "SEEN: a cluster's quantile is the sum of its workers' quantiles"
