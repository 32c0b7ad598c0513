#!/bin/bash
# Packages: OpenTelemetry's SDKs: JavaScript's resources 2.12.1 with api 1.9.1, Python's
#           opentelemetry-sdk 1.45.2, Go's otel/sdk 1.47.0.
#
# Guess:    each SDK reads OTEL_RESOURCE_ATTRIBUTES alike. Where a pair is not understood, that pair
#           is lost.
# Instead:  JavaScript loses all pairs if one value holds "=" or "100%", or one pair has no "=". It
#           tells so at debug level only. Python and Go keep the others, and read such values as
#           they stand.
# Matters:  the variable is set once for a cluster. A link with ?id=1 in it takes the environment
#           and the cluster's name off each metric of the Node services alone, so alerts that select
#           by them are silent. Write %3D and %25: all three read those.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install opentelemetry-sdk==1.45.2
npm install --silent --no-audit --no-fund @opentelemetry/api@1.9.1 @opentelemetry/resources@2.12.1 >/dev/null
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
printf '%s\n' 'module finding' 'go 1.26' 'require go.opentelemetry.io/otel/sdk v1.47.0' >go.mod
cat >main.go <<'END'
package main

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/sdk/resource"
)

func main() {
	read, _ := resource.New(context.Background(), resource.WithFromEnv())
	fmt.Print("Go:")
	for _, each := range read.Attributes() {
		fmt.Printf(" [%s is %s]", each.Key, each.Value.AsString())
	}
	fmt.Println()
}
END
cat >main.js <<'END'
const { detectResources, envDetector } = require('@opentelemetry/resources');
const read = Object.entries(detectResources({ detectors: [envDetector] }).attributes).sort();
console.log('JavaScript:' + read.map(([key, value]) => ` [${key} is ${value}]`).join(''));
END
cat >main.py <<'END'
from opentelemetry.sdk.resources import OTELResourceDetector
read = sorted(OTELResourceDetector().detect().attributes.items())
print("Python:" + "".join(f" [{key} is {value}]" for key, value in read))
END
go build -o main . 2>log || { cat log; exit 1; }
for pairs in 'env=live,url=http://h/?id%3D1' 'env=live,url=http://h/?id=1' 'env=live,load=100%' 'env=live,team'; do
  echo "$pairs"
  export OTEL_RESOURCE_ATTRIBUTES=$pairs
  ./main 2>/dev/null
  node main.js
  venv/bin/python main.py 2>/dev/null
done | tee out
cat >expected <<'END'
env=live,url=http://h/?id%3D1
Go: [env is live] [url is http://h/?id=1]
JavaScript: [env is live] [url is http://h/?id=1]
Python: [env is live] [url is http://h/?id=1]
env=live,url=http://h/?id=1
Go: [env is live] [url is http://h/?id=1]
JavaScript:
Python: [env is live] [url is http://h/?id=1]
env=live,load=100%
Go: [env is live] [load is 100%]
JavaScript:
Python: [env is live] [load is 100%]
env=live,team
Go: [env is live]
JavaScript:
Python: [env is live]
END
if ! cmp -s out expected; then
  echo "CHANGED: one of the three reads the variable in another way"
  exit 1
fi
echo "SEEN: one odd pair takes all resource attributes of a JavaScript program away"
