#!/bin/bash
# Packages: Maven's io.micrometer:micrometer-registry-prometheus 1.17.0; npm's
#           @opentelemetry/exporter-prometheus 0.223.0 (@opentelemetry/sdk-metrics 2.12.1,
#           @opentelemetry/api 1.9.1); PyPI's opentelemetry-exporter-prometheus 0.66b2
#           (opentelemetry-sdk 1.45.2) and prometheus-client 0.26.0, also the reader of the pages.
#
# Guess:    one series has the attributes a.b (x) and a_b (y), and both become the label a_b. The
#           library refuses the series when the program makes it, or joins the values as
#           OpenTelemetry demands: a_b="x;y". Other metrics are not affected.
# Instead:  Micrometer accepts the series. From then on each scrape() throws, for all metrics.
#           JavaScript's OpenTelemetry exporter writes {a_b="x",a_b="y"}, and a reader refuses the
#           page. Python's OpenTelemetry exporter writes {a_b="y"}: x is lost.
# Matters:  one careless attribute takes away all metrics of the process, and the code that adds it
#           runs without an error. In Python two series that differ in a.b only become one series,
#           twice.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >pom.xml <<'END_POM'
<project><modelVersion>4.0.0</modelVersion><groupId>f</groupId><artifactId>f</artifactId><version>1</version><dependencies>
<dependency><groupId>io.micrometer</groupId><artifactId>micrometer-registry-prometheus</artifactId><version>1.17.0</version></dependency>
</dependencies></project>
END_POM
mvn -q -B -Dmaven.repo.local="$dir/m2" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=libs >log 2>&1 ||
  { cat log; exit 1; }
cat >Main.java <<'END_JAVA'
import io.micrometer.prometheusmetrics.*;

public class Main {
  static void scrape(PrometheusMeterRegistry registry) {
    try {
      System.out.println("Micrometer: page of " + registry.scrape().lines().filter(line -> !line.startsWith("#")).toList());
    } catch (IllegalArgumentException error) {
      System.out.println("Micrometer: scrape() throws, " + error.getMessage());
    }
  }

  public static void main(String[] arguments) {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.counter("other").increment();
    scrape(registry);
    registry.counter("c", "a.b", "x", "a_b", "y").increment();
    scrape(registry);
    scrape(registry);
  }
}
END_JAVA
java -cp 'libs/*' Main.java >out 2>log || { cat log; exit 1; }
npm install --silent --no-audit --no-fund @opentelemetry/exporter-prometheus@0.223.0 @opentelemetry/sdk-metrics@2.12.1 \
  @opentelemetry/api@1.9.1 >/dev/null
node >page - <<'END_JS'
const { PrometheusExporter } = require('@opentelemetry/exporter-prometheus');
const { MeterProvider } = require('@opentelemetry/sdk-metrics');
const reader = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true });
const meter = new MeterProvider({ readers: [reader] }).getMeter('m');
meter.createCounter('other').add(1);
meter.createCounter('c').add(1, { 'a.b': 'x', a_b: 'y' });
reader.getMetricsRequestHandler({}, { setHeader() {}, end(page) { process.stdout.write(page); } });
END_JS
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install opentelemetry-exporter-prometheus==0.66b2 opentelemetry-sdk==1.45.2 \
  prometheus-client==0.26.0
venv/bin/python >>out - <<'END_PYTHON'
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.parser import text_string_to_metric_families as parse


def read(library, page):
    try:
        for family in parse(page):
            for sample in family.samples:
                if sample.name == "c_total":
                    print(f"{library}:", {key: value for key, value in sample.labels.items() if key == "a_b"}, sample.value)
    except ValueError as error:
        print(f"{library}: page refused, {error}")


counter = MeterProvider([PrometheusMetricReader()]).get_meter("m").create_counter("c")
counter.add(1, {"a.b": "x", "a_b": "y"})
counter.add(2, {"a.b": "z", "a_b": "y"})
read("JavaScript", open("page").read())
read("Python", generate_latest(REGISTRY).decode())
END_PYTHON
cat out
cat >expected <<'END_EXPECTED'
Micrometer: page of [other_total 1.0]
Micrometer: scrape() throws, a_b: duplicate label name
Micrometer: scrape() throws, a_b: duplicate label name
JavaScript: page refused, Invalid labels: a_b="x",a_b="y"
Python: {'a_b': 'y'} 1.0
Python: {'a_b': 'y'} 2.0
END_EXPECTED
if ! cmp -s out expected; then
  echo "CHANGED: one of the exporters treats the two attributes in another way"
  exit 1
fi
echo "SEEN: two attributes of one series take the whole page, or one of them is lost"
