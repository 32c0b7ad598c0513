#!/bin/bash
# Packages: PyPI's tdigest 0.5.2.2.
#
# Guess:    a percentile lies between the smallest and the largest value; and a value that more than
#           half of the observations have is near the median.
# Instead:  of 1000 values, 750 times 1 and 250 times 100, p25 is -23.75 and the
#           median is 25.75. Four values, 1 1 1 100, do as well.
# Why:      equal values share one centroid, and the library draws a straight line through the means
#           of neighbours, beyond the first one, too.
# Matters:  latencies in milliseconds have many equal values. A negative latency on a dashboard is
#           noticed; a median of 26 where three of four calls took 1 is not.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install tdigest==0.5.2.2
venv/bin/python - <<'END' | tee out
from tdigest import TDigest
for count in (4, 1000):
    digest = TDigest()
    for number in range(count):
        digest.update(100.0 if number % 4 == 3 else 1.0)
    print(count, "values:", *(f"p{each} {digest.percentile(each):.2f}" for each in (0, 25, 50, 75, 100)))
END
printf '%s\n' '4 values: p0 1.00 p25 -23.75 p50 25.75 p75 75.25 p100 100.00' \
  '1000 values: p0 1.00 p25 -23.75 p50 25.75 p75 75.25 p100 100.00' >expected
if ! cmp -s out expected; then
  echo "CHANGED: percentiles of equal values are others"
  exit 1
fi
echo "SEEN: of 1 and 100, the 25th percentile is -23.75"
