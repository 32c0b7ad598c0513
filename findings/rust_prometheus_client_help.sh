#!/bin/bash
# Packages: crate prometheus-client 0.26.0; PyPI's prometheus-client 0.26.0 reads; crate prometheus
# 0.14.0 writes as a check.
#
# Guess:    a writer that escapes label values escapes help texts, too: a line end in one is written
#           as \n.
# Instead:  prometheus-client writes the help as it is. A text of two lines makes the whole
#           OpenMetrics page invalid. A path such as C:\new is read with a line end in it. Label
#           values of the same page are escaped. The crate prometheus escapes help texts, too.
# Matters:  a help text in a raw string over two lines compiles and passes tests that look for
#           samples. The target is down from the first scrape on.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install prometheus-client==0.26.0
export CARGO_HOME=$dir/cargo
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "finding"
version = "0.1.0"
edition = "2024"
[dependencies]
prometheus-client = "=0.26.0"
prometheus = { version = "=0.14.0", default-features = false }
END
cat >src/main.rs <<'END'
use prometheus::Encoder;

fn main() {
    for (name, help) in [("plain", "Rows read"), ("lines", "Rows read\nby this process"), ("path", "Files below C:\\new")] {
        let mut registry = prometheus_client::registry::Registry::default();
        let rows = prometheus_client::metrics::family::Family::<
            Vec<(String, String)>, prometheus_client::metrics::counter::Counter>::default();
        rows.get_or_create(&vec![("table".into(), "a\nb".into())]).inc();
        registry.register("rows", help, rows);
        let mut page = String::new();
        prometheus_client::encoding::text::encode(&mut page, &registry).unwrap();
        std::fs::write(format!("{name}.openmetrics"), page).unwrap();

        let counter = prometheus::IntCounter::new("rows_total", help).unwrap();
        let registry = prometheus::Registry::new();
        registry.register(Box::new(counter)).unwrap();
        let mut page = Vec::new();
        prometheus::TextEncoder::new().encode(&registry.gather(), &mut page).unwrap();
        std::fs::write(format!("{name}.text"), page).unwrap();
    }
}
END
cargo run -q -j1 2>log || { cat log; exit 1; }
venv/bin/python >out - <<'END'
from prometheus_client import openmetrics, parser
import prometheus_client.openmetrics.parser
for name in ("plain", "lines", "path"):
    for crate, form, parse in (("prometheus-client", "openmetrics", openmetrics.parser.text_string_to_metric_families),
                               ("prometheus", "text", parser.text_string_to_metric_families)):
        try:
            family, = parse(open(f"{name}.{form}").read())
            print(f"{crate}, {name}: help {family.documentation!r}")
        except ValueError:
            print(f"{crate}, {name}: page refused")
END
cat out
cat >expected <<'END'
prometheus-client, plain: help 'Rows read.'
prometheus, plain: help 'Rows read'
prometheus-client, lines: page refused
prometheus, lines: help 'Rows read\nby this process'
prometheus-client, path: help 'Files below C:\new.'
prometheus, path: help 'Files below C:\\new'
END
if ! cmp -s out expected; then
  echo "CHANGED: these help texts are written in another way"
  exit 1
fi
echo "SEEN: a help text of two lines makes the page of prometheus-client invalid"
