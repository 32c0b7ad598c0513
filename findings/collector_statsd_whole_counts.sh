#!/bin/bash
# Packages: Go's opentelemetry-collector-contrib/receiver/statsdreceiver 0.165.0 with the
#           Collector's modules 0.165.0.
#
# Guess:    ten lines "work:0.6|c" are a sum of 6, and ten lines "calls:1|c|@0.6" one of 16.7, as in
#           the StatsD daemon. A gauge holds fractions in this receiver, and OTLP sums may be
#           doubles.
# Instead:  the sums are 0 and 10: each line is cut to a whole number before it is added, after the
#           division by the rate. Rates of 1/n are right. A line of 2^63 or more becomes negative.
# Matters:  costs, seconds and kilobytes in fractions vanish without an error. A sample rate of 0.6
#           loses 40 % of the calls, 0.3 loses 10 %; the mean over time does not mend it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
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

func main() {
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	address := socket.LocalAddr().String()
	socket.Close()
	factory := statsdreceiver.NewFactory()
	config := factory.CreateDefaultConfig().(*statsdreceiver.Config)
	config.AggregationInterval = 3 * time.Second
	config.NetAddr.Endpoint = address
	sink := new(consumertest.MetricsSink)
	receiver, err := factory.CreateMetrics(context.Background(), receivertest.NewNopSettings(factory.Type()), config, sink)
	if err != nil {
		panic(err)
	}
	if err := receiver.Start(context.Background(), componenttest.NewNopHost()); err != nil {
		panic(err)
	}
	client, err := net.Dial("udp", address)
	if err != nil {
		panic(err)
	}
	lines := []string{"work:0.6|c", "more:1.9|c", "level:0.6|g", "calls:1|c|@0.6", "calls3:1|c|@0.3", "half:1|c|@0.5"}
	for range 10 {
		for _, line := range lines {
			fmt.Fprintln(client, line)
		}
	}
	fmt.Fprintln(client, "large:9223372036854775808|c")
	for len(sink.AllMetrics()) == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	scopes := sink.AllMetrics()[0].ResourceMetrics().At(0).ScopeMetrics()
	for i := range scopes.Len() {
		metric := scopes.At(i).Metrics().At(0)
		if metric.Name() == "level" {
			fmt.Println("level", metric.Gauge().DataPoints().At(0).DoubleValue())
		} else {
			fmt.Println(metric.Name(), metric.Sum().DataPoints().At(0).IntValue())
		}
	}
}
END_GO
go run . >sums 2>log || { cat log; exit 1; }
sort sums | tee out
printf '%s\n' 'calls 10' 'calls3 30' 'half 20' 'large -9223372036854775808' 'level 0.6' 'more 10' 'work 0' >expected
if ! cmp -s out expected; then
  cat log
  echo "CHANGED: counters with fractions or rates have other sums"
  exit 1
fi
echo "SEEN: the Collector's StatsD receiver cuts each counter line to a whole number"
