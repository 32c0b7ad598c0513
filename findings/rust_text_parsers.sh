#!/bin/bash
# Packages: crates prometheus-parse 0.2.5 and openmetrics-parser 0.5.1 (its module prometheus),
#           PyPI's prometheus-client 0.26.0.
#
# Guess:    two Rust readers of the Prometheus text format read each valid line that Python's reader
#           reads.
# Instead:  prometheus-parse cuts a label value at a comma, loses a label whose value holds "=",
#           loses a whole sample whose value holds "}" and keeps the escapes in the rest. It raises
#           no error. openmetrics-parser reads these lines, but refuses the page if two samples of a
#           family differ in label names.
# Matters:  values such as a list of hosts, a query string or a JSON path are normal. With the first
#           reader two series become one; with the second one odd family takes the whole page away.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install prometheus-client==0.26.0
cat >pages <<'END'
c{l="a,b"} 1
c{l="a=b"} 1
c{l="{x}"} 1
c{l="C:\\d"} 1
c{l="a"} 1;c{m="a"} 1
END
venv/bin/python >out - <<'END'
from prometheus_client.parser import text_string_to_metric_families as parse
for page in open("pages").read().split("\n")[:-1]:
    for family in parse("# TYPE c untyped\n" + page.replace(";", "\n") + "\n"):
        labels = [" ".join(f"{k} is {v}" for k, v in sample.labels.items()) for sample in family.samples]
        print("Python", page, "->", *[f"[{each}]" for each in labels])
END
export CARGO_HOME=$dir/cargo
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "finding"
version = "0.1.0"
edition = "2024"
[dependencies]
prometheus-parse = "=0.2.5"
openmetrics-parser = "=0.5.1"
END
cat >src/main.rs <<'END'
fn show<K: std::fmt::Display, V: std::fmt::Display>(labels: impl Iterator<Item = (K, V)>) -> String {
    format!("[{}]", labels.map(|(name, value)| format!("{name} is {value}")).collect::<Vec<_>>().join(" "))
}

fn main() {
    for page in std::fs::read_to_string("pages").unwrap().lines() {
        let text = format!("# TYPE c untyped\n{}\n", page.replace(';', "\n"));
        let scrape = prometheus_parse::Scrape::parse(text.lines().map(|line| Ok(line.to_string()))).unwrap();
        let sets = scrape.samples.iter().map(|sample| show(sample.labels.iter())).collect::<Vec<_>>();
        let shown = if sets.is_empty() { "no sample".to_string() } else { sets.join(" ") };
        println!("prometheus-parse {page} -> {shown}");
        match openmetrics_parser::prometheus::parse_prometheus(&text) {
            Ok(read) => {
                let samples = read.families["c"].iter_samples();
                let sets = samples.map(|sample| show(sample.get_labelset().unwrap().iter())).collect::<Vec<_>>();
                println!("openmetrics-parser {page} -> {}", sets.join(" "));
            }
            Err(error) => println!("openmetrics-parser {page} -> refused, {error:?}"),
        }
    }
}
END
cargo run -q >>out 2>log || { cat log; exit 1; }
cat out
cat >expected <<'END'
Python c{l="a,b"} 1 -> [l is a,b]
Python c{l="a=b"} 1 -> [l is a=b]
Python c{l="{x}"} 1 -> [l is {x}]
Python c{l="C:\\d"} 1 -> [l is C:\d]
Python c{l="a"} 1;c{m="a"} 1 -> [l is a] [m is a]
openmetrics-parser c{l="a"} 1;c{m="a"} 1 -> refused, InvalidMetric("Labels in metrics have different label sets")
openmetrics-parser c{l="a,b"} 1 -> [l is a,b]
openmetrics-parser c{l="a=b"} 1 -> [l is a=b]
openmetrics-parser c{l="{x}"} 1 -> [l is {x}]
openmetrics-parser c{l="C:\\d"} 1 -> [l is C:\d]
prometheus-parse c{l="a"} 1;c{m="a"} 1 -> [l is a] [m is a]
prometheus-parse c{l="a,b"} 1 -> [l is a]
prometheus-parse c{l="a=b"} 1 -> []
prometheus-parse c{l="{x}"} 1 -> no sample
prometheus-parse c{l="C:\\d"} 1 -> [l is C:\\d]
END
if ! cmp -s <(sort out) <(sort expected); then
  echo "CHANGED: one of the two crates reads these pages in another way"
  exit 1
fi
echo "SEEN: prometheus-parse changes labels in silence, openmetrics-parser refuses a valid page"
