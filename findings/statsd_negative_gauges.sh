#!/bin/bash
# Packages: Micrometer 1.17.2 (micrometer-registry-statsd, Etsy flavour), npm's hot-shots 17.1.1 and
#           statsd-client 0.4.7, PyPI's statsd 4.0.1; npm's statsd 0.9.0 is the daemon.
#
# Guess:    a gauge of -5 that is sent three times is -5 in the daemon. The client knows that
#           StatsD takes a sign as a change, and writes "0" before a negative value.
# Instead:  only Python's client does. Micrometer, hot-shots and statsd-client send "-5|g" each
#           time, and the daemon has -15. Micrometer sends each gauge again every ten seconds,
#           without a call of the program.
# Matters:  an offset of a clock, a temperature or a balance that stays at -5 falls by 30 a minute
#           on the graph, until the next positive value sets it right. A test with positive values
#           passes. Send such a value with a constant added.
set -euo pipefail
dir=$(mktemp -d)
daemon=
trap '[ -z "$daemon" ] || kill "$daemon"; rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --omit=optional statsd@0.9.0 hot-shots@17.1.1 statsd-client@0.4.7 >/dev/null
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install statsd==4.0.1
cat >pom.xml <<'END_POM'
<project><modelVersion>4.0.0</modelVersion><groupId>f</groupId><artifactId>f</artifactId><version>1</version><dependencies>
<dependency><groupId>io.micrometer</groupId><artifactId>micrometer-registry-statsd</artifactId><version>1.17.2</version></dependency>
</dependencies></project>
END_POM
mvn -q -B -Dmaven.repo.local="$dir/m2" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=libs >log 2>&1 ||
  { cat log; exit 1; }
cat >Main.java <<'END_JAVA'
import io.micrometer.core.instrument.Gauge;
import io.micrometer.statsd.*;
import java.util.concurrent.*;

// Prints the first three lines that the registry sends for one gauge.
public class Main {
  public static void main(String[] arguments) throws InterruptedException {
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    StatsdConfig config = new StatsdConfig() {
      public String get(String key) { return null; }
      public StatsdFlavor flavor() { return StatsdFlavor.ETSY; }
      public boolean buffered() { return false; }
      public java.time.Duration pollingFrequency() { return java.time.Duration.ofMillis(100); } // instead of 10 s
    };
    StatsdMeterRegistry registry = StatsdMeterRegistry.builder(config).lineSink(lines::add).build();
    registry.start();
    Gauge.builder("micrometer", () -> -5.0).register(registry);
    for (int i = 0; i < 3; i++) System.out.println(lines.take());
    System.exit(0);
  }
}
END_JAVA
java -cp 'libs/*' Main.java >lines 2>log || { cat log; exit 1; }
read -r UDP TCP < <(node -e 'const a = require("net").createServer().listen(0, () => { const b = require("net").createServer().listen(0, () => { console.log(a.address().port, b.address().port); a.close(); b.close(); }); });')
export UDP TCP
cat >config.js <<'END_JS'
{ port: Number(process.env.UDP), mgmt_port: Number(process.env.TCP), address: '127.0.0.1', mgmt_address: '127.0.0.1', flushInterval: 200, backends: [] }
END_JS
node node_modules/statsd/stats.js config.js >log 2>&1 &
daemon=$!
cat >send.js <<'END_JS'
const net = require('net');
const [port, tcp] = [Number(process.env.UDP), Number(process.env.TCP)];
const wait = ms => new Promise(resolve => setTimeout(resolve, ms));
const gauges = () => new Promise((resolve, reject) => {
  const socket = net.connect(tcp, '127.0.0.1', () => socket.write('gauges\n'));
  socket.on('data', data => { resolve(String(data)); socket.destroy(); });
  socket.on('error', reject);
});
(async () => {
  for (let tries = 0; tries < 100; ++tries) {
    try { await gauges(); break; } catch { await wait(100); }
  }
  const HotShots = require('hot-shots');
  const Client = require('statsd-client');
  const hot = new HotShots({ host: '127.0.0.1', port });
  const client = new Client({ host: '127.0.0.1', port });
  const socket = require('dgram').createSocket('udp4');
  for (let i = 0; i < 3; ++i) {
    hot.gauge('hot_shots', -5);
    client.gauge('statsd_client', -5);
  }
  for (const line of require('fs').readFileSync('lines', 'utf8').trim().split('\n')) socket.send(line, port, '127.0.0.1');
  require('child_process').execFileSync('venv/bin/python', ['-c', `
import statsd
client = statsd.StatsClient("127.0.0.1", ${port})
for _ in range(3):
    client.gauge("python_statsd", -5)
`]);
  const all = /(?=[^]*hot_shots)(?=[^]*statsd_client)(?=[^]*micrometer)(?=[^]*python_statsd)/;
  for (let tries = 0; tries < 100 && !all.test(await gauges()); ++tries) await wait(100);
  await wait(1000);
  for (const [, name, value] of (await gauges()).matchAll(/'?(hot_shots|statsd_client|micrometer|python_statsd)[^:]*: (-?\d+)/g)) console.log(name, value);
  process.exit();
})();
END_JS
node send.js | sort >out
cat lines out
printf '%s\n' 'hot_shots -15' 'micrometer -15' 'python_statsd -5' 'statsd_client -15' >expected
if ! cmp -s out expected; then
  cat log
  echo "CHANGED: a negative gauge that is sent three times has another value in the daemon"
  exit 1
fi
echo "SEEN: a gauge of -5 is -15 after three values of -5"
