#!/usr/bin/python3
"""Checks the messages of the commits since START: a subject `area: what`, an empty line, and a body that says why.
A body with a figure of speed has its number of runs and p as well.

    tools/commit_messages.py [--root FOLDER]    prints COMMIT: what is wrong; exits 1 if anything is

Merges are left out. A shallow clone that does not reach back to START has later commits only: all of them are
checked. In another history, which has no START, only HEAD is checked; without a repository nothing is.
"""

import argparse
import pathlib
import re
import subprocess
import sys

# Messages up to this commit are as they are.
START = "c2b1d611752eeed1bbe10ca37bdf5d0c393d6f33"
# And these, which later work already stands on: a subject of 62 characters.
ACCEPTED = {"ab80d1f834b074638fab52b9b89f2b8f17471cd4"}
SUBJECT_MAX = 60
LINE_MAX = 80
# A measured time, or a ratio of times.
_SPEED = re.compile(r"\d\s*(?:ns|us|µs)\b|\d\s*(?:%|times)\s+(?:faster|slower)\b")
_EVIDENCE = re.compile(r"(?=.*\bn = \d)(?=.*\bp [=<] ?0?\.\d)|bench/results/\S", re.DOTALL)
_SUBJECT = re.compile(r"[\w./-]+(?:, [\w./-]+)*: \S.*")


def problems(message):
    """What is wrong with a message, in words."""
    subject, *rest = message.rstrip("\n").split("\n")
    if not _SUBJECT.fullmatch(subject):
        yield f"the subject is not of the form `area: what`: {subject}"
    if len(subject) > SUBJECT_MAX:
        yield f"the subject has {len(subject)} characters; the limit is {SUBJECT_MAX}: {subject}"
    if rest and rest[0]:
        yield "the line after the subject is not empty"
    if not any(rest):
        yield "there is no body; say why"
    if _SPEED.search(" ".join(rest)) and not _EVIDENCE.search("\n".join(rest)):
        yield "a figure of speed needs its number of runs and p (n = 9, p = 0.004), or its file of bench/results"
    for line in rest:
        if len(line) > LINE_MAX:
            yield f"a line has {len(line)} characters; the limit is {LINE_MAX}: {line}"


def _git(root, *words):
    return subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True).stdout


def commits(root, start):
    """Names of the commits to check, the newest first."""
    has_start = subprocess.run(
        ["git", "-C", str(root), "merge-base", "--is-ancestor", start, "HEAD"], capture_output=True, check=False
    )
    if has_start.returncode == 0:
        return _git(root, "rev-list", "--no-merges", f"{start}..HEAD").split()
    if _git(root, "rev-parse", "--is-shallow-repository").strip() == "true":
        return _git(root, "rev-list", "--no-merges", "HEAD").split()
    return _git(root, "rev-list", "--no-merges", "--max-count=1", "HEAD").split()


def check(root, start=START):
    """(commit -> what is wrong with its message, for those that are to be mended; how many were checked)."""
    if not (pathlib.Path(root) / ".git").exists():
        return {}, 0
    names = [name for name in commits(root, start) if name not in ACCEPTED]
    found = {name: list(problems(_git(root, "show", "--no-patch", "--format=%B", name))) for name in names}
    return {name: wrong for name, wrong in found.items() if wrong}, len(names)


def main():
    parser = argparse.ArgumentParser(description="Checks the messages of commits.")
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parent.parent, help="the checkout to check")
    found, checked = check(parser.parse_args().root)
    for name, wrong in found.items():
        for problem in wrong:
            print(f"{name[:7]}: {problem}")
    print(f"commit messages: {checked} checked, {len(found)} to be mended", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
