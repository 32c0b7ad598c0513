#!/bin/bash
# Packages: npm's @opentelemetry/sdk-metrics 2.12.1 (@opentelemetry/api 1.9.1), PyPI's
#           opentelemetry-sdk 1.45.2, Go's go.opentelemetry.io/otel/sdk/metric 1.47.0.
#
# Guess:    a callback reports 10, 20 and 30 for three partitions. A view drops the attribute
#           partition. The counter of the topic is then 60 in each SDK, as for a counter with add().
# Instead:  Python and Go report 60. JavaScript reports 30, the value of the last partition. The
#           same view over add() gives 60 in JavaScript, too. No warning is logged.
# Why:      the JavaScript SDK puts the observations in a map from the remaining attributes to the
#           value, so each observation replaces the one before.
# Matters:  a view is the usual cure for too many series. In a Node service it leaves one partition,
#           and the total of a topic is too small. The curve still looks like a counter.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund @opentelemetry/sdk-metrics@2.12.1 @opentelemetry/api@1.9.1 >/dev/null
node >out - <<'END_JS'
const { MeterProvider, MetricReader, createAllowListAttributesProcessor } = require('@opentelemetry/sdk-metrics');
class Reader extends MetricReader { async onForceFlush() {} async onShutdown() {} }
const reader = new Reader();
const attributesProcessors = [createAllowListAttributesProcessor(['topic'])];
const meter = new MeterProvider({ readers: [reader], views: [{ instrumentName: '*', attributesProcessors }] }).getMeter('m');
const added = meter.createCounter('added');
const partitions = [0, 1, 2];
for (const partition of partitions) added.add(10 * (partition + 1), { topic: 'a', partition });
meter.createObservableCounter('observed').addCallback(result => {
  for (const partition of partitions) result.observe(10 * (partition + 1), { topic: 'a', partition });
});
reader.collect().then(read => {
  for (const metric of read.resourceMetrics.scopeMetrics[0].metrics) {
    for (const point of metric.dataPoints) console.log('JavaScript', metric.descriptor.name, point.value);
  }
});
END_JS
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install opentelemetry-sdk==1.45.2
venv/bin/python >>out - <<'END_PYTHON'
from opentelemetry.metrics import Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.metrics.view import View
reader = InMemoryMetricReader()
meter = MeterProvider([reader], views=[View(instrument_name="*", attribute_keys={"topic"})]).get_meter("m")
added = meter.create_counter("added")
values = [(10 * (partition + 1), {"topic": "a", "partition": partition}) for partition in range(3)]
for value, attributes in values:
    added.add(value, attributes)
meter.create_observable_counter("observed", [lambda options: [Observation(*each) for each in values]])
for metric in reader.get_metrics_data().resource_metrics[0].scope_metrics[0].metrics:
    for point in metric.data.data_points:
        print("Python", metric.name, point.value)
END_PYTHON
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath -p=1'
printf '%s\n' 'module finding' 'go 1.26' 'require go.opentelemetry.io/otel/sdk/metric v1.47.0' >go.mod
cat >main.go <<'END_GO'
package main

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

func main() {
	ctx, reader := context.Background(), sdk.NewManualReader()
	view := sdk.NewView(sdk.Instrument{Name: "*"}, sdk.Stream{AttributeFilter: attribute.NewAllowKeysFilter("topic")})
	meter := sdk.NewMeterProvider(sdk.WithReader(reader), sdk.WithView(view)).Meter("m")
	attributes := func(partition int) metric.MeasurementOption {
		return metric.WithAttributes(attribute.String("topic", "a"), attribute.Int("partition", partition))
	}
	added, _ := meter.Int64Counter("added")
	for partition := range 3 {
		added.Add(ctx, int64(10*(partition+1)), attributes(partition))
	}
	meter.Int64ObservableCounter("observed", metric.WithInt64Callback(
		func(_ context.Context, observer metric.Int64Observer) error {
			for partition := range 3 {
				observer.Observe(int64(10*(partition+1)), attributes(partition))
			}
			return nil
		}))
	var all metricdata.ResourceMetrics
	reader.Collect(ctx, &all)
	for _, each := range all.ScopeMetrics[0].Metrics {
		for _, point := range each.Data.(metricdata.Sum[int64]).DataPoints {
			fmt.Println("Go", each.Name, point.Value)
		}
	}
}
END_GO
go run . >>out 2>log || { cat log; exit 1; }
sort -o out out
cat out
printf '%s\n' 'Go added 60' 'Go observed 60' 'JavaScript added 60' 'JavaScript observed 30' 'Python added 60' \
  'Python observed 60' >expected
if ! cmp -s out expected; then
  echo "CHANGED: the SDKs merge the observations of a callback in another way"
  exit 1
fi
echo "SEEN: behind a view JavaScript reports the last partition, Python and Go report the sum"
