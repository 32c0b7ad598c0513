#!/bin/bash
# Packages: PyPI's opentelemetry-exporter-prometheus-remote-write 0.66b1 with opentelemetry-sdk
#           1.45.2; Debian 12's promtool 2.42.0+ds-5+deb12u1 evaluates.
#
# Guess:    a histogram is sent as Prometheus has it: series NAME_bucket with cumulative counts by
#           le, NAME_sum and NAME_count. histogram_quantile() gives its quantiles.
# Instead:  the counts are those of each bucket alone, and the name has no _bucket. The bucket up to
#           0, the first one of the default bounds, has no le. Of 90 values of 0.03 and 10 of 7 the
#           +Inf bucket has 0, and p99 is 0.0495 instead of 9.5.
# Matters:  Prometheus raises a bucket that is lower than the one below, without an error. So a p99
#           stays in the fullest bucket and hides the slow requests. The sum and the count are
#           right: a mean is.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
(apt-get download -qq prometheus=2.42.0+ds-5+deb12u1 && dpkg -x prometheus_*.deb debian) >log 2>&1 || { cat log; exit 1; }
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install opentelemetry-exporter-prometheus-remote-write==0.66b1 opentelemetry-sdk==1.45.2
venv/bin/python >out - <<'END_PYTHON'
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import snappy
from opentelemetry.exporter.prometheus_remote_write import PrometheusRemoteWriteMetricsExporter
from opentelemetry.exporter.prometheus_remote_write.gen.remote_pb2 import WriteRequest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        for series in WriteRequest.FromString(snappy.uncompress(body)).timeseries:
            labels = {label.name: label.value for label in series.labels}
            bound = f"{{le=\"{labels['le']}\"}}" if "le" in labels else ""
            if series.samples[0].value or bound in ("", '{le="+Inf"}'):
                print(labels["__name__"] + bound, f"{series.samples[0].value:g}", flush=True)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
exporter = PrometheusRemoteWriteMetricsExporter(endpoint=f"http://127.0.0.1:{server.server_port}/write")
provider = MeterProvider([PeriodicExportingMetricReader(exporter, export_interval_millis=3_600_000)])
bounds = [0.05, 0.1, 0.5, 1, 5, 10]
latency = provider.get_meter("m").create_histogram("seconds", explicit_bucket_boundaries_advisory=bounds)
for value in [0.03] * 90 + [7] * 10:
    latency.record(value)
provider.get_meter("m").create_histogram("default").record(0)
provider.force_flush()
os._exit(0)
END_PYTHON
cat out
cat >expected <<'END_EXPECTED'
seconds{le="0.05"} 90
seconds{le="10"} 10
seconds{le="+Inf"} 0
seconds_sum 72.7
seconds_count 100
default 1
default{le="+Inf"} 0
default_sum 0
default_count 1
END_EXPECTED
cat >test.yml <<'END_YML'
tests:
  - interval: 1m
    input_series:
      - {series: 'seconds{le="0.05"}', values: '0 90'}
      - {series: 'seconds{le="0.1"}', values: '0 0'}
      - {series: 'seconds{le="5.0"}', values: '0 0'}
      - {series: 'seconds{le="10.0"}', values: '0 10'}
      - {series: 'seconds{le="+Inf"}', values: '0 0'}
      - {series: 'right{le="0.05"}', values: '0 90'}
      - {series: 'right{le="0.1"}', values: '0 90'}
      - {series: 'right{le="5.0"}', values: '0 90'}
      - {series: 'right{le="10.0"}', values: '0 100'}
      - {series: 'right{le="+Inf"}', values: '0 100'}
    promql_expr_test:
      - {expr: 'round(histogram_quantile(0.99, seconds), 0.0001)', eval_time: 1m, exp_samples: [{labels: '{}', value: 0.0495}]}
      - {expr: 'round(histogram_quantile(0.99, right), 0.0001)', eval_time: 1m, exp_samples: [{labels: '{}', value: 9.5}]}
END_YML
if ! cmp -s out expected || ! debian/usr/bin/promtool test rules test.yml; then
  echo "CHANGED: the buckets are sent in another way"
  exit 1
fi
echo "SEEN: the buckets of Python's remote-write exporter are not cumulative"
