#!/bin/bash
# Packages: Go's VictoriaMetrics/metrics 1.45.0, PyPI's prometheus-client 0.26.0 (reads).
#
# Guess:    GetOrCreateCounter() of rows{table="a",zone="b"} and of rows{zone="b",table="a"} is one
#           counter. The library checks the name, so it knows the labels.
# Instead:  it makes two, and a blank behind a comma makes a third. The page shows the same series
#           three times, with 1 each.
# Why:      the text of the name is the key, as it is written.
# Matters:  a reader that keeps one line for each series loses the other counts. Two places in the
#           code that write the labels in another order are enough. Build the names in one function.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install prometheus-client==0.26.0
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
printf '%s\n' 'module finding' 'go 1.26' 'require github.com/VictoriaMetrics/metrics v1.45.0' >go.mod
cat >main.go <<'END'
package main

import (
	"os"

	"github.com/VictoriaMetrics/metrics"
)

func main() {
	for _, name := range []string{`rows{table="a",zone="b"}`, `rows{zone="b",table="a"}`, `rows{table="a", zone="b"}`} {
		metrics.GetOrCreateCounter(name).Inc()
	}
	metrics.WritePrometheus(os.Stdout, false)
}
END
go run . >page 2>log || { cat log; exit 1; }
cat page
venv/bin/python - <<'END' | tee out
from prometheus_client.parser import text_string_to_metric_families as parse
samples = [sample for family in parse(open("page").read()) for sample in family.samples]
print(len(samples), "samples of", len({tuple(sorted(sample.labels.items())) for sample in samples}), "series, each",
      *{sample.value for sample in samples})
END
if [ "$(cat out)" != '3 samples of 1 series, each 1' ]; then
  echo "CHANGED: the three names are one counter, or the page is another one"
  exit 1
fi
echo "SEEN: one series is on the page three times, since its labels were written in three ways"
