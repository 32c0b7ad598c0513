#!/bin/bash
# Packages: crates metrics 0.24.6 and metrics-exporter-prometheus 0.18.3 (without its servers).
#
# Guess:    the counters rows.in (1) and rows_in (200) have one name on a Prometheus page. The
#           exporter shows their sum, two lines, or always the same one of them.
# Instead:  a page shows one of them, and each rendering chooses at random. Nothing changes between
#           the renderings, but the counter falls from 200 to 1 and rises again. Two gauges do the
#           same. Two histograms are added up.
# Why:      each rendering copies the counters into a map by the escaped name. A later copy replaces
#           an earlier one. The order of the copies comes from a map with a random seed.
# Matters:  Prometheus takes each fall for a restart. rate() then counts 1 row for each fall and 199
#           for each rise, in an idle process. Two crates that spell one name in two ways are
#           enough, for example after an upgrade of one of them.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export CARGO_HOME=$dir/cargo
mkdir src
cat >Cargo.toml <<'END_CARGO'
[package]
name = "finding"
version = "0.1.0"
edition = "2024"
[dependencies]
metrics = "=0.24.6"
metrics-exporter-prometheus = { version = "=0.18.3", default-features = false }
END_CARGO
cat >src/main.rs <<'END_RUST'
use metrics::{counter, gauge, histogram};

fn main() {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&recorder, || {
        counter!("rows.in").increment(1);
        counter!("rows_in").increment(200);
        gauge!("depth.now").set(3);
        gauge!("depth_now").set(4);
        histogram!("size.now").record(5.0);
        histogram!("size_now").record(6.0);
    });
    for _ in 0..200 {
        for line in recorder.handle().render().lines() {
            if line.starts_with("rows") || line.starts_with("depth") || line.starts_with("size_now_sum") {
                println!("{line}");
            }
        }
    }
}
END_RUST
cargo build -q -j1 2>log || { cat log; exit 1; }
target/debug/finding >pages
grep '^rows' pages | head -n 12 | tr '\n' ' '
echo
sort -u pages | tee out
printf '%s\n' 'depth_now 3' 'depth_now 4' 'rows_in 1' 'rows_in 200' 'size_now_sum 11' >expected
if [ "$(wc -l <pages)" != 600 ] || ! cmp -s out expected; then
  echo "CHANGED: the pages of one process show the two counters in another way"
  exit 1
fi
echo "SEEN: the counter on the page jumps between 1 and 200, while the process does nothing"
