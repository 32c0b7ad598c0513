#!/usr/bin/python3
"""Has the newest receivers take what we send, and compares what arrives; called by tools/interop, whose --help has
the flags."""

import argparse
import datetime
import os
import pathlib
import sys
import tempfile

_ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(_ROOT / "tests/support"), str(_ROOT / "tests/interop"), str(_ROOT / "tests/interop/newest")]

import cells
import installs
import matrix
import started
import suites

DOCUMENT = _ROOT / "docs/interop.md"
FAULTS_SHOWN = 20


def _say(line):
    print(line, file=sys.stderr, flush=True)


def _cache_folder():
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "streamhouse/interop"


def _arguments():
    arguments = argparse.ArgumentParser(prog="tools/interop", add_help=False)
    arguments.add_argument("names", nargs="*", metavar="NAME", choices=[[], *suites.SUITES])
    arguments.add_argument("--list", action="store_true")
    arguments.add_argument("--write", action="store_true")
    arguments.add_argument("--jobs", type=int, default=1)
    arguments.add_argument("--cache", default=_cache_folder())
    given = arguments.parse_args()
    if given.write and given.names:
        arguments.error("--write is for a run of everything")
    return given


def _list():
    for name, (programs, _) in suites.SUITES.items():
        versions = [f"{program.name} {program.version}" for program in installs.PROGRAMS if program.name in programs]
        print(f"{name}: {', '.join(versions)}")


def _ensure(cache, names):
    """Why the suite cannot run; empty where all it needs is there."""
    try:
        for program in installs.PROGRAMS:
            if program.name in names:
                installs.ensure(cache, program)
    except installs.Missing as missing:
        return str(missing)
    return ""


def _judge(cell, outcome):
    """Whether the cell is as it is stated."""
    found = cells.faults(cell, outcome)
    print(f"{cell.name}: {'FAILED' if found else cells.verdict(cell)}", flush=True)
    for fault in found[:FAULTS_SHOWN]:
        print(f"    {fault}")
    if len(found) > FAULTS_SHOWN:
        print(f"    and {len(found) - FAULTS_SHOWN} more")
    return not found


def _run(cache, functions):
    for function in functions:
        with started.Started(cache) as running:
            for cell, outcome in function(running):
                yield cell, _judge(cell, outcome)


def main():
    given = _arguments()
    if given.list:
        _list()
        return 0
    cache = installs.Cache(given.cache, _say, given.jobs)
    judged, left_out = [], []
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["TEST_TMPDIR"] = scratch
        for name in given.names or suites.SUITES:
            programs, functions = suites.SUITES[name]
            reason = _ensure(cache, programs)
            if reason:
                left_out.append((name, reason.splitlines()[0]))
                _say(f"left out: {name}: {reason}")
                continue
            judged += _run(cache, functions)
    failed = [cell for cell, is_good in judged if not is_good]
    if given.write and not failed:
        date = datetime.date.today().isoformat()
        DOCUMENT.write_text(matrix.page([cell for cell, _ in judged], date, left_out), encoding="utf-8")
    print(f"{len(judged) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed or not judged else 0


if __name__ == "__main__":
    sys.exit(main())
