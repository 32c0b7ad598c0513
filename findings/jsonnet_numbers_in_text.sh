#!/bin/bash
# Packages: PyPI's jsonnet 0.22.0 (the C++ implementation) and rjsonnet 0.5.6 (Rust's jrsonnet),
#           Go's google/go-jsonnet 0.22.0; PyPI's prometheus-client 0.26.0 writes the page.
#
# Guess:    'h_bucket{le="%s"}' % 0.1 in a Jsonnet file makes h_bucket{le="0.1"}, the bucket of a
#           client that has the bound 0.1.
# Instead:  the C++ and the Go implementation make le="0.10000000000000001", and 0.3 becomes
#           0.29999999999999999. No page has such a label. rjsonnet makes le="0.1". %g makes 0.1 in
#           all three.
# Why:      a number in a text has 17 digits, whether it needs them or not.
# Matters:  alert rules and dashboards of SLOs are made with Jsonnet, with the threshold in a
#           variable. The rule is valid, selects nothing and never fires. Bounds such as 0.25, 0.5
#           and 1 work, so a test with one of these passes. Write %g, or keep bounds as texts.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install jsonnet==0.22.0 rjsonnet==0.5.6 prometheus-client==0.26.0
cat >rule.jsonnet <<'END_JSONNET'
local series(form) = [('h_bucket{le="' + form + '"}') % bound for bound in [0.05, 0.1, 0.25, 0.3]];
series('%s') + series('%g')
END_JSONNET
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
printf '%s\n' 'module finding' 'go 1.26' 'require github.com/google/go-jsonnet v0.22.0' >go.mod
cat >main.go <<'END_GO'
package main

import (
	"fmt"

	"github.com/google/go-jsonnet"
)

func main() {
	text, err := jsonnet.MakeVM().EvaluateFile("rule.jsonnet")
	if err != nil {
		panic(err)
	}
	fmt.Println(text)
}
END_GO
go run . >go.json 2>log || { cat log; exit 1; }
venv/bin/python >out - <<'END_PYTHON'
import json

import _jsonnet
import rjsonnet
from prometheus_client import CollectorRegistry, Histogram, generate_latest

registry = CollectorRegistry()
Histogram("h", "Seconds.", buckets=[0.05, 0.1, 0.25, 0.3], registry=registry)
page = generate_latest(registry).decode()
for name, text in (
    ("C++", _jsonnet.evaluate_file("rule.jsonnet")),
    ("Go", open("go.json").read()),
    ("Rust", rjsonnet.evaluate_file("rule.jsonnet")),
):
    series = json.loads(text)
    for form, made in (("%s", series[:4]), ("%g", series[4:])):
        print(name, form, *(f"{one[8:]}: {'on the page' if one in page else 'nowhere'}" for one in made), sep="  ")
END_PYTHON
cat out
cat >expected <<'END_EXPECTED'
C++  %s  {le="0.050000000000000003"}: nowhere  {le="0.10000000000000001"}: nowhere  {le="0.25"}: on the page  {le="0.29999999999999999"}: nowhere
C++  %g  {le="0.05"}: on the page  {le="0.1"}: on the page  {le="0.25"}: on the page  {le="0.3"}: on the page
Go  %s  {le="0.050000000000000003"}: nowhere  {le="0.10000000000000001"}: nowhere  {le="0.25"}: on the page  {le="0.29999999999999999"}: nowhere
Go  %g  {le="0.05"}: on the page  {le="0.1"}: on the page  {le="0.25"}: on the page  {le="0.3"}: on the page
Rust  %s  {le="0.05"}: on the page  {le="0.1"}: on the page  {le="0.25"}: on the page  {le="0.3"}: on the page
Rust  %g  {le="0.05"}: on the page  {le="0.1"}: on the page  {le="0.25"}: on the page  {le="0.3"}: on the page
END_EXPECTED
if ! cmp -s out expected; then
  echo "CHANGED: numbers in a text of Jsonnet look otherwise now"
  exit 1
fi
echo "SEEN: 0.1 in a text of Jsonnet is 0.10000000000000001, which no bucket is called"
