#!/bin/bash
# Packages: crates metrics 0.24.6 and metrics-exporter-prometheus 0.18.3 (without its servers).
#
# Guess:    the quantiles of a summary that got no value for a minute are NaN, as in the other
#           client libraries; or its lines are left out.
# Instead:  each quantile is 0, the maximum too. Count and sum stay.
# Matters:  "no request" looks like "answered in 0 s". The mean of p99 over instances falls with
#           each idle one, and an alert on a latency above the limit resolves because the service
#           hangs and finishes nothing. Use rate(count) > 0 beside each quantile.
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
use metrics_exporter_prometheus::PrometheusBuilder;
use std::{num::NonZeroU32, thread::sleep, time::Duration};

fn main() {
    // The window is 0.9 s here instead of 60 s, so that the run is short.
    let recorder = PrometheusBuilder::new()
        .set_bucket_duration(Duration::from_millis(300)).unwrap()
        .set_bucket_count(NonZeroU32::new(3).unwrap())
        .build_recorder();
    metrics::with_local_recorder(&recorder, || histogram!("seconds").record(2.5));
    for moment in ["at once", "idle"] {
        for line in recorder.handle().render().lines().filter(|line| line.starts_with("seconds")) {
            println!("{moment}: {line}");
        }
        sleep(Duration::from_secs(2));
    }
}
END_RUST
cargo build -q -j1 2>log || { cat log; exit 1; }
target/debug/finding | tee out
{
  printf '%s\n' 'at once: seconds{quantile="1"} 2.5' 'at once: seconds_sum 2.5' 'at once: seconds_count 1'
  printf 'idle: seconds{quantile="%s"} 0\n' 0 0.5 0.9 0.95 0.99 0.999 1
  printf '%s\n' 'idle: seconds_sum 2.5' 'idle: seconds_count 1'
} >expected
if ! cmp -s <(grep -v '^at once: seconds{quantile="0' out) expected; then
  echo "CHANGED: an idle summary shows its quantiles in another way"
  exit 1
fi
echo "SEEN: the quantiles of an idle summary are 0"
