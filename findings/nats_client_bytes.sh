#!/bin/bash
# Packages: PyPI's nats-py 2.16.0, npm's nats 2.29.3, Debian 12's nats-server 2.9.10-1+b3
#           (downloaded and unpacked, not installed).
#
# Guess:    the clients of one project count the bytes of a message alike: stats of Python and of
#           JavaScript agree, and agree with the server's.
# Instead:  for a message of 100 bytes with a header of 71 bytes JavaScript and the server count
#           171, sent and received. Python counts 100 for both.
# Matters:  trace contexts and ids go in headers, and with small messages most bytes are there. A
#           bandwidth that is taken from a Python service is too low, and the sum over clients is
#           not what the server has passed on, so a search for lost bytes begins.
set -euo pipefail
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
cd "$dir"
(apt-get download -qq nats-server=2.9.10-1+b3 && dpkg -x nats-server_*.deb debian) >log 2>&1 || { cat log; exit 1; }
npm install --silent --no-audit --no-fund nats@2.29.3 >/dev/null
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install nats-py==2.16.0
mkdir ports
"$(find debian -type f -name nats-server)" -a 127.0.0.1 -p -1 -m -1 --ports_file_dir ports >log 2>&1 &
server=$!
for _ in {1..100}; do
  if compgen -G 'ports/*.ports' >/dev/null; then break; fi
  sleep 0.1
done
read -r URL MONITOR < <(python3 -c 'import glob, json; ports = json.load(open(glob.glob("ports/*.ports")[0])); print(ports["nats"][0], ports["monitoring"][0])')
export URL MONITOR
server_bytes() {
  python3 -c 'import json, os, urllib.request; read = json.load(urllib.request.urlopen(os.environ["MONITOR"] + "/varz")); print("server:", read["in_bytes"], "in,", read["out_bytes"], "out, since its start")'
}
cat >client.py <<'END_PYTHON'
import asyncio
import os

import nats


async def main():
    client = await nats.connect(os.environ["URL"])
    arrived = asyncio.Event()

    async def take(message):
        arrived.set()

    await client.subscribe("a", cb=take)
    await client.publish("a", b"x" * 100, headers={"Trace": "y" * 50})
    await arrived.wait()
    print("Python:", client.stats["out_bytes"], "out,", client.stats["in_bytes"], "in")
    await client.close()


asyncio.run(main())
END_PYTHON
cat >client.js <<'END_JS'
const { connect, headers } = require('nats');
(async () => {
  const client = await connect({ servers: process.env.URL });
  const subscription = client.subscribe('a', { max: 1 });
  const trace = headers();
  trace.set('Trace', 'y'.repeat(50));
  client.publish('a', new Uint8Array(100), { headers: trace });
  for await (const _ of subscription) break;
  console.log(`JavaScript: ${client.stats().outBytes} out, ${client.stats().inBytes} in`);
  await client.close();
})();
END_JS
{
  server_bytes
  venv/bin/python client.py
  server_bytes
  node client.js
  server_bytes
} | tee out
cat >expected <<'END_EXPECTED'
server: 0 in, 0 out, since its start
Python: 100 out, 100 in
server: 171 in, 171 out, since its start
JavaScript: 171 out, 171 in
server: 342 in, 342 out, since its start
END_EXPECTED
if ! cmp -s out expected; then
  cat log
  echo "CHANGED: a client counts other bytes for a message with headers"
  exit 1
fi
echo "SEEN: nats-py leaves headers out of its bytes, JavaScript and the server count them"
