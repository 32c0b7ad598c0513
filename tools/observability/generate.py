#!/usr/bin/python3
"""Writes what is made from the metric families: docs/metrics.md and rules/.

    tools/observability/generate.py              writes the files
    tools/observability/generate.py --families   first asks the program for its families (with Bazel), for families.json

The families are declared in C++; tests/observability/families.cc prints them. What people need to know beyond that is
in catalogue.py; queries are in rules.py and alerts.py. tools/tidy.py fails when a file is no longer what this writes. Standard library only.
"""

import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import rewrap  # noqa: E402  pylint: disable=wrong-import-position
from observability import families, metrics_page, rules  # noqa: E402  pylint: disable=wrong-import-position

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = "tests/observability/families"


def problems(declared):
    """What keeps the files from being written, as texts."""
    return [*metrics_page.problems(declared), *rules.problems(declared)]


def generated(declared):
    """Path -> text of each file."""
    files = {
        metrics_page.PATH: metrics_page.text(declared),
        rules.RECORDINGS_PATH: rules.recordings_text(),
        rules.ALERTS_PATH: rules.alerts_text(),
    }
    return {path: rewrap.rewrap(path, text) for path, text in files.items()}


def ask_the_program():
    subprocess.run(["bazel", "build", f"//{PROGRAM.replace('/families', ':families')}"], cwd=ROOT, check=True)
    printed = subprocess.run([ROOT / "bazel-bin" / PROGRAM], check=True, capture_output=True, text=True).stdout
    (ROOT / families.PATH).write_text(printed, encoding="utf-8")


def main():
    if "--families" in sys.argv[1:]:
        ask_the_program()
    declared = families.load(ROOT)
    found = problems(declared)
    for problem in found:
        print(problem, file=sys.stderr)
    if found:
        return 1
    for path, text in generated(declared).items():
        (ROOT / path).parent.mkdir(exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
