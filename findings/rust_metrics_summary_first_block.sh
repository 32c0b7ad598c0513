#!/bin/bash
# Packages: crates metrics 0.24.6 and metrics-exporter-prometheus 0.18.3 (without its servers).
#
# Guess:    after the values 1 to 1000 the summary has a median near 500 and a minimum of 1.
# Instead:  the minimum is 961 and the median 980: only the last 40 values are in the quantiles.
#           Count and sum are those of all 1000. Of values 1 to 64 all are in, of 1 to 65 only the
#           last one.
# Why:      values wait in blocks of 64. A page takes the newest block first, and drops what is
#           older than the first value that it took. It does so while the summary is empty: at the
#           first page, and after a minute without values.
# Matters:  the first requests after a start or an idle time are the slow ones, and they are missing
#           in each quantile, the 1.0 too. A batch job that is read once shows its last values.
#           Set buckets: they lose nothing.
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
use metrics::histogram;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};

fn main() {
    let recorder = PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&recorder, || {
        for (name, last) in [("up_to_64", 64), ("up_to_65", 65), ("up_to_1000", 1000)] {
            for value in 1..=last {
                histogram!(name).record(f64::from(value));
            }
        }
    });
    let page = recorder.handle().render();
    for name in ["up_to_64", "up_to_65", "up_to_1000"] {
        let value = |ending: &str| -> f64 {
            let start = format!("{name}{ending} ");
            page.lines().find_map(|line| line.strip_prefix(&start)).unwrap().parse().unwrap()
        };
        let quantile = |text| value(&format!("{{quantile=\"{text}\"}}")).round();
        println!("{name}: min {} median {} max {} count {} sum {}", quantile("0"), quantile("0.5"), quantile("1"),
                 value("_count"), value("_sum"));
    }
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full("h".into()), &[500.0]).unwrap().build_recorder();
    metrics::with_local_recorder(&recorder, || (1..=1000).for_each(|value| histogram!("h").record(f64::from(value))));
    for line in recorder.handle().render().lines().filter(|line| line.starts_with("h_bucket")) {
        println!("{line}");
    }
}
END_RUST
cargo build -q -j1 2>log || { cat log; exit 1; }
target/debug/finding | tee out
cat >expected <<'END_EXPECTED'
up_to_64: min 1 median 32 max 64 count 64 sum 2080
up_to_65: min 65 median 65 max 65 count 65 sum 2145
up_to_1000: min 961 median 980 max 1000 count 1000 sum 500500
h_bucket{le="500"} 500
h_bucket{le="+Inf"} 1000
END_EXPECTED
if ! cmp -s out expected; then
  echo "CHANGED: the summary has other quantiles of its first values"
  exit 1
fi
echo "SEEN: of 1 to 1000 the summary has the quantiles of the last 40 values"
