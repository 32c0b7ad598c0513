#!/bin/bash
# Packages: Go's opentelemetry-collector-contrib/receiver/statsdreceiver 0.165.0 with the
#           Collector's modules 0.165.0 and 1.71.0; npm's statsd 0.9.0 (the daemon) as a check.
#
# Guess:    "connections:100|g" and a minute later "connections:+1|g" make 101. The receiver takes
#           the sign as the daemon does, so it keeps the value.
# Instead:  within one interval it is 101. In the next interval the same +1 makes 1: each interval
#           begins at 0. The daemon says 101, and 102 after the next one.
# Matters:  a client that counts connections up and down shows the change of the last interval as
#           their number, which is negative when more were closed than opened. A test within one
#           interval (a minute by default) passes. Send absolute values.
set -euo pipefail
dir=$(mktemp -d)
daemon=
trap '[ -z "$daemon" ] || kill "$daemon"; rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --omit=optional statsd@0.9.0 >/dev/null
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath -p=1'
cat >go.mod <<'END_MOD'
module finding
go 1.26
require (
	github.com/open-telemetry/opentelemetry-collector-contrib/receiver/statsdreceiver v0.165.0
	go.opentelemetry.io/collector/component/componenttest v0.165.0
	go.opentelemetry.io/collector/consumer/consumertest v0.165.0
	go.opentelemetry.io/collector/receiver/receivertest v0.165.0
)
END_MOD
cat >main.go <<'END_GO'
package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/statsdreceiver"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/receiver/receivertest"
)

func freePort() string {
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer socket.Close()
	return socket.LocalAddr().String()
}

func main() {
	factory := statsdreceiver.NewFactory()
	config := factory.CreateDefaultConfig().(*statsdreceiver.Config)
	config.AggregationInterval = 2 * time.Second
	config.NetAddr.Endpoint = freePort()
	sink := new(consumertest.MetricsSink)
	receiver, err := factory.CreateMetrics(context.Background(), receivertest.NewNopSettings(factory.Type()), config, sink)
	if err != nil {
		panic(err)
	}
	if err := receiver.Start(context.Background(), componenttest.NewNopHost()); err != nil {
		panic(err)
	}
	client, err := net.Dial("udp", config.NetAddr.Endpoint)
	if err != nil {
		panic(err)
	}
	for interval, lines := range [][]string{{"connections:100|g", "connections:+1|g"}, {"connections:+1|g"}, {"connections:-3|g"}} {
		for _, line := range lines {
			fmt.Fprintln(client, line)
		}
		for len(sink.AllMetrics()) <= interval {
			time.Sleep(10 * time.Millisecond)
		}
		scopes := sink.AllMetrics()[interval].ResourceMetrics().At(0).ScopeMetrics()
		fmt.Println("Collector, after", lines, "is", scopes.At(0).Metrics().At(0).Gauge().DataPoints().At(0).DoubleValue())
	}
}
END_GO
go run . >out 2>log || { cat log; exit 1; }
cat >config.js <<'END_JS'
{ port: Number(process.env.UDP), mgmt_port: Number(process.env.TCP), address: '127.0.0.1', mgmt_address: '127.0.0.1', flushInterval: 200, backends: [] }
END_JS
cat >ask.js <<'END_JS'
// Sends the lines of each interval, some flushes apart, and asks the daemon for the gauge.
const dgram = require('dgram');
const net = require('net');
const [udp, tcp] = [Number(process.env.UDP), Number(process.env.TCP)];
const wait = ms => new Promise(resolve => setTimeout(resolve, ms));
const gauges = () => new Promise((resolve, reject) => {
  const socket = net.connect(tcp, '127.0.0.1', () => socket.write('gauges\n'));
  socket.on('data', data => { resolve(/connections: ([-\d]+)/.exec(data)?.[1]); socket.destroy(); });
  socket.on('error', reject);
});
(async () => {
  for (let tries = 0; tries < 100; ++tries) {
    try { await gauges(); break; } catch { await wait(100); }
  }
  const socket = dgram.createSocket('udp4');
  for (const lines of [['connections:100|g', 'connections:+1|g'], ['connections:+1|g'], ['connections:-3|g']]) {
    const before = await gauges();
    for (const line of lines) socket.send(line, udp, '127.0.0.1');
    for (let tries = 0; tries < 100 && await gauges() === before; ++tries) await wait(50);
    await wait(500);
    console.log(`daemon, after [${lines.join(' ')}] is ${await gauges()}`);
  }
  socket.close();
})();
END_JS
read -r UDP TCP < <(node -e 'const a = require("net").createServer().listen(0, () => { const b = require("net").createServer().listen(0, () => { console.log(a.address().port, b.address().port); a.close(); b.close(); }); });')
export UDP TCP
node node_modules/statsd/stats.js config.js >log 2>&1 &
daemon=$!
node ask.js >>out
cat out
cat >expected <<'END_EXPECTED'
Collector, after [connections:100|g connections:+1|g] is 101
Collector, after [connections:+1|g] is 1
Collector, after [connections:-3|g] is -3
daemon, after [connections:100|g connections:+1|g] is 101
daemon, after [connections:+1|g] is 102
daemon, after [connections:-3|g] is 99
END_EXPECTED
if ! cmp -s out expected; then
  cat log
  echo "CHANGED: a relative gauge keeps its value over intervals, or the daemon does not"
  exit 1
fi
echo "SEEN: the Collector's StatsD receiver starts each gauge from 0 in each interval"
