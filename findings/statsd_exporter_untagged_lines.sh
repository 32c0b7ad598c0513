#!/bin/bash
# Packages: Go's DataDog/datadog-go 5.9.1 (writes), prometheus/statsd_exporter 0.31.0 (reads), with
#           client_golang 1.25.0.
#
# Guess:    a reader that knows the container field (|c:ID) of DogStatsD 1.2 takes it with tags and
#           without.
# Instead:  statsd_exporter drops a line that has the field and no tags. With a tag the same line is
#           fine, and the field becomes a label container_id: a new series for each container.
# Why:      a line without "#" is split at each colon, as several values of one metric. The colon of
#           the field counts, too.
# Matters:  datadog-go adds the field by itself where it finds a container's id. The same program
#           works on a laptop and loses its untagged metrics in the cluster. The exporter says so at
#           debug level and in one of its counters.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
cat >go.mod <<'END'
module finding
go 1.26
require (
	github.com/DataDog/datadog-go/v5 v5.9.1
	github.com/prometheus/client_golang v1.25.0
	github.com/prometheus/statsd_exporter v0.31.0
)
END
cat >main.go <<'END'
package main

import (
	"fmt"
	"log"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/DataDog/datadog-go/v5/statsd"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/statsd_exporter/pkg/line"
)

func main() {
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	client, err := statsd.New(socket.LocalAddr().String(), statsd.WithoutTelemetry(), statsd.WithContainerID("abc"))
	if err != nil {
		log.Fatal(err)
	}
	client.Gauge("untagged", 4, nil, 1)
	client.Gauge("tagged", 4, []string{"zone:a"}, 1)
	client.Close()
	socket.SetReadDeadline(time.Now().Add(10 * time.Second))
	packet := make([]byte, 9000)
	text := ""
	for strings.Count(text, "\n") < 2 {
		size, _, err := socket.ReadFrom(packet)
		if err != nil {
			log.Fatal(err)
		}
		text += string(packet[:size])
	}

	errors := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "errors"}, []string{"reason"})
	counter := func() prometheus.Counter { return prometheus.NewCounter(prometheus.CounterOpts{Name: "c"}) }
	parser := line.NewParser()
	parser.EnableDogstatsdParsing()
	for _, text := range strings.Fields(text) {
		events := parser.LineToEvents(text, *errors, counter(), counter(), counter(), slog.New(slog.DiscardHandler))
		fmt.Println(text, "-> events:", len(events))
		for _, event := range events {
			fmt.Println("  labels", event.Labels())
		}
	}
}
END
go run . >out 2>log || { cat log; exit 1; }
cat out
if ! grep -qx 'untagged:4|g|c:abc -> events: 0' out || ! grep -qx 'tagged:4|g|#zone:a|c:abc -> events: 1' out; then
  echo "CHANGED: the untagged line arrives, or the tagged one does not"
  exit 1
fi
echo "SEEN: statsd_exporter drops untagged lines with a container field"
