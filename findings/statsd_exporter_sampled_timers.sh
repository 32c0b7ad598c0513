#!/bin/bash
# Packages: Go's prometheus/statsd_exporter 0.31.0, with client_golang 1.25.0.
#
# Guess:    a timer sampled at rate r counts as 1/r observations, exactly or on average; as sampled
#           counters do.
# Instead:  it counts as 1/r rounded down. At a rate of 0.6 each sampled timer counts once, so 40 %
#           of the observations are missing; at 0.3 it counts three times, 10 % are missing.
#           Counters are divided by r and stay exact.
# Matters:  the error never averages out, and a histogram's _count disagrees with a counter beside
#           it that has the same rate. Only rates of 1/n (0.5, 0.25, 0.1) are safe.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
cat >go.mod <<'END'
module finding
go 1.26
require (
	github.com/prometheus/client_golang v1.25.0
	github.com/prometheus/statsd_exporter v0.31.0
)
END
cat >main.go <<'END'
package main

import (
	"fmt"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/statsd_exporter/pkg/line"
)

func main() {
	errors := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "errors"}, []string{"reason"})
	counter := prometheus.NewCounter(prometheus.CounterOpts{Name: "c"})
	parser := line.NewParser()
	parser.EnableDogstatsdParsing()
	for _, rate := range []float64{0.5, 0.3, 0.6, 0.9} {
		sent := int(rate * 1000) // what a client sends of 1000 calls
		counted, timed := 0.0, 0
		for range sent {
			for _, kind := range []string{"c", "ms"} {
				text := fmt.Sprintf("x:1|%s|@%g", kind, rate)
				events := parser.LineToEvents(text, *errors, counter, counter, counter, slog.New(slog.DiscardHandler))
				if kind == "c" {
					counted += events[0].Value()
				} else {
					timed += len(events)
				}
			}
		}
		fmt.Printf("rate %g: counter %.0f, timer %d of 1000\n", rate, counted, timed)
	}
}
END
go run . >out 2>log || { cat log; exit 1; }
cat out
cat >expected <<'END'
rate 0.5: counter 1000, timer 1000 of 1000
rate 0.3: counter 1000, timer 900 of 1000
rate 0.6: counter 1000, timer 600 of 1000
rate 0.9: counter 1000, timer 900 of 1000
END
if ! cmp -s out expected; then
  echo "CHANGED: sampled timers are no longer rounded down"
  exit 1
fi
echo "SEEN: statsd_exporter rounds 1/rate down for timers, not for counters"
