#!/bin/bash
# Packages: Go's client_golang 1.25.0 and otel/sdk/metric 1.47.0; PyPI's prometheus-client 0.26.0
#           and opentelemetry-sdk 1.45.2; npm's prom-client 15.1.3 and @opentelemetry/sdk-metrics
#           2.12.1 (@opentelemetry/api 1.9.1).
#
# Guess:    a histogram that observes 0.5, NaN, Infinity and 1.5 has a count of 4 (or refuses NaN)
#           in each library alike.
# Instead:  the six libraries give four pairs of count and sum:
#             client_golang 4 and NaN; Go's OpenTelemetry SDK 4 and NaN;
#             prometheus-client (Python) 3 and NaN: NaN is in no bucket and not in the count, but spoils the sum;
#             JavaScript's OpenTelemetry SDK 3 and Infinity: NaN is ignored;
#             Python's OpenTelemetry SDK 2 and 2: NaN and Infinity are ignored; prom-client, too, but it throws for each.
# Matters:  a division by zero in a measured ratio makes such values. Afterwards the mean (sum by
#           count) is NaN until the restart in one service, and fine in another. With
#           prometheus-client (Python) no count tells that NaN was observed.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
printf '%s\n' 'module finding' 'go 1.26' \
  'require github.com/prometheus/client_golang v1.25.0' \
  'require go.opentelemetry.io/otel/sdk/metric v1.47.0' >go.mod
cat >main.go <<'END'
package main

import (
	"context"
	"fmt"
	"math"

	"github.com/prometheus/client_golang/prometheus"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

func main() {
	ctx, reader, registry := context.Background(), sdk.NewManualReader(), prometheus.NewRegistry()
	plain := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "h", Buckets: []float64{1, 2}})
	registry.MustRegister(plain)
	otel, _ := sdk.NewMeterProvider(sdk.WithReader(reader)).Meter("m").Float64Histogram("h")
	for _, value := range []float64{0.5, math.NaN(), math.Inf(1), 1.5} {
		plain.Observe(value)
		otel.Record(ctx, value)
	}
	families, _ := registry.Gather()
	read := families[0].Metric[0].Histogram
	fmt.Println("client_golang", read.GetSampleCount(), read.GetSampleSum())
	var all metricdata.ResourceMetrics
	reader.Collect(ctx, &all)
	point := all.ScopeMetrics[0].Metrics[0].Data.(metricdata.Histogram[float64]).DataPoints[0]
	fmt.Println("otel-go", point.Count, point.Sum)
}
END
go run . >out 2>log || { cat log; exit 1; }
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install prometheus-client==0.26.0 opentelemetry-sdk==1.45.2
venv/bin/python >>out 2>log - <<'END' || { cat log; exit 1; }
from prometheus_client import CollectorRegistry, Histogram
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
registry, reader = CollectorRegistry(), InMemoryMetricReader()
plain = Histogram("h", "h", buckets=[1, 2], registry=registry)
otel = MeterProvider([reader]).get_meter("m").create_histogram("h")
for value in (0.5, float("nan"), float("inf"), 1.5):
    plain.observe(value)
    otel.record(value)
print(f"prometheus-client {registry.get_sample_value('h_count'):g} {registry.get_sample_value('h_sum')}")
point = reader.get_metrics_data().resource_metrics[0].scope_metrics[0].metrics[0].data.data_points[0]
print("otel-python", point.count, point.sum)
END
npm install --silent --no-audit --no-fund prom-client@15.1.3 @opentelemetry/sdk-metrics@2.12.1 @opentelemetry/api@1.9.1 \
  >/dev/null
node >>out - <<'END'
const { Histogram } = require('prom-client');
const { MeterProvider, MetricReader } = require('@opentelemetry/sdk-metrics');
class Reader extends MetricReader { async onForceFlush() {} async onShutdown() {} }
const reader = new Reader();
const plain = new Histogram({ name: 'h', help: 'h', buckets: [1, 2] });
const otel = new MeterProvider({ readers: [reader] }).getMeter('m').createHistogram('h');
for (const value of [0.5, NaN, Infinity, 1.5]) {
  try { plain.observe(value); } catch (error) { console.log('prom-client throws at', value); }
  otel.record(value);
}
(async () => {
  const value = name => plain.get().then(all => all.values.find(each => each.metricName === name).value);
  console.log('prom-client', await value('h_count'), await value('h_sum'));
  const point = (await reader.collect()).resourceMetrics.scopeMetrics[0].metrics[0].dataPoints[0].value;
  console.log('otel-js', point.count, point.sum);
})();
END
cat out
printf '%s\n' 'client_golang 4 NaN' 'otel-go 4 NaN' 'prometheus-client 3 nan' 'otel-python 2 2.0' \
  'prom-client throws at NaN' 'prom-client throws at Infinity' 'prom-client 2 2' 'otel-js 3 Infinity' >expected
if ! cmp -s out expected; then
  echo "CHANGED: the libraries count NaN or Infinity in another way"
  exit 1
fi
echo "SEEN: six libraries, four results for the same four observations"
