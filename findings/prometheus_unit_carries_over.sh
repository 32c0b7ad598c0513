#!/bin/bash
# Packages: Go's github.com/prometheus/prometheus 0.316.0, which is Prometheus 3.16
# (model/textparse).
#
# Guess:    with the feature type-and-unit-labels a series has the label __unit__ if its family has
#           a UNIT line, and no such label otherwise.
# Instead:  on an OpenMetrics 1.0 page a family without a UNIT line takes the unit of the family
#           before it: a count of connections gets __unit__="seconds". An empty UNIT line clears it.
# Matters:  the label is part of the identity of a series. A metric that is added or moved on the
#           page gives the families behind it another unit, so they become new series: a range of
#           the old ones ends, and sums by unit are wrong. Writers leave the line out where there is
#           no unit.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath -p=1'
printf '%s\n' 'module finding' 'go 1.26' 'require github.com/prometheus/prometheus v0.316.0' >go.mod
cat >main.go <<'END_GO'
package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

const withUnit = `# TYPE wait_seconds gauge
# UNIT wait_seconds seconds
# HELP wait_seconds Wait.
wait_seconds 2
`

const without = `# TYPE connections gauge
# HELP connections Connections.
connections 7
`

const cleared = `# TYPE connections gauge
# UNIT connections 
# HELP connections Connections.
connections 7
`

func show(title, page string) {
	options := textparse.ParserOptions{EnableTypeAndUnitLabels: true}
	parser, err := textparse.New([]byte(page+"# EOF\n"), "application/openmetrics-text; version=1.0.0", labels.NewSymbolTable(), options)
	for err == nil {
		var entry textparse.Entry
		if entry, err = parser.Next(); err == nil && entry == textparse.EntrySeries {
			var series labels.Labels
			parser.Labels(&series)
			fmt.Println(title+":", series)
		}
	}
	if !errors.Is(err, io.EOF) {
		panic(err)
	}
}

func main() {
	show("without a unit before it", without+withUnit)
	show("behind one with a unit", withUnit+without)
	show("with an empty UNIT line", withUnit+cleared)
}
END_GO
go run . >out 2>log || { cat log; exit 1; }
cat out
cat >expected <<'END_EXPECTED'
without a unit before it: {__name__="connections", __type__="gauge"}
without a unit before it: {__name__="wait_seconds", __type__="gauge", __unit__="seconds"}
behind one with a unit: {__name__="wait_seconds", __type__="gauge", __unit__="seconds"}
behind one with a unit: {__name__="connections", __type__="gauge", __unit__="seconds"}
with an empty UNIT line: {__name__="wait_seconds", __type__="gauge", __unit__="seconds"}
with an empty UNIT line: {__name__="connections", __type__="gauge"}
END_EXPECTED
if ! cmp -s out expected; then
  echo "CHANGED: a family without a UNIT line has another unit now"
  exit 1
fi
echo "SEEN: a family without a UNIT line has the unit of the family before it"
