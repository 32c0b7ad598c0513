#!/bin/bash
# Packages: PyPI's prometheus-client 0.26.0 (its OpenMetrics writer and its OpenMetrics reader).
#
# Guess:    the reader takes each page that the writer of the same package makes.
# Instead:  an exemplar whose label value holds a quote is written escaped (\"), as OpenMetrics 1.0
#           asks, and the reader refuses the whole page. The same value is fine as an ordinary
#           label; a backslash is fine in both places.
# Matters:  this reader is the usual judge of other writers' pages in tests. It says "invalid" of a
#           valid page. A tool that reads pages with it loses a target as soon as one exemplar holds
#           a quote, as a JSON text or a query does.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install prometheus-client==0.26.0
venv/bin/python >out - <<'END'
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

def round_trip(label, exemplar):
    registry = CollectorRegistry()
    Counter("c", "h", ["l"], registry=registry).labels(label).inc(1, {"e": exemplar})
    page = generate_latest(registry).decode()
    try:
        sample = list(text_string_to_metric_families(page))[0].samples[0]
        return "read, the same: " + str((sample.labels["l"], sample.exemplar.labels["e"]) == (label, exemplar))
    except ValueError:
        return "refused: " + page.splitlines()[2].split(" # ")[1][:10]

print("quote in the label:", round_trip('a"b', "c"))
print("backslash in the exemplar:", round_trip("a", r"c\d"))
print("quote in the exemplar:", round_trip("a", 'c"d'))
END
cat out
cat >expected <<'END'
quote in the label: read, the same: True
backslash in the exemplar: read, the same: True
quote in the exemplar: refused: {e="c\"d"}
END
if ! cmp -s out expected; then
  echo "CHANGED: the reader takes a quote in an exemplar"
  exit 1
fi
echo "SEEN: Python's OpenMetrics reader refuses a page of its own writer"
