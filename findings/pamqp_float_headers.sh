#!/bin/bash
# Packages: PyPI's pamqp 4.0.0 (the codec of aio-pika), npm's amqplib 2.3.1 (reads).
#
# Guess:    a float in a header of an AMQP message is written as a double, as Python has it.
# Instead:  pamqp writes 32 bits: 1790000123.5 (a time in seconds) becomes 1790000128, 0.1 becomes
#           0.10000000149011612. A value above 3.4e38 raises an OverflowError instead.
# Why:      the format has both widths, and pamqp uses the short one for each float.
# Matters:  time.time() in a header is wrong by up to 64 seconds, so a latency computed from it can
#           be negative or a minute. Send whole milliseconds or text: integers arrive whole.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install pamqp==4.0.0
npm install --silent --no-audit --no-fund amqplib@2.3.1 >/dev/null
venv/bin/python >out - <<'END'
from pamqp import encode
headers = {"seconds": 1790000123.5, "ratio": 0.1, "milliseconds": 1790000123500}
open("table", "wb").write(encode.field_table(headers))
print("sent", *(f"{key} {value}" for key, value in sorted(headers.items())))
try:
    encode.field_table({"large": 1e39})
    print("1e39 is written")
except OverflowError as error:
    print("1e39:", type(error).__name__)
END
node >>out - <<'END'
const codec = require(process.cwd() + '/node_modules/amqplib/lib/codec.js');
const headers = codec.decodeFields(require('fs').readFileSync('table').subarray(4));
console.log('read', ...Object.keys(headers).sort().map(key => `${key} ${headers[key]}`));
END
cat out
cat >expected <<'END'
sent milliseconds 1790000123500 ratio 0.1 seconds 1790000123.5
1e39: OverflowError
read milliseconds 1790000123500 ratio 0.10000000149011612 seconds 1790000128
END
if ! cmp -s out expected; then
  echo "CHANGED: a float header arrives as another number"
  exit 1
fi
echo "SEEN: pamqp writes a float header with 32 bits: a time is 4.5 seconds off"
