#!/bin/bash
# Packages: Go's github.com/prometheus/client_golang 1.25.0 with common 0.72.1 (the writer of
#           pages), github.com/prometheus/prometheus 0.316.0, which is Prometheus 3.16
#           (model/textparse, the reader of pages).
#
# Guess:    a help text may end with a carriage return: "Messages in the queue\r". The grammar of
#           OpenMetrics 2.0 allows every character there but line feed, quote and backslash. The
#           same text passes in the text format, in OpenMetrics 1.0 and in protobuf.
# Instead:  in 2.0 both refuse it. The writer: "MetricFamily help … ends with a carriage return".
#           The reader, given a page that has it: "unexpected carriage return in HELP". A carriage
#           return in the middle of the text passes.
# Matters:  help texts that come from a file with Windows line ends have it. Nothing is wrong until
#           an operator lists OpenMetricsText2.0.0 in scrape_protocols: then the target fails, with
#           all its metrics, for one help text. A writer by the grammar alone makes pages that
#           Prometheus does not take.
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
	github.com/prometheus/common v0.72.1
	github.com/prometheus/prometheus v0.316.0
)
END
cat >main.go <<'END'
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

// As the writer makes it, or refuses to.
func page(help string, format expfmt.Format) ([]byte, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(prometheus.NewGauge(prometheus.GaugeOpts{Name: "queue_messages", Help: help}))
	families, err := registry.Gather()
	if err != nil {
		panic(err)
	}
	var out bytes.Buffer
	encoder := expfmt.NewEncoder(&out, format)
	for _, family := range families {
		if err := encoder.Encode(family); err != nil {
			return nil, err
		}
	}
	if closer, ok := encoder.(expfmt.Closer); ok {
		if err := closer.Close(); err != nil {
			panic(err)
		}
	}
	return out.Bytes(), nil
}

func read(page []byte, format expfmt.Format) string {
	options := textparse.ParserOptions{EnableOpenMetrics2: true}
	parser, err := textparse.New(page, string(format), labels.NewSymbolTable(), options)
	for err == nil {
		_, err = parser.Next()
	}
	if errors.Is(err, io.EOF) {
		return "read"
	}
	return err.Error()
}

func main() {
	for _, help := range []string{"Messages in the queue\r", "Messages\rin the queue"} {
		for _, format := range []expfmt.Format{expfmt.NewFormat(expfmt.TypeTextPlain),
			expfmt.FmtOpenMetrics_1_0_0, expfmt.FmtOpenMetrics_2_0_0, expfmt.NewFormat(expfmt.TypeProtoDelim)} {
			written, err := page(help, format)
			if err != nil {
				fmt.Printf("%q, %.45s: not written: %s\n", help, format, err)
				written = []byte("# TYPE queue_messages gauge\n# HELP queue_messages " + help + "\nqueue_messages 0\n# EOF\n")
			}
			fmt.Printf("%q, %.45s: %s\n", help, format, read(written, format))
		}
	}
}
END
go run . >out 2>log || { cat log; exit 1; }
cat out
if [ "$(grep -c ': read$' out)" != 7 ] ||
  ! grep -q 'queue\\r", .*version=2.0.0.*: not written: ' out ||
  ! grep -q 'queue\\r", .*version=2.0.0.*: unexpected carriage return in HELP' out; then
  echo "CHANGED: OpenMetrics 2.0 has such a help text now, or another format refuses it"
  exit 1
fi
echo "SEEN: a help text that ends with a carriage return passes in every format but OpenMetrics 2.0"
