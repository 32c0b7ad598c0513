#!/bin/bash
# Packages: Maven's org.apache.kafka:kafka-clients 4.4.0; PyPI's kafka-python 3.0.12.
#
# Guess:    record-send-rate of a producer that sent 3000 records in its first second is near 3000,
#           since the unit is records a second.
# Instead:  it is 97: the first second counts as 31, in Java and in Python. The rate is right after
#           half a minute.
# Why:      a rate is taken over two windows of 30 s, and the first of them counts as full when it
#           has just begun.
# Matters:  after each start, and for a metric that is new (a topic, a node), throughput grows from
#           a thirtieth to its true value in half a minute. A job of five seconds never shows more
#           than a seventh. Alerts on low throughput fire at each deployment. The -total metrics are
#           right: take a rate of these.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >pom.xml <<'END_POM'
<project><modelVersion>4.0.0</modelVersion><groupId>f</groupId><artifactId>f</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-clients</artifactId><version>4.4.0</version></dependency>
</dependencies></project>
END_POM
mvn -q -B -Dmaven.repo.local="$dir/m2" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=libs >log 2>&1 ||
  { cat log; exit 1; }
cat >Main.java <<'END_JAVA'
import java.util.Locale;
import org.apache.kafka.common.metrics.*;
import org.apache.kafka.common.metrics.stats.Meter;

public class Main {
  public static void main(String[] arguments) {
    MetricConfig config = new MetricConfig();
    System.out.println("Java: " + config.samples() + " windows of " + config.timeWindowMs() / 1000 + " s");
    try (Metrics metrics = new Metrics()) {
      Sensor sensor = metrics.sensor("records");
      sensor.add(new Meter(metrics.metricName("rate", "records"), metrics.metricName("total", "records")));
      long start = System.currentTimeMillis();
      // 3000 records a second, for 60 seconds, by a clock of its own.
      for (int second = 0; second < 60; second++) {
        for (int i = 0; i < 3000; i++) sensor.record(1, start + 1000L * second + i / 3);
        if (second == 0 || second == 4 || second == 29 || second == 59) {
          long now = start + 1000L * (second + 1);
          KafkaMetric rate = (KafkaMetric) metrics.metric(metrics.metricName("rate", "records"));
          System.out.printf(Locale.ROOT, "Java, after %d s: %.0f%n", second + 1, rate.measurable().measure(config, now));
        }
      }
    }
    System.exit(0);
  }
}
END_JAVA
java -cp 'libs/*' Main.java >out 2>log || { cat log; exit 1; }
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install kafka-python==3.0.12
venv/bin/python >>out - <<'END_PYTHON'
import time

from kafka.metrics import MetricConfig, Metrics
from kafka.metrics.stats import Rate

metrics = Metrics()
sensor = metrics.sensor("records")
name = metrics.metric_name("rate", "records")
sensor.add(name, Rate())
start = int(time.time() * 1000)
for second in range(60):
    for i in range(3000):
        sensor.record(1, start + 1000 * second + i // 3)
    if second in (0, 4, 29, 59):
        print(f"Python, after {second + 1} s: {metrics.metrics[name].measurable.measure(MetricConfig(), start + 1000 * (second + 1)):.0f}")
metrics.close()
END_PYTHON
cat out
cat >expected <<'END_EXPECTED'
Java: 2 windows of 30 s
Java, after 1 s: 97
Java, after 5 s: 429
Java, after 30 s: 3000
Java, after 60 s: 3000
Python, after 1 s: 97
Python, after 5 s: 429
Python, after 30 s: 3000
Python, after 60 s: 3000
END_EXPECTED
if ! cmp -s out expected; then
  echo "CHANGED: the rate of a new client is another one"
  exit 1
fi
echo "SEEN: 3000 records in the first second are a rate of 97"
