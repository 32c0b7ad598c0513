#!/usr/bin/python3
"""The load of the machine when a measurement starts: other programs take time from what is measured.

    tools/bench_load.py    prints the flag that writes the load into Google Benchmark's JSON; warns where it is too high

Read it before a build, which raises the load and has ended when the measurement starts.
"""

import pathlib
import sys

# Of the last minute, on all processors together.
LOAD_MAX = 0.5


def read(path="/proc/loadavg"):
    return float(pathlib.Path(path).read_text(encoding="utf-8").split()[0])


def warning(load):
    """Empty on a quiet machine."""
    if load <= LOAD_MAX:
        return ""
    return (
        f"Warning: the load is {load:.2f}, above {LOAD_MAX}: other programs run and change the figures. The result is "
        "marked; bench/README.md says how to get a quiet machine."
    )


def context(load):
    """What a result says of it, as a name and a text each."""
    return {"load_at_start": f"{load:.2f}", "quiet": "yes" if load <= LOAD_MAX else "no"}


def of_result(result_context):
    """The load of a result, from its context; results of before this file have only that after the build."""
    return float(
        result_context["load_at_start"] if "load_at_start" in result_context else result_context["load_avg"][0]
    )


def main():
    load = read()
    if warning(load):
        print(warning(load), file=sys.stderr)
    print("--benchmark_context=" + ",".join(f"{name}={text}" for name, text in context(load).items()))


if __name__ == "__main__":
    main()
