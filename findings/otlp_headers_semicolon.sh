#!/bin/bash
# Packages: OpenTelemetry's OTLP/HTTP exporters of metrics: JavaScript's exporter-metrics-otlp-proto
# 0.223.0 with sdk-metrics 2.12.1, Python's opentelemetry-exporter-otlp-proto-http 1.45.2, Go's
# otlpmetrichttp 1.47.0.
#
# Guess:    OTEL_EXPORTER_OTLP_HEADERS is read alike by each SDK: a semicolon in a key or token is a
#           character as another one. Or it is refused by all.
# Instead:  of x-key=one;two Go sends one;two. JavaScript sends "one" and says nothing. Python sends
#           no such header and logs a warning. With %3B all three send one;two.
# Why:      the variable has the form of W3C baggage, where a property follows a semicolon; the
#           three stop at different parts of it.
# Matters:  a key that works for the Go services of a cluster is refused for those in Node, with 401
#           and a key that looks right in the variable.
set -euo pipefail
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install opentelemetry-exporter-otlp-proto-http==1.45.2 opentelemetry-sdk==1.45.2
npm install --silent --no-audit --no-fund @opentelemetry/api@1.9.1 @opentelemetry/sdk-metrics@2.12.1 \
  @opentelemetry/exporter-metrics-otlp-proto@0.223.0 >/dev/null
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
printf '%s\n' 'module finding' 'go 1.26' 'require (' 'go.opentelemetry.io/otel/sdk/metric v1.47.0' \
  'go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp v1.47.0' ')' >go.mod
cat >main.go <<'END'
package main

import (
	"context"

	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/sdk/metric"
)

func main() {
	ctx := context.Background()
	exporter, err := otlpmetrichttp.New(ctx)
	if err != nil {
		panic(err)
	}
	provider := metric.NewMeterProvider(metric.WithReader(metric.NewPeriodicReader(exporter)))
	counter, _ := provider.Meter("m").Int64Counter("c")
	counter.Add(ctx, 1)
	if err := provider.Shutdown(ctx); err != nil {
		panic(err)
	}
}
END
cat >main.js <<'END'
const { OTLPMetricExporter } = require('@opentelemetry/exporter-metrics-otlp-proto');
const { MeterProvider, PeriodicExportingMetricReader } = require('@opentelemetry/sdk-metrics');
const reader = new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter(), exportIntervalMillis: 3600000 });
const provider = new MeterProvider({ readers: [reader] });
provider.getMeter('m').createCounter('c').add(1);
provider.shutdown();
END
cat >main.py <<'END'
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
provider = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter(), export_interval_millis=3600000)])
provider.get_meter("m").create_counter("c").add(1)
provider.shutdown()
END
cat >server.js <<'END'
const server = require('http').createServer((request, response) => {
  const agent = request.headers['user-agent'];
  const name = ['JavaScript', 'Python'].find(each => agent.endsWith(each) || agent.includes(`${each}/`)) ?? 'Go';
  console.log(`${name}: x-key ${request.headers['x-key'] ?? 'is missing'}`);
  request.resume();
  request.on('end', () => response.setHeader('content-type', 'application/x-protobuf').end());
}).listen(0, '127.0.0.1', () => require('fs').writeFileSync('port', String(server.address().port)));
END
go build -o main . 2>log || { cat log; exit 1; }
node server.js >out 2>log &
server=$!
for _ in $(seq 200); do [ ! -s port ] || break; sleep 0.1; done
OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$(cat port)
export OTEL_EXPORTER_OTLP_ENDPOINT
for headers in 'x-key=one;two' 'x-key=one%3Btwo'; do
  export OTEL_EXPORTER_OTLP_HEADERS=$headers
  { ./main && node main.js && venv/bin/python main.py; } >>log 2>&1 || { cat log; exit 1; }
done
cat out
cat >expected <<'END'
Go: x-key one;two
JavaScript: x-key one
Python: x-key is missing
Go: x-key one;two
JavaScript: x-key one;two
Python: x-key one;two
END
if ! cmp -s out expected; then
  echo "CHANGED: one of the three reads the semicolon in another way"
  exit 1
fi
echo "SEEN: three SDKs send three headers for one variable with a semicolon"
