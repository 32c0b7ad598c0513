#!/bin/bash
# Packages: PyPI's aioprometheus 23.12.0, prometheus-client 0.26.0 (reads).
#
# Guess:    a writer of the text format escapes quotes, backslashes and line ends, as the format's
#           page demands; or it refuses such a label.
# Instead:  aioprometheus writes label values and help texts as they are. One value with a quote
#           makes the whole page invalid. The value C:\new is read as C:, a line end and "ew".
# Matters:  one topic, path or error text as a label takes all metrics of the process away, until it
#           starts again. The program sees no error; the scraper does.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install aioprometheus==23.12.0 prometheus-client==0.26.0
venv/bin/python >out - <<'END'
from aioprometheus import Gauge, Registry, render
from prometheus_client.parser import text_string_to_metric_families as parse

for name, value in (("quote", 'say "no"'), ("line end", "one\ntwo"), ("backslash", "C:\\new"), ("plain", "plain")):
    registry = Registry()
    Gauge("other", "Another metric.", registry=registry).set({}, 1)
    Gauge("depth", "Queue depth.", registry=registry).set({"topic": value}, 7)
    page, _ = render(registry, ["text/plain"])
    try:
        samples = {sample.name: sample for family in parse(page.decode()) for sample in family.samples}
        print(f"{name}: {len(samples)} samples, topic {samples['depth'].labels['topic']!r}")
    except ValueError:
        print(f"{name}: page refused")
END
cat out
printf '%s\n' 'quote: page refused' 'line end: page refused' "backslash: 2 samples, topic 'C:\\new'" \
  "plain: 2 samples, topic 'plain'" >expected
if ! cmp -s out expected; then
  echo "CHANGED: these label values are written in another way"
  exit 1
fi
echo "SEEN: one label value with a quote or a line end makes the whole page invalid"
