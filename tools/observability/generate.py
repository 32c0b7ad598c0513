#!/usr/bin/python3
"""Writes what is made from the metric families: docs/metrics.md, rules/, dashboards/, and parts of
docs/observability.md.

    tools/observability/generate.py              writes the files
    tools/observability/generate.py --families   first asks the program for its families (with Bazel), for families.json

The families are declared in C++; tests/observability/families.cc prints them. What people need to know beyond that is
in catalogue.py; queries are in rules.py, alerts.py and the modules that are named after a dashboard. tools/tidy.py
fails when a file is no longer what this writes. Standard library only.
"""

import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import rewrap  # noqa: E402  pylint: disable=wrong-import-position
from observability import (
    dashboards,
    families,
    metrics_page,
    rules,
    runbooks,
)  # noqa: E402  pylint: disable=wrong-import-position

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = "tests/observability/families"


def problems(declared):
    """What keeps the files from being written, as texts."""
    return [*metrics_page.problems(declared), *rules.problems(declared), *dashboards.problems(declared)]


def generated(declared, written):
    """Path -> text of each file. `written` gives the text that a file has now, for files that are made in part."""
    files = {
        metrics_page.PATH: metrics_page.text(declared),
        rules.RECORDINGS_PATH: rules.recordings_text(),
        rules.ALERTS_PATH: rules.alerts_text(),
        **dashboards.files(),
        runbooks.PATH: runbooks.filled(written(runbooks.PATH)),
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
    for path, text in generated(declared, lambda path: (ROOT / path).read_text(encoding="utf-8")).items():
        (ROOT / path).parent.mkdir(exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
