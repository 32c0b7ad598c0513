#!/bin/bash
# Packages: npm's @opentelemetry/otlp-transformer 0.223.1 with sdk-metrics 2.12.1 and api 1.9.1 (the
#           body of the OTLP/HTTP JSON exporter), Go's go.opentelemetry.io/collector/pdata 1.71.0
#           (the Collector's reader), PyPI's opentelemetry-proto 1.45.2 (protobuf 6.33.1).
#
# Guess:    a gauge of Infinity or NaN travels as "Infinity" or "NaN", which protobuf's JSON form
#           prescribes.
# Instead:  the JavaScript serializer writes null. Python reads a data point without a value.
#           The Collector's reader refuses the whole request: the healthy counter in it is lost,
#           too.
# Matters:  the SDK accepts Infinity in gauges and histograms. One such value in one gauge ends the
#           export of all metrics of the process until it restarts or the value changes. OTLP as
#           protobuf carries the same values unharmed.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund @opentelemetry/otlp-transformer@0.223.1 @opentelemetry/sdk-metrics@2.12.1 \
  @opentelemetry/api@1.9.1 >/dev/null
node - <<'END'
const fs = require('fs');
const { MeterProvider, MetricReader } = require('@opentelemetry/sdk-metrics');
const { JsonMetricsSerializer, ProtobufMetricsSerializer } = require('@opentelemetry/otlp-transformer');
class Reader extends MetricReader { async onForceFlush() {} async onShutdown() {} }
const reader = new Reader();
const meter = new MeterProvider({ readers: [reader] }).getMeter('m');
meter.createCounter('healthy').add(5);
meter.createGauge('full').record(Infinity);
reader.collect().then(({ resourceMetrics }) => {
  fs.writeFileSync('body.json', JsonMetricsSerializer.serializeRequest(resourceMetrics));
  fs.writeFileSync('body.bin', ProtobufMetricsSerializer.serializeRequest(resourceMetrics));
});
END
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
cat >go.mod <<'END'
module finding
go 1.26
require go.opentelemetry.io/collector/pdata v1.71.0
END
cat >main.go <<'END'
package main

import (
	"fmt"
	"os"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

func main() {
	text, _ := os.ReadFile("body.json")
	_, err := (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics(text)
	fmt.Println("Collector, JSON:", err)
	binary, _ := os.ReadFile("body.bin")
	metrics, err := (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics(binary)
	gauge := metrics.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(1).Gauge().DataPoints().At(0)
	fmt.Println("Collector, protobuf:", err, gauge.DoubleValue())
}
END
go run . >out 2>log || { cat log; exit 1; }
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install opentelemetry-proto==1.45.2 protobuf==6.33.1
venv/bin/python >>out - <<'END'
from google.protobuf.json_format import Parse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
request = Parse(open("body.json").read(), ExportMetricsServiceRequest())
point = request.resource_metrics[0].scope_metrics[0].metrics[1].gauge.data_points[0]
print("Python, JSON: value is", point.WhichOneof("value"))
END
grep -o '"asDouble":[^,}]*' body.json | tail -1
cut -c 1-110 out
if ! grep -q '"asDouble":null' body.json || grep -q 'Collector, JSON: <nil>' out ||
  ! grep -q 'Collector, protobuf: <nil> +Inf' out || ! grep -q 'Python, JSON: value is None' out; then
  echo "CHANGED: Infinity survives OTLP JSON now, or the Collector reads null"
  exit 1
fi
echo "SEEN: one gauge of Infinity makes the Collector refuse the whole JSON request"
