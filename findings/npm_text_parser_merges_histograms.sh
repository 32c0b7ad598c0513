#!/bin/bash
# Packages: npm's parse-prometheus-text-format 1.1.1, PyPI's prometheus-client 0.26.0.
#
# Guess:    a parser of the text format keeps the histograms (and summaries) of one family apart by
#           their labels.
# Instead:  the npm parser makes one histogram of all series of the family. It drops the other
#           labels, and the sums and counts of series that have any. The last series wins bound by
#           bound: here 100 values up to 1, 7 values up to
#           10. A single series with a label loses its label, sum and count, too. Counters and
#               gauges keep their labels.
# Matters:  a tool in Node that reads another program's page shows the numbers of one route as those
#           of all routes. The page is valid, and Python's parser keeps all series.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund parse-prometheus-text-format@1.1.1 >/dev/null
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install prometheus-client==0.26.0
cat >page <<'END'
# HELP h Seconds
# TYPE h histogram
h_bucket{route="/a",le="1"} 3
h_bucket{route="/a",le="10"} 7
h_bucket{route="/a",le="+Inf"} 7
h_sum{route="/a"} 31
h_count{route="/a"} 7
h_bucket{route="/b",le="1"} 100
h_bucket{route="/b",le="+Inf"} 200
h_sum{route="/b"} 5000
h_count{route="/b"} 200
END
venv/bin/python >out - <<'END'
from prometheus_client.parser import text_string_to_metric_families
for family in text_string_to_metric_families(open("page").read()):
    routes = {sample.labels["route"] for sample in family.samples}
    print("Python:", len(family.samples), "samples of routes", *sorted(routes))
END
node >>out - <<'END'
const parse = require('parse-prometheus-text-format');
console.log('npm:', JSON.stringify(parse(require('fs').readFileSync('page', 'utf8'))[0].metrics));
END
cat out
if ! grep -qx 'Python: 9 samples of routes /a /b' out || grep '^npm' out | grep -q '/[ab]' ||
  ! grep -q '^npm.*"1":"100"' out || ! grep -q '^npm.*"+Inf":"200"' out; then
  echo "CHANGED: the npm parser keeps histograms with different labels apart"
  exit 1
fi
echo "SEEN: the npm parser merges the histograms of two routes and drops the label"
