#!/bin/bash
# Packages: crate cadence 1.8.0 (StatsD), PyPI's statsd 4.0.1 as a check.
#
# Guess:    a timer that is given a Duration sends milliseconds with a fraction, as other clients
#           do, or rounds to the nearest.
# Instead:  cadence cuts it to whole milliseconds: 999 microseconds are sent as 0, 1.9 ms as 1.
#           Python's client sends 0.999 and 1.9. The same Duration given to cadence's histogram is
#           sent in nanoseconds.
# Matters:  a service whose calls take less than a millisecond shows a latency of 0, and a mean is
#           half a millisecond too low. Nothing says so. Give the histogram the Duration, or send
#           microseconds as a number.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install statsd==4.0.1
export CARGO_HOME=$dir/cargo
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "finding"
version = "0.1.0"
edition = "2024"
[dependencies]
cadence = "=1.8.0"
END
cat >src/main.rs <<'END'
use cadence::prelude::*;
use std::time::Duration;

fn main() {
    let (lines, sink) = cadence::SpyMetricSink::new();
    let client = cadence::StatsdClient::from_sink("cadence", sink);
    for microseconds in [999, 1900] {
        client.time("timer", Duration::from_micros(microseconds)).unwrap();
        client.histogram("histogram", Duration::from_micros(microseconds)).unwrap();
    }
    for line in lines.try_iter() {
        println!("{}", String::from_utf8(line).unwrap());
    }
}
END
cargo run -q -j1 >out 2>log || { cat log; exit 1; }
venv/bin/python >>out - <<'END'
import datetime
import socket
import statsd
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
server.settimeout(10)
client = statsd.StatsClient("127.0.0.1", server.getsockname()[1], prefix="python")
for microseconds in (999, 1900):
    client.timing("timer", datetime.timedelta(microseconds=microseconds))
    name, value = server.recv(100).decode().removesuffix("|ms").split(":")
    print(f"{name}:{float(value):g}|ms")
END
cat out
printf '%s\n' 'cadence.timer:0|ms' 'cadence.histogram:999000|h' 'cadence.timer:1|ms' 'cadence.histogram:1900000|h' \
  'python.timer:0.999|ms' 'python.timer:1.9|ms' >expected
if ! cmp -s out expected; then
  echo "CHANGED: cadence sends these durations in another way"
  exit 1
fi
echo "SEEN: cadence sends a timer of 999 microseconds as 0, and one of 1.9 ms as 1"
