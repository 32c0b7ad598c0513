#!/bin/bash
# Packages: Go's DataDog/sketches-go 1.4.8 (google.golang.org/protobuf 1.36.12), PyPI's ddsketch
#           3.0.1 (protobuf 6.33.1), npm's @datadog/sketches-js 2.1.1 (protobufjs 7.5.4).
#
# Guess:    the three libraries of one vendor share one protobuf message, so a sketch of one is read
#           by the others.
# Instead:  a sketch from Go's NewDefaultDDSketch (200 positive values, one zero) has 201 values in
#           Go. Python and JavaScript read 1 value, and each quantile is 0. No error is raised.
# Why:      Go's default store writes its bins as a map (binCounts). The two others read only the
#           array (contiguousBinCounts). Only zeroCount arrives. Go's dense store writes the array.
# Matters:  who merges the latencies of Go services in Python or Node gets 0 for p50 and p99 and an
#           almost empty count. Check the count after decoding, or use LogUnboundedDenseDDSketch on
#           the Go side.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
cat >go.mod <<'END'
module finding
go 1.26
require (
	github.com/DataDog/sketches-go v1.4.8
	google.golang.org/protobuf v1.36.12
)
END
cat >main.go <<'END'
package main

import (
	"fmt"
	"os"

	"github.com/DataDog/sketches-go/ddsketch"
	"google.golang.org/protobuf/proto"
)

func main() {
	paged, _ := ddsketch.NewDefaultDDSketch(0.01)
	dense, _ := ddsketch.LogUnboundedDenseDDSketch(0.01)
	for name, sketch := range map[string]*ddsketch.DDSketch{"default": paged, "dense": dense} {
		for value := 0; value <= 200; value++ {
			if err := sketch.Add(float64(value)); err != nil {
				panic(err)
			}
		}
		bytes, _ := proto.Marshal(sketch.ToProto())
		os.WriteFile(name, bytes, 0o600)
		median, _ := sketch.GetValueAtQuantile(0.5)
		fmt.Fprintf(os.Stderr, "%s: Go count %.0f median %.0f\n", name, sketch.GetCount(), median)
	}
}
END
go run . 2>log || { cat log; exit 1; }
grep ' Go ' log | sort -r >out
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install ddsketch==3.0.1 protobuf==6.33.1
npm install --silent --no-audit --no-fund @datadog/sketches-js@2.1.1 protobufjs@7.5.4 >/dev/null
venv/bin/python >>out - <<'END'
from ddsketch.pb import ddsketch_pb2
from ddsketch.pb.proto import DDSketchProto
for name in ("default", "dense"):
    sketch = DDSketchProto.from_proto(ddsketch_pb2.DDSketch.FromString(open(name, "rb").read()))
    print(f"{name}: Python count {sketch.count:.0f} median {sketch.get_quantile_value(0.5):.0f}")
END
node >>out - <<'END'
const { DDSketch } = require('@datadog/sketches-js');
for (const name of ['default', 'dense']) {
  const sketch = DDSketch.fromProto(require('fs').readFileSync(name));
  console.log(`${name}: JavaScript count ${sketch.count} median ${sketch.getValueAtQuantile(0.5).toFixed()}`);
}
END
sort out
if [ "$(grep -c 'dense: .* count 201 ' out)" != 3 ] || ! grep -q 'default: Go count 201 ' out ||
  ! grep -q 'default: Python count 1 median 0' out || ! grep -q 'default: JavaScript count 1 median 0' out; then
  echo "CHANGED: Python or JavaScript reads the bins of Go's default store"
  exit 1
fi
echo "SEEN: Python and JavaScript lose all positive values of a default Go sketch, without an error"
