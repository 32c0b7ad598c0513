#!/usr/bin/python3
"""Runs brokers with and without the plugin in turns, and compares them; tools/bench_mosquitto builds what it needs."""

import argparse
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile

import paired_ratios

CLIENT_PAIRS = 8
GOAL = 0.98
FEWEST_PAIRS = 9
ROWS = (
    ("1 prefix", 1, ()),
    ("1,000 prefixes", 1000, ()),
    ("1,000 prefixes, 100 series", 1000, ("plugin_opt_prefix_series_max 100",)),
)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    """Ready when it is made; as a context, killed at the end."""

    def __init__(self, program, lines, folder):
        self.port = free_port()
        configuration = pathlib.Path(folder) / "mosquitto.conf"
        listener = [f"listener {self.port} 127.0.0.1", "allow_anonymous true", "user root"]
        configuration.write_text("\n".join([*lines, *listener, ""]), encoding="utf-8")
        self._process = subprocess.Popen([program, "-c", configuration], stderr=subprocess.PIPE, text=True)
        for line in self._process.stderr:
            if line.rstrip().endswith("running"):
                return
        raise RuntimeError(f"{program} ended with {self._process.wait()}")

    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._process.stderr.close()


def run(arguments, lines, prefixes):
    """{figure: value} of one run."""
    with tempfile.TemporaryDirectory() as folder, Broker(arguments.broker, lines, folder) as broker:
        command = [arguments.client, str(broker.port), str(CLIENT_PAIRS), str(prefixes), str(arguments.messages)]
        rate = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        microseconds = broker.processor_seconds() * 1e6 / (CLIENT_PAIRS * arguments.messages)
        return {"messages_per_second": rate, "broker_microseconds_per_message": microseconds}


def measure(arguments, prefixes, options):
    """[(with the plugin, without)] of one row; which of the two comes first changes from pair to pair."""
    plugin = [f"plugin {arguments.plugin}", "plugin_opt_http 127.0.0.1:0", *options]
    pairs = []
    for number in range(arguments.pairs):
        order = [plugin, []] if number % 2 else [[], plugin]
        figures = {bool(lines): run(arguments, lines, prefixes) for lines in order}
        pairs.append((figures[True], figures[False]))
    return pairs


def report(name, pairs):
    """The line of a row, and its ratio."""
    rates = [with_it["messages_per_second"] / without["messages_per_second"] for with_it, without in pairs]
    ratio = statistics.median(rates)
    low, high = paired_ratios.interval_of_median(rates)
    times = [
        statistics.median(pair[which]["broker_microseconds_per_message"] for pair in pairs) for which in (0, 1)
    ]
    without = statistics.median(pair[1]["messages_per_second"] for pair in pairs)
    verdict = "passed" if ratio >= GOAL else "short of it"
    line = (
        f"{name}: {ratio:.4f} ({low:.4f} to {high:.4f}), goal {GOAL}: {verdict}; without {without:,.0f}/s; broker "
        f"{times[0]:.3f} us a message with, {times[1]:.3f} without"
    )
    return line, ratio


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for path in ("broker", "client", "plugin"):
        parser.add_argument(f"--{path}", required=True)
    parser.add_argument("--load", default="")
    parser.add_argument("--pairs", type=int, default=FEWEST_PAIRS)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    if arguments.pairs < FEWEST_PAIRS:
        parser.error(f"--pairs: at least {FEWEST_PAIRS}")
    rows, ratios = {}, []
    for name, prefixes, options in ROWS:
        rows[name] = measure(arguments, prefixes, options)
        line, ratio = report(name, rows[name])
        print(line, flush=True)
        ratios.append(ratio)
    if arguments.json:
        content = {"load": arguments.load, "messages": arguments.messages, "rows": rows}
        pathlib.Path(arguments.json).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0 if min(ratios) >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
