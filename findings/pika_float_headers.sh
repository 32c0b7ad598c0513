#!/bin/bash
# Packages: PyPI's pika 1.4.4 (reads) and pamqp 4.0.0 (writes, and reads as a check).
#
# Guess:    a number with a fraction in a header of an AMQP message arrives as it was sent.
# Instead:  pika reads 1.5 as 1, 0.25 and -0.9 as 0, for both widths of the format's floats. No
#           error is raised. To write a float it refuses with an exception. pamqp reads the same
#           bytes right.
# Matters:  a load, a ratio or a price in a header of another client is cut to its whole part. A
#           ratio of 0 is plausible, so only a look at the sender shows it. Send text or scaled
#           integers.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install pika==1.4.4 pamqp==4.0.0
venv/bin/python >out - <<'END'
import struct
from pamqp import commands
from pika import exceptions, spec

floats = commands.Basic.Properties(headers={"load": 1.5, "part": 0.25, "rise": -0.9, "size": 5}).marshal()
table = b"".join(b"\4" + struct.pack(">4scd", name, b"d", value) for name, value in ((b"load", 1.5), (b"part", 0.25)))
doubles = floats[:2] + struct.pack(">I", len(table)) + table
for width, encoded in (("32 bits", floats), ("64 bits", doubles)):
    pamqp = commands.Basic.Properties()
    pamqp.unmarshal(int.from_bytes(encoded[:2], "big"), encoded[2:])
    pika = spec.BasicProperties()
    pika.decode(encoded)
    for name, headers in (("pamqp", pamqp.headers), ("pika", pika.headers)):
        print(f"{name} reads {width}:", *(f"{key} {value:.2f}" for key, value in sorted(headers.items())))
try:
    spec.BasicProperties(headers={"load": 1.5}).encode()
    print("pika writes 1.5")
except exceptions.UnsupportedAMQPFieldException:
    print("pika refuses to write 1.5")
END
cat out
cat >expected <<'END'
pamqp reads 32 bits: load 1.50 part 0.25 rise -0.90 size 5.00
pika reads 32 bits: load 1.00 part 0.00 rise 0.00 size 5.00
pamqp reads 64 bits: load 1.50 part 0.25
pika reads 64 bits: load 1.00 part 0.00
pika refuses to write 1.5
END
if ! cmp -s out expected; then
  echo "CHANGED: pika reads a float header as another number, or writes one"
  exit 1
fi
echo "SEEN: pika cuts floats in headers to whole numbers, without an error"
