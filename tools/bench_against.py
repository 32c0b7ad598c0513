#!/usr/bin/python3
"""Measures a suite of this tree against another revision; called by tools/bench, whose --help has the flags.

    tools/bench_against.py SUITE REVISION [--repetitions N] [--limit RATIO] [--json FILE] [-- FLAG...]

Builds both, each with its own benches and libraries. Then each repetition takes every row in a new order, and runs it
once in a process of each revision, one right after the other; which of them goes first alternates.
"""

import argparse
import contextlib
import json
import pathlib
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import bench_load
import bench_revision
import paired_ratios

REPETITIONS_MIN = 9


class Failure(Exception):
    """What keeps the whole from being measured, in words for the caller."""


def say(line):
    print(line, file=sys.stderr, flush=True)


class Binary:
    """A suite's program of one revision."""

    def __init__(self, path, flags, scratch):
        self._command = [str(path), "--benchmark_min_time=0.2", *flags]
        self._out = pathlib.Path(scratch) / "run.json"

    def rows(self):
        listed = subprocess.run(
            [*self._command, "--benchmark_list_tests=true"], capture_output=True, text=True, check=False
        )
        if listed.returncode != 0:
            raise Failure(f"{self._command[0]} does not list its rows: {listed.stderr.strip()}")
        return listed.stdout.split("\n")[:-1]

    def run(self, row):
        """Google Benchmark's record of one run; a row that did not come to its end has an error_message in it."""
        # Other characters of POSIX and ECMAScript expressions do not come in names, or mean
        # themselves.
        exactly = "^" + re.sub(r"([\\^$.|?*+()\[\]{}])", r"\\\1", row) + "$"
        self._out.unlink(missing_ok=True)
        done = subprocess.run(
            [
                *self._command,
                f"--benchmark_filter={exactly}",
                f"--benchmark_out={self._out}",
                "--benchmark_out_format=json",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            return {"name": row, "error_message": f"exit code {done.returncode}: {done.stderr.strip()[-200:]}"}
        runs = json.loads(self._out.read_text(encoding="utf-8"))["benchmarks"] if self._out.exists() else []
        runs = [run for run in runs if run.get("run_type") != "aggregate"]
        if len(runs) != 1:
            return {"name": row, "error_message": f"{len(runs)} runs where one was asked for"}
        return runs[0]


def measure(new, base, rows, repetitions):
    """Row -> its pairs of runs, (new, base)."""
    pairs = {row: [] for row in rows}
    order = random.Random(0)
    began = time.monotonic()
    for repetition in range(repetitions):
        shuffled = list(rows)
        order.shuffle(shuffled)
        for position, row in enumerate(shuffled):
            if (repetition + position) % 2 == 0:
                of_new = new.run(row)
                of_base = base.run(row)
            else:
                of_base = base.run(row)
                of_new = new.run(row)
            pairs[row].append((of_new, of_base))
        spent = time.monotonic() - began
        left = spent / (repetition + 1) * (repetitions - repetition - 1)
        say(f"Repetition {repetition + 1} of {repetitions}, {len(rows)} rows; about {left:.0f} s left")
    return pairs


def report(pairs, without_base, gone, limit):
    """Prints the rows and returns (rows worse than the limit, rows that could not be measured)."""
    rows = []
    failed = {}
    for name, runs in pairs.items():
        errors = [run["error_message"] for pair in runs for run in pair if "error_message" in run]
        if errors:
            failed[name] = errors[0]
        else:
            rows += paired_ratios.compare(runs)
    width = max(map(len, [row.name for row in rows] + without_base + gone + list(failed)), default=3)
    print(f"{'row':{width}} {'base':>10} {'new':>10} {'':4} {'ratio':>7}   interval")
    for row in rows:
        print(
            f"{row.name:{width}} {row.base:10.4g} {row.new:10.4g} {row.unit:4} {row.ratio:7.3f}"
            f"   [{row.low:.3f}, {row.high:.3f}]  {paired_ratios.verdict(row, limit)}".rstrip()
        )
    for name in without_base:
        print(f"{name:{width}} no base")
    for name in gone:
        print(f"{name:{width}} gone")
    for name, message in failed.items():
        print(f"{name:{width}} failed: {message}")
    times = [row.ratio for row in rows if row.unit]
    if times:
        print(f"\n{len(times)} times, geometric mean of their ratios {statistics.geometric_mean(times):.3f}")
    for title, words in (
        (f"Worse than {limit:g}, the whole interval", ("WORSE",)),
        (f"Above {limit:g}, but the interval is not; more repetitions tell", ("over the limit, unproven",)),
        (f"Worse within {limit:g}, the whole interval above 1", ("worse within the limit",)),
    ):
        those = [row for row in rows if paired_ratios.verdict(row, limit) in words]
        print(f"{title}: {len(those) or 'none'}")
        for row in those:
            print(f"  {row.name}  {row.ratio:.3f} [{row.low:.3f}, {row.high:.3f}]")
    return [row for row in rows if paired_ratios.verdict(row, limit) == "WORSE"], failed


def write_raw(path, suite, provenance, pairs):
    runs = {name: [{"new": new, "base": base} for new, base in of_row] for name, of_row in pairs.items()}
    text = json.dumps({"suite": suite, **provenance, "rows": runs}, indent=1)
    pathlib.Path(path).write_text(text + "\n", encoding="utf-8")


def parse(words):
    parser = argparse.ArgumentParser(prog="tools/bench", add_help=False)
    parser.add_argument("suite")
    parser.add_argument("revision")
    parser.add_argument("--repetitions", type=int, default=REPETITIONS_MIN)
    parser.add_argument("--limit", type=float, default=1.03)
    parser.add_argument("--json")
    # By hand: argparse takes no list of words after an option.
    end = words.index("--") if "--" in words else len(words)
    options = parser.parse_args(words[:end])
    options.flags = words[end + 1 :]
    if options.repetitions < REPETITIONS_MIN:
        parser.error(
            f"--repetitions: at least {REPETITIONS_MIN}, so that the interval may leave an outlier out at either end"
        )
    return options


def compare(options, new, base, provenance):
    """Exit code. Without `base`, no row has one."""
    new_rows = new.rows()
    if not new_rows:
        raise Failure("no row of this name")
    base_rows = base.rows() if base else []
    common = [row for row in new_rows if row in base_rows]
    pairs = measure(new, base, common, options.repetitions)
    worse, failed = report(
        pairs,
        [row for row in new_rows if row not in base_rows],
        [row for row in base_rows if row not in new_rows],
        options.limit,
    )
    if provenance["quiet"] == "no":
        print(bench_load.warning(float(provenance["load_at_start"])))
    if options.json:
        write_raw(options.json, options.suite, provenance, pairs)
        print(f"Raw results: {options.json}")
    return 1 if worse or failed else 0


def build_base(root, base_tree, suite, scratch):
    """None where the suite is younger than the revision, and does not compile with its libraries."""
    if bench_revision.has_suite(base_tree, suite):
        return bench_revision.build(base_tree, suite, scratch, "base")
    say(f"The base lacks the suite {suite}: its libraries with the sources of this tree")
    bench_revision.lend_benches(root, base_tree)
    try:
        return bench_revision.build(base_tree, suite, scratch, "base")
    except bench_revision.Failure as failure:
        say(f"No base: {failure}")
        return None


def main(words):
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # cleans up, as after Ctrl-C
    options = parse(words)
    root = pathlib.Path(__file__).resolve().parent.parent
    load = bench_load.read()  # before the builds, which are over when the measurement starts
    if bench_load.warning(load):
        say(bench_load.warning(load))
    try:
        with contextlib.ExitStack() as cleanups:
            scratch = tempfile.mkdtemp(prefix="bench_against_")
            cleanups.callback(shutil.rmtree, scratch, ignore_errors=True)
            commit = bench_revision.resolve(root, options.revision)
            provenance = {"new": bench_revision.describe(root), "base": commit[:7], **bench_load.context(load)}
            for path in bench_revision.changed_benches(root, commit):
                say(f"Note: {path} differs between the revisions: its rows may not do the same work")
            new_path = bench_revision.build(root, options.suite, scratch, "new")
            with bench_revision.worktree(root, commit) as base_tree, contextlib.ExitStack() as afterwards:
                afterwards.callback(bench_revision.shut_down_bazel, base_tree)
                base_path = build_base(root, base_tree, options.suite, scratch)
            say(f"Comparing {provenance['new']} (new) with {provenance['base']} (base)")
            new = Binary(new_path, options.flags, scratch)
            base = Binary(base_path, options.flags, scratch) if base_path else None
            return compare(options, new, base, provenance)
    except (Failure, bench_revision.Failure) as failure:
        say(f"tools/bench: {failure}")
        return 2
    except KeyboardInterrupt:
        say("tools/bench: stopped; nothing is left behind")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
