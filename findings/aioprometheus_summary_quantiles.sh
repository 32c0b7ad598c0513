#!/bin/bash
# Packages: PyPI's aioprometheus 23.12.0 with its quantile-python 1.1.
#
# Guess:    the quantiles of its Summary are within the errors that its documentation gives: 5 % for
#           the median, 1 % for p90, 0.1 % for p99.
# Instead:  for the values 1 to 1000 in rising order p50 is 275, p90 454 and p99 496: about half. In
#           falling order p50 is 140. Shuffled values give a p99 of 656. Count and sum are right.
# Matters:  the curve looks sane and moves with the load, at half of the true latency. An alert on
#           p99 fires late or never. Use its Histogram.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install aioprometheus==23.12.0 quantile-python==1.1
venv/bin/python >out - <<'END'
import random
from aioprometheus import REGISTRY, Summary, render

values = list(range(1, 1001))
shuffled = random.Random(1).sample(values, 1000)
for order, observed in (("rising", values), ("falling", values[::-1]), ("shuffled", shuffled)):
    summary = Summary(order, "Values 1 to 1000.")
    for value in observed:
        summary.observe({}, value)
page, _ = render(REGISTRY, ["text/plain"])
for line in page.decode().splitlines():
    if line and not line.startswith("#"):
        print(line)
END
cat out
cat >expected <<'END'
falling{quantile="0.5"} 140.0
falling{quantile="0.9"} 698.0
falling{quantile="0.99"} 739.0
falling_count 1000
falling_sum 500500.0
rising{quantile="0.5"} 275.0
rising{quantile="0.9"} 454.0
rising{quantile="0.99"} 496.0
rising_count 1000
rising_sum 500500.0
shuffled{quantile="0.5"} 297.0
shuffled{quantile="0.9"} 598.0
shuffled{quantile="0.99"} 656.0
shuffled_count 1000
shuffled_sum 500500.0
END
if ! cmp -s out expected; then
  echo "CHANGED: the quantiles of 1 to 1000 are others"
  exit 1
fi
echo "SEEN: for 1 to 1000 in rising order the median is 275, and p99 is 496"
