#!/bin/bash
# Packages: npm's prom-client 15.1.3, @opentelemetry/instrumentation-runtime-node 0.36.1 with
#           sdk-metrics 2.12.1 and api 1.9.1; Node 20.
#
# Guess:    the event-loop lag of an idle process is near 0: its median is a fraction of a
#           millisecond.
# Instead:  both libraries show a median of about 10 ms and a minimum of 9 ms.
# Why:      both use Node's histogram of the event-loop delay with a resolution of 10 ms. It records
#           the whole time between two ticks of its timer, the 10 ms included.
# Matters:  a limit of 10 ms on the median fires for each idle service, and one of 20 ms means 10.
#           Subtract the resolution.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund prom-client@15.1.3 @opentelemetry/instrumentation-runtime-node@0.36.1 \
  @opentelemetry/sdk-metrics@2.12.1 @opentelemetry/api@1.9.1 >/dev/null
cat >idle.js <<'END_JS'
const { MeterProvider, MetricReader } = require('@opentelemetry/sdk-metrics');
const { RuntimeNodeInstrumentation } = require('@opentelemetry/instrumentation-runtime-node');
const { collectDefaultMetrics, register } = require('prom-client');
class Reader extends MetricReader { async onForceFlush() {} async onShutdown() {} }
const reader = new Reader();
new RuntimeNodeInstrumentation().setMeterProvider(new MeterProvider({ readers: [reader] }));
collectDefaultMetrics();
setTimeout(async () => {
  const found = {};
  for (const line of (await register.metrics()).split('\n')) {
    const lag = /^nodejs_eventloop_lag_(min|p50)_seconds (.*)/.exec(line);
    if (lag) found[`prom-client ${lag[1]}`] = lag[2];
  }
  for (const scope of (await reader.collect()).resourceMetrics.scopeMetrics) {
    for (const metric of scope.metrics) {
      const delay = /^nodejs\.eventloop\.delay\.(min|p50)$/.exec(metric.descriptor.name);
      if (delay) found[`OpenTelemetry ${delay[1]}`] = metric.dataPoints[0].value;
    }
  }
  for (const [name, value] of Object.entries(found)) {
    console.log(`${name}: ${value} s, ${value > 0.008 ? 'near the resolution of 10 ms or above' : 'below it'}`);
  }
  process.exit();
}, 3000);
END_JS
node idle.js | tee out
if [ "$(grep -c 'near the resolution' out)" != 4 ] || [ "$(wc -l <out)" != 4 ]; then
  echo "CHANGED: the delay of an idle event loop is below the resolution of its timer"
  exit 1
fi
echo "SEEN: an idle process has an event-loop lag of 10 ms in both libraries"
