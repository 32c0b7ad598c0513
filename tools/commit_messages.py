#!/usr/bin/python3
"""Checks the messages of the commits since START: a subject `area: what`, an empty line, and a body that says why.
A body with a figure of speed has its number of runs and p as well. Commits from STRICT_SINCE on also use plain
words (tools/tidy_rules/plain_words.py) and have one change in their subject; their figures of speed are known by
more units; and a commit of documents removes no source, as one from an old tree does. From SUBJECTS_SINCE on, the
areas of a subject are folders of one or two levels (or of OTHER_AREAS), and its verb says the change; from
VERBS_SINCE on also what changes, and a body that says that code does less work has numbers or why there are none.

    tools/commit_messages.py [--root FOLDER]    prints COMMIT: what is wrong; exits 1 if anything is

Merges are left out. A shallow clone that does not reach back to START has later commits only: all of them are
checked. In another history, which has no START, only HEAD is checked; without a repository nothing is.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

from tidy_rules import plain_words

# Messages up to this commit are as they are.
START = "c2b1d611752eeed1bbe10ca37bdf5d0c393d6f33"
# And these, which later work already stands on: a subject of 62 characters; files that a later
# commit restored.
ACCEPTED = {"ab80d1f834b074638fab52b9b89f2b8f17471cd4", "73aea3d4cbf92d26a906ea909dd49ed5196dd108"}
# When a commit was authored, in UTC; it stays the same when the commit is rebased.
STRICT_SINCE = "2026-11-30"
SUBJECTS_SINCE = "2026-11-30T21:00:00"
VERBS_SINCE = "2026-12-01T03:30:00"
# Areas beside the folders of the commit: what belongs to no folder, or to all.
OTHER_AREAS = {"all", "build", "package"}
# Verbs that leave the reader to guess the change. A document may say something.
_WEAK_VERB = re.compile(r"(?:let|see|know|tell|say)\b")
# These do as well, and an object that is a clause.
_VAGUE_VERB = re.compile(r"(?:mend|do)\b|(?:give|take)\b.*\bno\b")
_VAGUE_OBJECT = re.compile(r"\w+ (?:what|whatever|all that)\b")
# Less work: whether that saves time is seen only by measuring.
_LESS_WORK = re.compile(
    r"\b(?:(?:fewer|less|half as many) (?:instructions?|cop(?:y|ies)|allocations?|look-ups?|comparisons?|divisions?)"
    r"|(?:avoids?|saves?|skips?) an? (?:copy|allocation|look-up|comparison|division|call)"
    r"|by one (?:copy|look-up|comparison)|costs? less|allocates? (?:less|nothing))\b",
    re.IGNORECASE,
)
_NOT_MEASURED = re.compile(r"^Not measured: \S", re.MULTILINE)
_NO_PRODUCT = re.compile(r"(?:docs|findings|tests|tools|dashboards|rules)\b")
SUBJECT_MAX = 60
LINE_MAX = 80
# A measured time, or a ratio of times.
_SPEED = re.compile(r"\d\s*(?:ns|us|µs)\b|\d\s*(?:%|times)\s+(?:faster|slower)\b")
# Units that only a comparison makes a figure of speed: a time limit of 5 s is none.
_AMOUNT = re.compile(r"\d\s*(?:(?:ms|s|min|seconds?|minutes?)\b|(?:\w+|[KMG]i?B)/s\b|[KMG]i?B\b)")
_COMPARISON = re.compile(r"\b(?:faster|slower)\b", re.IGNORECASE)
# Between two amounts: "from 5 s to 2 s", "5 s before, 2 s after".
_CHANGE = re.compile(r"\b(?:from|before|after|instead of)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")
_QUOTED = re.compile(r"`[^`]*`")
_EVIDENCE = re.compile(r"(?=.*\bn = \d)(?=.*\bp [=<] ?0?\.\d)|bench/results/\S", re.DOTALL)
NO_EVIDENCE = "a figure of speed needs its number of runs and p (n = 9, p = 0.004), or its file of bench/results"
_SUBJECT = re.compile(r"[\w./-]+(?:, [\w./-]+)*: \S.*")
_OF_DOCUMENTS = re.compile(r"(?:docs|findings)\b[\w./-]*: ")
_SOURCE = re.compile(r"\.(?:h|cc|c|py|sh|proto|bazel)$")


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
        yield NO_EVIDENCE
    for line in rest:
        if len(line) > LINE_MAX:
            yield f"a line has {len(line)} characters; the limit is {LINE_MAX}: {line}"


def _is_of_speed(text):
    """Whether a sentence compares times or rates; those of `_SPEED` need no comparison."""
    for sentence in _SENTENCE_END.split(text):
        amounts = len(_AMOUNT.findall(sentence))
        if amounts and _COMPARISON.search(sentence) or amounts > 1 and _CHANGE.search(sentence):
            return True
    return False


def strict_problems(message):
    """What else is wrong with a message of a commit from STRICT_SINCE on."""
    subject, *rest = message.rstrip("\n").split("\n")
    body = " ".join(rest)
    if ", and" in subject:
        yield f"the subject has two changes; each is a commit of its own: {subject}"
    for word, instead in plain_words.words_to_avoid_in(_QUOTED.sub("", subject + "\n" + body)):
        yield f"`{word}`: write {instead}"
    if _is_of_speed(body) and not _SPEED.search(body) and not _EVIDENCE.search("\n".join(rest)):
        yield NO_EVIDENCE


def subject_problems(message, folders):
    """What else is wrong with a message of a commit from SUBJECTS_SINCE on; `folders` may be its areas."""
    subject = message.split("\n", 1)[0]
    areas, _, change = subject.partition(": ")
    for area in areas.split(", "):
        if area.count("/") > 1 or area not in OTHER_AREAS | folders:
            others = ", ".join(sorted(OTHER_AREAS))
            yield f"the area `{area}` is no folder of one or two levels, and none of {others}: {subject}"
    verb = _WEAK_VERB.match(change)
    if verb and not (verb[0] == "say" and _OF_DOCUMENTS.match(subject)):
        yield f"`{verb[0]}` does not say the change; write what the code does now: {subject}"


def clarity_problems(message):
    """What else is wrong with a message of a commit from VERBS_SINCE on."""
    subject, *rest = message.rstrip("\n").split("\n")
    change = subject.partition(": ")[2]
    verb = _VAGUE_VERB.match(change)
    if verb:
        yield f"`{verb[0]}` does not say the change; write what the code does now: {subject}"
    if _VAGUE_OBJECT.match(change):
        yield f"the subject does not name what changes: {subject}"
    body = "\n".join(rest)
    has_reason = _EVIDENCE.search(body) or _NOT_MEASURED.search(body)
    if not _NO_PRODUCT.match(subject) and _LESS_WORK.search(_QUOTED.sub("", " ".join(rest))) and not has_reason:
        yield "less work needs its numbers (n = 9, p = 0.004; bench/results/…), or a line `Not measured: REASON`"


def _git(root, *words):
    """The output of git; `format-local` gives times in UTC."""
    command = ["git", "-C", str(root), *words]
    return subprocess.run(command, env=os.environ | {"TZ": "UTC"}, capture_output=True, text=True, check=True).stdout


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


def _removed_files(root, name):
    listed = _git(root, "show", "--no-renames", "--diff-filter=D", "--name-only", "--format=", name)
    return [path for path in listed.split("\n") if path]


def _folders(root, name):
    """Folders of the tree of a commit, and the folders that the commit removes."""
    removed = {str(folder) for path in _removed_files(root, name) for folder in pathlib.PurePosixPath(path).parents}
    return removed.union(_git(root, "ls-tree", "-rd", "--name-only", name).split("\n"))


def _removed_sources(root, name, message):
    """What is wrong with a commit of documents: the sources that it removes."""
    if not _OF_DOCUMENTS.match(message):
        return
    for path in _removed_files(root, name):
        if _SOURCE.search(path) and not path.startswith(("docs/", "findings/")):
            yield f"it removes {path}, which its subject does not say"


def _problems_of(root, name):
    time = "--date=format-local:%Y-%m-%dT%H:%M:%S"
    authored, message = _git(root, "show", "--no-patch", time, "--format=%ad%n%B", name).split("\n", 1)
    found = list(problems(message))
    if authored >= STRICT_SINCE:
        found += [*strict_problems(message), *_removed_sources(root, name, message)]
    if authored >= SUBJECTS_SINCE:
        found += subject_problems(message, _folders(root, name))
    if authored >= VERBS_SINCE:
        found += clarity_problems(message)
    return found


def check(root, start=START):
    """(commit -> what is wrong with its message, for commits that are to be mended; how many were checked)."""
    if not (pathlib.Path(root) / ".git").exists():
        return {}, 0
    names = [name for name in commits(root, start) if name not in ACCEPTED]
    found = {name: _problems_of(root, name) for name in names}
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
