"""Invariants: a header numbers them, and each is held by a check or a test that names its number.

A check or a test is cited by a comment above it: `// Invariant 2.`, or `// Invariants 1 and 2.` Outside of the header's
own source and test, the header is named: `// Invariant 2 of agent/log/partition_log.h.`
"""

import re

from tidy_rules import source_tree

Finding = source_tree.Finding

_DCHECK = re.compile(r"\bDCheck\(")
_SECTION = re.compile(r"^// Invariants\b[^\n]*:\n(?P<items>(?://(?: \d+\.|   )[^\n]*\n)*)", re.MULTILINE)
_NUMBER = re.compile(r"^// (\d+)\. ", re.MULTILINE)
_CITATION = re.compile(r"\bInvariants? (?P<numbers>\d+(?:(?:,| and) \d+)*)(?: of (?P<header>[\w/]+\.h))?\.")
# What can hold an invariant; a comment elsewhere only tells of it.
_HOLDER = re.compile(r"\b(?:DCheck|static_assert|TEST|TEST_F|TEST_P)\(")


def stated(header):
    """The numbers of a header's invariants; empty without the section."""
    section = _SECTION.search(header.text)
    return [int(number) for number in _NUMBER.findall(section["items"])] if section else []


def _stem(path):
    """Of a header, its source and its test, the same."""
    return re.sub(r"(?:_test)?\.(?:h|cc|c)$", "", path.removeprefix("tests/"))


def citations(file):
    """(the header's path, number, line) of each citation above a check or a test."""
    code = file.code.splitlines()
    for citation in _CITATION.finditer(file.comments):
        line = source_tree.line_of(file.comments, citation.start())
        below = next((text for text in code[line - 1 :] if text.strip()), "")
        if not _HOLDER.search(below):
            continue
        header = " ".join((citation["header"] or _stem(file.path) + ".h").split())
        for number in re.findall(r"\d+", citation["numbers"]):
            yield header, int(number), line


def _has_own_check(source):
    """Whether a source has a DCheck that holds no invariant of another header."""
    others = {line for path, _, line in citations(source) if _stem(path) != _stem(source.path)}
    return len(_DCHECK.findall(source.code)) > len(others)


def invariants_are_numbered(tree):
    """A reader of a header needs what is always true; a number lets a comment, a check and a test refer to it."""
    for file in tree.cpp_files(source_tree.PRODUCTION_FOLDERS + ("apps", "proto")):
        section = _SECTION.search(file.text) if file.suffix == ".h" else None
        if section and stated(file) != list(range(1, len(stated(file)) + 1)) or section and not stated(file):
            line = source_tree.line_of(file.text, section.start())
            yield Finding(file.path, line, "invariants are numbered: `// 1. …`")
        header = tree.files.get(file.path.removesuffix(".cc") + ".h") if file.suffix == ".cc" else None
        if header and not _SECTION.search(header.text) and _has_own_check(file):
            yield Finding(header.path, 1, f"{file.path} has a DCheck, and this header no `Invariants:`")


def invariants_are_held(tree):
    """An invariant that no check and no test holds is a hope; a number that no invariant has misleads."""
    held = set()
    for file in tree.cpp_files(source_tree.PRODUCTION_FOLDERS + ("apps", "proto", "tests")):
        for path, number, line in citations(file):
            held.add((path, number))
            if path not in tree.files or number not in stated(tree.files[path]):
                yield Finding(file.path, line, f"{path} has no invariant {number}")
    for file in tree.cpp_files(source_tree.PRODUCTION_FOLDERS + ("apps", "proto")):
        for number in stated(file) if file.suffix == ".h" else ():
            if (file.path, number) not in held:
                line = source_tree.line_of(file.text, re.search(r"^// Invariants\b", file.text, re.MULTILINE).start())
                yield Finding(file.path, line, f"no DCheck and no test has `// Invariant {number}.` above it")


RULES = (invariants_are_numbered, invariants_are_held)
