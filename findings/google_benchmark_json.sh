#!/bin/bash
# Packages: Debian 12's libbenchmark-dev 1.7.1-1 (Google Benchmark 1.7.1), built with g++ 12 or
# later; readers: Node, Go, Python.
#
# Guess:    --benchmark_format=json writes JSON that each JSON reader takes; a counter that is not a
#           number is null or left out.
# Instead:  a user counter of 0/0 or 1/0 is written as a bare NaN or Infinity. Node and Go refuse
#           the whole file. Python's json takes it, so the compare.py that comes with the library
#           works.
# Matters:  a ratio such as misses per hit is 0/0 in a run without hits. One such counter takes all
#           results of the run away from a dashboard or a CI step that is not in Python.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
(apt-get download -qq libbenchmark-dev=1.7.1-1 libbenchmark1debian=1.7.1-1 && for deb in *.deb; do dpkg -x "$deb" b; done) >log 2>&1 ||
  { cat log; exit 1; }
cat >main.cc <<'END'
#include <benchmark/benchmark.h>

static void Ratio(benchmark::State& state) {
  double hits = 0, misses = 0;
  for (auto _ : state) benchmark::DoNotOptimize(hits);
  state.counters["misses_per_hit"] = misses / hits;
}
BENCHMARK(Ratio)->Iterations(1);
BENCHMARK_MAIN();
END
library=b/usr/lib/$(gcc -dumpmachine)
g++ -std=c++17 -isystem b/usr/include main.cc "$library"/libbenchmark.so.1* -lpthread -o main
LD_LIBRARY_PATH=$library ./main --benchmark_out=results.json --benchmark_out_format=json >log 2>&1 || { cat log; exit 1; }
grep misses results.json
cat >read.go <<'END'
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	text, _ := os.ReadFile("results.json")
	fmt.Println("Go reads it:", json.Valid(text))
}
END
{
  node - <<'END'
try {
  JSON.parse(require('fs').readFileSync('results.json'));
  console.log('Node reads it: true');
} catch {
  console.log('Node reads it: false');
}
END
  go run read.go
  python3 -c 'import json; print("Python reads it:", len(json.load(open("results.json"))["benchmarks"]) == 1)'
} | tee out
printf '%s\n' 'Node reads it: false' 'Go reads it: false' 'Python reads it: True' >expected
if ! cmp -s out expected || ! grep -qE '"misses_per_hit": -?NaN' results.json; then
  echo "CHANGED: a counter of 0/0 is written in another way"
  exit 1
fi
echo "SEEN: a counter of 0/0 makes the JSON of a run invalid"
