#!/bin/bash
# Packages: Micrometer 1.17.2 (micrometer-registry-statsd, micrometer-registry-prometheus).
#
# Guess:    counter.increment(0.5), a thousand times, counts 500 in each registry. The API takes a
#           double, and StatsD's lines hold fractions.
# Instead:  the StatsD registry sends each increment as a whole number, rounded down: a thousand
#           times 0.5 counts 0, and 1.9 counts 1000. The Prometheus registry beside it shows 500
#           and 1900. A distribution summary keeps six decimals: 0.0000004 is sent as 0.
# Matters:  seconds of processor time, kilobytes, costs and sampled calls are counted in fractions.
#           A move from Prometheus to StatsD takes them away in silence. Count in a smaller unit.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >pom.xml <<'END_POM'
<project><modelVersion>4.0.0</modelVersion><groupId>f</groupId><artifactId>f</artifactId><version>1</version><dependencies>
<dependency><groupId>io.micrometer</groupId><artifactId>micrometer-registry-prometheus</artifactId><version>1.17.2</version></dependency>
<dependency><groupId>io.micrometer</groupId><artifactId>micrometer-registry-statsd</artifactId><version>1.17.2</version></dependency>
</dependencies></project>
END_POM
mvn -q -B -Dmaven.repo.local="$dir/m2" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=libs >log 2>&1 ||
  { cat log; exit 1; }
cat >Main.java <<'END_JAVA'
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.*;
import io.micrometer.statsd.*;
import java.util.*;

public class Main {
  public static void main(String[] arguments) {
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    StatsdConfig config = new StatsdConfig() {
      public String get(String key) { return null; }
      public boolean buffered() { return false; }
    };
    StatsdMeterRegistry statsd = StatsdMeterRegistry.builder(config).lineSink(lines::add).build();
    PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    CompositeMeterRegistry both = new CompositeMeterRegistry();
    both.add(statsd).add(prometheus);
    statsd.start();
    for (int i = 0; i < 1000; i++) {
      both.counter("half").increment(0.5);
      both.counter("more").increment(1.9);
      both.summary("size").record(0.0000004);
    }
    Map<String, Double> sums = new TreeMap<>();
    for (String line : lines) {
      String[] fields = line.split("[:|]");
      sums.merge(fields[0].split("\\.")[0], Double.parseDouble(fields[1]), Double::sum);
    }
    System.out.println("StatsD: half " + sums.get("half") + ", more " + sums.get("more") + ", size " + sums.get("size"));
    System.out.printf(Locale.ROOT, "Prometheus: half %.1f, more %.1f, size %.4f%n", prometheus.counter("half").count(),
        prometheus.counter("more").count(), prometheus.summary("size").totalAmount());
    System.exit(0);
  }
}
END_JAVA
java -cp 'libs/*' Main.java >out 2>log || { cat log; exit 1; }
cat out
printf '%s\n' 'StatsD: half 0.0, more 1000.0, size 0.0' 'Prometheus: half 500.0, more 1900.0, size 0.0004' >expected
if ! cmp -s out expected; then
  echo "CHANGED: fractions are sent in another way"
  exit 1
fi
echo "SEEN: Micrometer's StatsD registry rounds each increment down: 1000 times 0.5 counts 0"
