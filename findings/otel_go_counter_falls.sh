#!/bin/bash
# Packages: OpenTelemetry SDKs: Go's otel/sdk/metric 1.47.0, JavaScript's sdk-metrics 2.12.1,
# Python's opentelemetry-sdk 1.45.2.
#
# Guess:    a counter never falls: each SDK ignores a negative increment with a warning, and a
#           histogram a negative value, as the API of all three asks for values from 0 up.
# Instead:  JavaScript and Python ignore both. Go takes both without a word: 5 and -7 make a sum of
#           -2 that is marked as monotonic, and a histogram of 4 and -9 has a sum of -5.
# Matters:  a difference of two clocks or sizes that is negative for once makes a Go counter fall. A
#           reader takes that for a restart: Prometheus' rate() then counts the whole new value.
#           Check the sign before Add().
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install opentelemetry-sdk==1.45.2
npm install --silent --no-audit --no-fund @opentelemetry/api@1.9.1 @opentelemetry/sdk-metrics@2.12.1 >/dev/null
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
printf '%s\n' 'module finding' 'go 1.26' 'require go.opentelemetry.io/otel/sdk/metric v1.47.0' >go.mod
cat >main.go <<'END'
package main

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

func main() {
	ctx := context.Background()
	reader := metric.NewManualReader()
	meter := metric.NewMeterProvider(metric.WithReader(reader)).Meter("m")
	counter, _ := meter.Int64Counter("c")
	histogram, _ := meter.Int64Histogram("h")
	counter.Add(ctx, 5)
	counter.Add(ctx, -7)
	histogram.Record(ctx, 4)
	histogram.Record(ctx, -9)
	var read metricdata.ResourceMetrics
	if err := reader.Collect(ctx, &read); err != nil {
		panic(err)
	}
	sum := read.ScopeMetrics[0].Metrics[0].Data.(metricdata.Sum[int64])
	point := read.ScopeMetrics[0].Metrics[1].Data.(metricdata.Histogram[int64]).DataPoints[0]
	fmt.Printf("Go: counter %d, monotonic %t; histogram count %d sum %d\n", sum.DataPoints[0].Value, sum.IsMonotonic,
		point.Count, point.Sum)
}
END
cat >main.js <<'END'
const sdk = require('@opentelemetry/sdk-metrics');
const exporter = new sdk.InMemoryMetricExporter(sdk.AggregationTemporality.CUMULATIVE);
const reader = new sdk.PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3600000 });
const meter = new sdk.MeterProvider({ readers: [reader] }).getMeter('m');
const [counter, histogram] = [meter.createCounter('c'), meter.createHistogram('h')];
for (const value of [5, -7]) counter.add(value);
for (const value of [4, -9]) histogram.record(value);
reader.forceFlush().then(() => {
  const [c, h] = exporter.getMetrics()[0].scopeMetrics[0].metrics;
  const { count, sum } = h.dataPoints[0].value;
  console.log(`JavaScript: counter ${c.dataPoints[0].value}, monotonic ${c.isMonotonic}; histogram count ${count} sum ${sum}`);
  process.exit(0);
});
END
cat >main.py <<'END'
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
reader = InMemoryMetricReader()
meter = MeterProvider([reader]).get_meter("m")
counter, histogram = meter.create_counter("c"), meter.create_histogram("h")
for value in (5, -7):
    counter.add(value)
for value in (4, -9):
    histogram.record(value)
c, h = (metric.data for metric in reader.get_metrics_data().resource_metrics[0].scope_metrics[0].metrics)
print(f"Python: counter {c.data_points[0].value}, monotonic {str(c.is_monotonic).lower()};",
      f"histogram count {h.data_points[0].count} sum {h.data_points[0].sum}")
END
go build -o main . 2>log || { cat log; exit 1; }
{
  ./main
  node main.js
  venv/bin/python main.py 2>/dev/null
} | tee out
cat >expected <<'END'
Go: counter -2, monotonic true; histogram count 2 sum -5
JavaScript: counter 5, monotonic true; histogram count 1 sum 4
Python: counter 5, monotonic true; histogram count 1 sum 4
END
if ! cmp -s out expected; then
  echo "CHANGED: one of the three takes negative values in another way"
  exit 1
fi
echo "SEEN: a counter of Go's SDK falls, and its sum is still marked as monotonic"
