#!/bin/bash
# Packages: PyPI's datadog 0.56.0 (its DogStatsd client with disable_aggregation=False).
#
# Guess:    100 calls increment("c", sample_rate=0.5) between two flushes count as about 100. The
#           client keeps about 50 of them and sends c:50|c|@0.5.
# Instead:  each flush sends c:100|c|@0.5, which a server counts as 200, or it sends nothing. A coin
#           decides for the whole sum, not for a call. The last value of a gauge with a sample rate
#           is lost in half of the flushes, too. Without aggregation a coin decides for each call.
# Why:      the client adds up all calls first, and draws the random number once, at the flush.
# Matters:  the mean over hours is right, the curve is not: steady traffic jumps between 0 and
#           double. With sample_rate=0.01 a flush shows 0, or 100 times the true count. An alert on
#           a counter that is too low or too high fires at random.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install datadog==0.56.0
venv/bin/python >out - <<'END_PYTHON'
import collections
import socket
from datadog.dogstatsd import DogStatsd
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
server.settimeout(10)
client = DogStatsd(host="127.0.0.1", port=server.getsockname()[1], disable_telemetry=True, disable_aggregation=False,
                   flush_interval=3600)
seen = collections.Counter()
for flush in range(60):
    for _ in range(100):
        client.increment("c", sample_rate=0.5)
    client.gauge("g", 7, sample_rate=0.5)
    client.flush_aggregated_metrics()
    client.increment("end")
    client.flush_aggregated_metrics()
    while (line := server.recv(65535).decode().strip()) != "end:1|c":
        seen[line] += 1
for line, flushes in sorted(seen.items()):
    print(f"{line} in {flushes} of 60 flushes")
END_PYTHON
cat out
number='([1-9]|[1-5][0-9])' # 1 to 59
if [ "$(wc -l <out)" != 2 ] || ! grep -qE "^c:100\|c\|@0\.5 in $number of 60 flushes$" out ||
  ! grep -qE "^g:7\|g\|@0\.5 in $number of 60 flushes$" out; then
  echo "CHANGED: the client samples another thing than the sum at the flush"
  exit 1
fi
echo "SEEN: a flush sends all 100 calls at a rate of 0.5, or none of them"
