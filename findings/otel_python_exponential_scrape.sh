#!/bin/bash
# Packages: PyPI's opentelemetry-exporter-prometheus 0.66b2 (opentelemetry-sdk 1.45.2,
#           prometheus-client 0.26.0), npm's @opentelemetry/exporter-prometheus 0.223.0
#           (@opentelemetry/sdk-metrics 2.12.1, @opentelemetry/api 1.9.1).
#
# Guess:    a view gives a histogram exponential buckets. The Prometheus exporter shows it as a
#           native histogram, or with classic buckets, or skips it with a warning. Other metrics are
#           not affected.
# Instead:  in Python the first value in that histogram ends the whole page: /metrics answers 500
#           from then on, and the counter next to it is gone, too. The error is an AttributeError
#           (an exponential point has no "value"). In JavaScript the page stays. Of the histogram it
#           shows the HELP line and the line "TYPE eh untyped", without a sample. The only warning
#           goes to the diag log, which has no logger by default.
# Matters:  exponential buckets are a choice of the SDK. OTLP exports them, so a service may use
#           both exporters. The page works until the first value, so a start-up check sees no fault.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install opentelemetry-exporter-prometheus==0.66b2 opentelemetry-sdk==1.45.2 \
  prometheus-client==0.26.0
venv/bin/python >out 2>log - <<'END_PYTHON' || { cat log; exit 1; }
import urllib.error
import urllib.request
import prometheus_client
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
view = View(instrument_name="eh", aggregation=ExponentialBucketHistogramAggregation())
meter = MeterProvider([PrometheusMetricReader()], views=[view]).get_meter("m")
server = prometheus_client.start_http_server(0, "127.0.0.1")[0]


def scrape(when):
    try:
        page = urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/metrics").read().decode()
        print("Python", when, 200, sorted(line.split("{")[0] for line in page.split("\n") if line.startswith(("c_", "eh"))))
    except urllib.error.HTTPError as error:
        print("Python", when, error.code)


meter.create_counter("c").add(1)
histogram = meter.create_histogram("eh")
scrape("before the first value")
histogram.record(0.5)
scrape("after it")
scrape("and again")
END_PYTHON
grep -o '^AttributeError.*' log | sort -u | sed 's/^/Python /' >>out || true
npm install --silent --no-audit --no-fund @opentelemetry/exporter-prometheus@0.223.0 @opentelemetry/sdk-metrics@2.12.1 \
  @opentelemetry/api@1.9.1 >/dev/null
node >>out 2>&1 - <<'END_JS'
const { PrometheusExporter } = require('@opentelemetry/exporter-prometheus');
const { AggregationType, MeterProvider } = require('@opentelemetry/sdk-metrics');
const api = require('@opentelemetry/api');
api.diag.setLogger(new api.DiagConsoleLogger(), api.DiagLogLevel.WARN);
const reader = new PrometheusExporter({ preventServerStart: true });
const views = [{ instrumentName: 'eh', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }];
const meter = new MeterProvider({ readers: [reader], views }).getMeter('m');
meter.createCounter('c').add(1);
meter.createHistogram('eh').record(0.5);
reader.getMetricsRequestHandler({}, {
  setHeader() {},
  end(page) {
    for (const line of page.split('\n')) if (/ eh |^eh|^c_/.test(line)) console.log('JavaScript', line);
  },
});
END_JS
cat out
cat >expected <<'END_EXPECTED'
Python before the first value 200 ['c_total']
Python after it 500
Python and again 500
Python AttributeError: 'ExponentialHistogramDataPoint' object has no attribute 'value'
JavaScript c_total{otel_scope_name="m"} 1
Unrecognizable DataPointType: 1 for metric "eh"
JavaScript # HELP eh description missing
JavaScript # TYPE eh untyped
END_EXPECTED
if ! cmp -s <(sort out) <(sort expected); then
  echo "CHANGED: one of the two exporters treats an exponential histogram in another way"
  exit 1
fi
echo "SEEN: one exponential histogram takes the whole page in Python, and shows no sample in JavaScript"
