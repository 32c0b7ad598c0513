#!/bin/bash
# Packages: OpenTelemetry's baggage propagators: Python's opentelemetry-api 1.45.2, JavaScript's
#           @opentelemetry/core 2.12.1 with api 1.9.1, Go's otel 1.47.0.
#
# Guess:    the propagators of one project hand a baggage value on unchanged, in any language
#           of the next service; "+" is no special character in W3C baggage.
# Instead:  Python reads "+" as a blank and writes a blank as "+". a+b from Go is "a b" in Python.
#           "a b" from Python, or from Go by way of Python, is a+b in Go and JavaScript. A property
#           behind the value (;ttl=1) becomes part of the value on the way through Python.
# Matters:  a value such as a time with zone (12:00+02:00), a base64 text or a phone number differs
#           on the two sides of a Python service, and with it routes, tenants and labels that come
#           from baggage. Two Python services agree, so tests in one language pass.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install opentelemetry-api==1.45.2
npm install --silent --no-audit --no-fund @opentelemetry/api@1.9.1 @opentelemetry/core@2.12.1 >/dev/null
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
printf '%s\n' 'module finding' 'go 1.26' 'require go.opentelemetry.io/otel v1.47.0' >go.mod
cat >main.go <<'END'
package main

import (
	"context"
	"fmt"
	"os"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
)

func main() {
	carrier := propagation.MapCarrier{"baggage": os.Args[1]}
	ctx := propagation.Baggage{}.Extract(context.Background(), carrier)
	value := baggage.FromContext(ctx).Member("k").Value()
	propagation.Baggage{}.Inject(ctx, carrier)
	fmt.Printf("Go reads [%s] writes %s\n", value, carrier["baggage"])
}
END
cat >main.js <<'END'
const api = require('@opentelemetry/api');
const propagator = new (require('@opentelemetry/core').W3CBaggagePropagator)();
const context = propagator.extract(api.ROOT_CONTEXT, { baggage: process.argv[2] }, api.defaultTextMapGetter);
const carrier = {};
propagator.inject(context, carrier, api.defaultTextMapSetter);
console.log(`JavaScript reads [${api.propagation.getBaggage(context).getEntry('k').value}] writes ${carrier.baggage}`);
END
cat >main.py <<'END'
import sys
from opentelemetry import baggage
from opentelemetry.baggage.propagation import W3CBaggagePropagator
context = W3CBaggagePropagator().extract({"baggage": sys.argv[1]})
carrier = {}
W3CBaggagePropagator().inject(carrier, context)
print(f"Python reads [{baggage.get_baggage('k', context)}] writes {carrier['baggage']}")
END
go build -o main . 2>log || { cat log; exit 1; }
for header in 'k=a+b' 'k=a%20b' 'k=v;ttl=1'; do
  echo "$header:"
  ./main "$header"
  node main.js "$header"
  venv/bin/python main.py "$header"
done | tee out
cat >expected <<'END'
k=a+b:
Go reads [a+b] writes k=a+b
JavaScript reads [a+b] writes k=a%2Bb
Python reads [a b] writes k=a+b
k=a%20b:
Go reads [a b] writes k=a%20b
JavaScript reads [a b] writes k=a%20b
Python reads [a b] writes k=a+b
k=v;ttl=1:
Go reads [v] writes k=v;ttl=1
JavaScript reads [v] writes k=v;ttl=1
Python reads [v;ttl=1] writes k=v%3Bttl%3D1
END
if ! cmp -s out expected; then
  echo "CHANGED: one of the three propagators reads or writes these values in another way"
  exit 1
fi
echo "SEEN: Python's propagator takes + for a blank, and the other two do not"
