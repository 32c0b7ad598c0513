#!/bin/bash
# Packages: npm's hdr-histogram-js 3.0.1, PyPI's hdrhistogram 0.10.8.
#
# Guess:    a decoder takes counters as wide as the data needs, or raises an error when a count does
#           not fit.
# Instead:  hdr-histogram-js decodes into 32-bit counters by default. A count of 4294967303 becomes
#           7, silently. The p50 moves from 1000 to 2000. Python reads the same bytes with 64-bit
#           counters and is right. While recording, 8- and 16-bit counters wrap, too: 70000 values
#           of 10 and one of 1000 give a p99 of 0 with 16 bits. The total count stays 70001, so the
#           count and the quantiles disagree.
# Matters:  histograms are encoded to be added up over hosts and days. The sum passes 2^32 in one
#           bucket first, on the busiest service, and only the JavaScript dashboard shows other
#           quantiles. Pass 64 or "packed" as second argument.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install hdrhistogram==0.10.8
npm install --silent --no-audit --no-fund hdr-histogram-js@3.0.1 >/dev/null
venv/bin/python >out - <<'END'
from hdrh.histogram import HdrHistogram
histogram = HdrHistogram(1, 3600000000, 3)
histogram.record_value(1000, 2**32 + 7)
histogram.record_value(2000, 2**31)
encoded = histogram.encode()
open("encoded", "wb").write(encoded)
read = HdrHistogram.decode(encoded)
print("Python: count", read.get_total_count(), "p50", read.get_value_at_percentile(50))
END
node >>out - <<'END'
const hdr = require('hdr-histogram-js');
const encoded = require('fs').readFileSync('encoded', 'latin1');
for (const bits of [undefined, 64, 'packed']) {
  const read = hdr.decodeFromCompressedBase64(encoded, bits);
  console.log(`JavaScript, ${bits ?? 'default'}: count ${read.totalCount} p50 ${read.getValueAtPercentile(50)}`);
}
for (const bitBucketSize of [8, 16, 32]) {
  const recorded = hdr.build({ bitBucketSize, highestTrackableValue: 3600000 });
  for (let i = 0; i < 70000; ++i) recorded.recordValue(10);
  recorded.recordValue(1000);
  console.log(`recorded with ${bitBucketSize} bits: count ${recorded.totalCount} p99 ${recorded.getValueAtPercentile(99)}`);
}
END
cat out
cat >expected <<'END'
Python: count 6442450951 p50 1000
JavaScript, default: count 2147483655 p50 2000
JavaScript, 64: count 6442450951 p50 1000
JavaScript, packed: count 6442450951 p50 1000
recorded with 8 bits: count 70001 p99 0
recorded with 16 bits: count 70001 p99 0
recorded with 32 bits: count 70001 p99 10
END
if ! cmp -s out expected; then
  echo "CHANGED: counters no longer wrap in silence"
  exit 1
fi
echo "SEEN: counters of hdr-histogram-js wrap in silence, 32-bit ones by default"
