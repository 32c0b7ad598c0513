#!/bin/bash
# Packages: npm's prom-client 15.1.3, PyPI's prometheus-client 0.26.0, Pushgateway 1.5.1 (Debian
#           12's prometheus-pushgateway, downloaded and unpacked, not installed).
#
# Guess:    a push with the grouping { topic: 'x/y/z' } makes a group with the label topic="x/y/z",
#           or fails. prom-client encodes the value for the URL, so the slash is safe.
# Instead:  the number and the place of the slashes decide:
#             x/y/z  the push succeeds, and the group has the labels topic="x" and y="z";
#             x/y    the Pushgateway answers 400;
#             /x/y   the Pushgateway answers 301. prom-client resolves the promise, nothing is stored.
#           The Python client keeps all three values.
# Why:      the Pushgateway splits the path after it decoded it, so %2F is a slash again. It has the
#           form topic@base64 for such values. Python's client uses it, prom-client does not.
# Matters:  paths, URLs and MQTT topics as grouping values are normal. A job that pushes "/var"
#           looks successful always and no metric exists. Values "x/y/z" and "x/q/z" differ in
#           label names.
set -euo pipefail
dir=$(mktemp -d)
gateway=
trap '[ -z "$gateway" ] || kill "$gateway"; rm -rf "$dir"' EXIT
cd "$dir"
apt-get download -qq prometheus-pushgateway=1.5.1-2+b5 2>log || { cat log; exit 1; }
dpkg -x prometheus-pushgateway_*.deb unpacked
npm install --silent --no-audit --no-fund prom-client@15.1.3 >/dev/null
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install prometheus-client==0.26.0
unpacked/usr/bin/prometheus-pushgateway --web.listen-address=127.0.0.1:0 2>log &
gateway=$!
for _ in $(seq 100); do
  port=$(sed -n 's/.*msg="Listening on" address=127\.0\.0\.1:\([0-9]*\).*/\1/p' log)
  [ -z "$port" ] || break
  sleep 0.1
done
node >out - "$port" <<'END_JS'
const { Counter, Pushgateway, Registry } = require('prom-client');
(async () => {
  for (const topic of ['x/y/z', 'x/y', '/x/y']) {
    const registry = new Registry();
    new Counter({ name: 'pushed', help: 'h', registers: [registry] }).inc();
    const pushgateway = new Pushgateway(`http://127.0.0.1:${process.argv[2]}`, [], registry);
    const outcome = await pushgateway.push({ jobName: 'js', groupings: { topic } }).then(
      done => `resolved with status ${done.resp.statusCode}`, error => error.message.split(',')[0]);
    console.log(`prom-client ${topic}: ${outcome}`);
  }
})();
END_JS
venv/bin/python >>out - "$port" <<'END_PYTHON'
import sys
import urllib.request
from prometheus_client import CollectorRegistry, Counter, push_to_gateway
for topic in ("x/y/z", "x/y", "/x/y"):
    registry = CollectorRegistry()
    Counter("pushed", "h", registry=registry).inc()
    push_to_gateway(f"127.0.0.1:{sys.argv[1]}", "python", registry, {"topic": topic})
page = urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/metrics").read().decode()
print(*[line for line in page.split("\n") if line.startswith("pushed_total{") or line.startswith("pushed{")], sep="\n")
END_PYTHON
cat out
cat >expected <<'END_EXPECTED'
prom-client x/y/z: resolved with status 200
prom-client x/y: push failed with status 400
prom-client /x/y: resolved with status 301
pushed{instance="",job="js",topic="x",y="z"} 1
pushed_total{instance="",job="python",topic="/x/y"} 1
pushed_total{instance="",job="python",topic="x/y"} 1
pushed_total{instance="",job="python",topic="x/y/z"} 1
END_EXPECTED
if ! cmp -s <(sort out) <(sort expected); then
  echo "CHANGED: the two clients push these values in another way"
  exit 1
fi
echo "SEEN: prom-client's slash moves a part of the value into another label, or the push into nothing"
