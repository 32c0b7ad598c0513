#!/bin/bash
# Packages: OpenTelemetry's OTLP/HTTP exporters of metrics: Python's
#           opentelemetry-exporter-otlp-proto-http 1.45.2 with opentelemetry-sdk 1.45.2,
#           JavaScript's exporter-metrics-otlp-proto 0.223.0 with sdk-metrics 2.12.1 and api 1.9.1.
#
# Guess:    OTEL_EXPORTER_OTLP_TIMEOUT=100 gives an export up after 100 ms in each SDK, since the
#           standard counts it in milliseconds.
# Instead:  Python takes it for seconds. A receiver that answers after half a second is in time for
#           Python with a value of 1, and too late for JavaScript with a value of 100.
# Matters:  the variable is set once for a cluster. The standard's own default, 10000, written out,
#           lets a Python service wait 2.8 hours for a receiver that hangs. Its metrics stop for
#           that time, as one export waits for the other. 10, as Python wants it, makes each export
#           of the other services fail.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install opentelemetry-sdk==1.45.2 opentelemetry-exporter-otlp-proto-http==1.45.2
npm install --silent --no-audit --no-fund @opentelemetry/exporter-metrics-otlp-proto@0.223.0 @opentelemetry/sdk-metrics@2.12.1 \
  @opentelemetry/api@1.9.1 >/dev/null
cat >export.py <<'END_PYTHON'
import threading
import time
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics.export import MetricsData


class Late(BaseHTTPRequestHandler):
    def do_POST(self):
        time.sleep(0.5)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Late)
threading.Thread(target=server.serve_forever, daemon=True).start()
exporter = OTLPMetricExporter(endpoint=f"http://127.0.0.1:{server.server_port}/v1/metrics")
result = exporter.export(MetricsData([]))
print("Python, timeout", os.environ["OTEL_EXPORTER_OTLP_TIMEOUT"] + ":", result.name.lower())
END_PYTHON
cat >export.js <<'END_JS'
const { OTLPMetricExporter } = require('@opentelemetry/exporter-metrics-otlp-proto');
const server = require('http').createServer((request, response) => {
  request.resume();
  setTimeout(() => response.end(), 500);
});
server.listen(0, '127.0.0.1', () => {
  const exporter = new OTLPMetricExporter({ url: `http://127.0.0.1:${server.address().port}/v1/metrics` });
  exporter.export({ resource: { attributes: {} }, scopeMetrics: [] }, result => {
    console.log(`JavaScript, timeout ${process.env.OTEL_EXPORTER_OTLP_TIMEOUT}: ${result.code === 0 ? 'success' : 'failure'}`);
    process.exit();
  });
});
END_JS
{
  OTEL_EXPORTER_OTLP_TIMEOUT=1 venv/bin/python export.py
  OTEL_EXPORTER_OTLP_TIMEOUT=100 venv/bin/python export.py
  OTEL_EXPORTER_OTLP_TIMEOUT=100 node export.js
  OTEL_EXPORTER_OTLP_TIMEOUT=10000 node export.js
} 2>log | tee out
cat >expected <<'END_EXPECTED'
Python, timeout 1: success
Python, timeout 100: success
JavaScript, timeout 100: failure
JavaScript, timeout 10000: success
END_EXPECTED
if ! cmp -s out expected; then
  cat log
  echo "CHANGED: both count the timeout in one unit, or something else failed"
  exit 1
fi
echo "SEEN: OTEL_EXPORTER_OTLP_TIMEOUT is in seconds for Python, in milliseconds for JavaScript"
