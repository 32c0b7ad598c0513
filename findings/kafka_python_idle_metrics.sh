#!/bin/bash
# Packages: PyPI's kafka-python 3.0.12; Maven's kafka-clients 4.4.0 as a check.
#
# Guess:    the minimum and the maximum of a client's metric (request latency, batch size, lag) are
#           NaN while nothing was measured in the last minute, as in the Java client that it
#           follows; or they are 0.
# Instead:  kafka-python gives a maximum of -inf and a minimum of 2^63 (9223372036854775808). The
#           average is 0. The Java client gives NaN for all three.
# Why:      the start values of its search for the extremes are handed out.
# Matters:  metrics() is made for a page or a push. In JSON -Infinity is no number, so one idle
#           consumer makes the text invalid. In Prometheus a sum or mean over consumers is -Inf, and
#           a graph of the minimum shows nine quintillion. Check for them before you export.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install kafka-python==3.0.12
cat >pom.xml <<'END_POM'
<project><modelVersion>4.0.0</modelVersion><groupId>f</groupId><artifactId>f</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-clients</artifactId><version>4.4.0</version></dependency>
</dependencies></project>
END_POM
mvn -q -B -Dmaven.repo.local="$dir/m2" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=libs >log 2>&1 ||
  { cat log; exit 1; }
cat >Main.java <<'END_JAVA'
import org.apache.kafka.common.metrics.*;
import org.apache.kafka.common.metrics.stats.*;

public class Main {
  static void show(Metrics metrics, Sensor sensor) {
    StringBuilder line = new StringBuilder("Java:");
    for (String name : new String[] {"avg", "max", "min"}) {
      line.append(" ").append(name).append(" ").append(metrics.metric(metrics.metricName(name, "latency")).metricValue());
    }
    System.out.println(line);
  }

  public static void main(String[] arguments) {
    try (Metrics metrics = new Metrics()) {
      Sensor sensor = metrics.sensor("latency");
      sensor.add(metrics.metricName("avg", "latency"), new Avg());
      sensor.add(metrics.metricName("max", "latency"), new Max());
      sensor.add(metrics.metricName("min", "latency"), new Min());
      show(metrics, sensor);
      sensor.record(5);
      show(metrics, sensor);
    }
  }
}
END_JAVA
java -cp 'libs/*' Main.java >out 2>log || { cat log; exit 1; }
venv/bin/python >>out - <<'END_PYTHON'
from kafka import KafkaProducer
from kafka.metrics import Metrics
from kafka.metrics.stats import Avg, Max, Min

metrics = Metrics()
sensor = metrics.sensor("latency")
for name, stat in (("avg", Avg()), ("max", Max()), ("min", Min())):
    sensor.add(metrics.metric_name(name, "latency"), stat)


def show():
    values = {key.name: metric.value() for key, metric in metrics.metrics.items()}
    print("Python:", *(f"{name} {values[name]:.0f}" for name in ("avg", "max", "min")))


show()
sensor.record(5)
show()
metrics.close()

# The client's own metrics, of a producer that has sent nothing.
producer = KafkaProducer(bootstrap_servers="127.0.0.1:9", api_version=(2, 6))
for names in producer.metrics().values():
    if "record-size-max" in names and "record-size-avg" in names:
        print("Python, producer:", "record-size-avg", names["record-size-avg"], "record-size-max", names["record-size-max"])
producer.close(timeout=0)
END_PYTHON
cat out
cat >expected <<'END_EXPECTED'
Java: avg NaN max NaN min NaN
Java: avg 5.0 max 5.0 min 5.0
Python: avg 0 max -inf min 9223372036854775808
Python: avg 5 max 5 min 5
Python, producer: record-size-avg 0.0 record-size-max -inf
END_EXPECTED
if ! cmp -s out expected; then
  echo "CHANGED: an idle metric of kafka-python has another value"
  exit 1
fi
echo "SEEN: without a measurement the maximum of kafka-python is -inf and the minimum 2^63"
