"""The version that programs are built with, against the changelog."""

import re

from tidy_rules import source_tree

Finding = source_tree.Finding

HEADER = "metrics_core/version.h"
CHANGELOG = "CHANGELOG.md"
_NUMBER = re.compile(r"^#define STREAMHOUSE_VERSION (\d+)$", re.MULTILINE)
_TEXT = re.compile(r'\bkVersion = "([^"]*)";')
_DEPRECATED = re.compile(r"\[\[deprecated[^\]]*\]\]")
_SECTION = re.compile(r"^## .*$", re.MULTILINE)
_RELEASE = re.compile(r"## \[(\d+)\.(\d+)\.(\d+)\] - \d{4}-\d\d-\d\d")


def version_is_that_of_the_changelog(tree):
    """A program that asks for its version must get the release whose changes it can read about."""
    if HEADER not in tree.files or CHANGELOG not in tree.files:
        return
    changelog, header = tree.files[CHANGELOG].text, tree.files[HEADER].text
    sections = list(_SECTION.finditer(changelog))
    if not sections or sections[0].group() != "## [Unreleased]":
        yield Finding(CHANGELOG, 1, "the first section is not `## [Unreleased]`")
        return
    release = _RELEASE.fullmatch(sections[1].group()) if len(sections) > 1 else None
    if not release:
        line = source_tree.line_of(changelog, sections[min(1, len(sections) - 1)].start())
        yield Finding(CHANGELOG, line, "no `## [x.y.z] - YYYY-MM-DD` follows [Unreleased]")
        return
    major, minor, patch = (int(part) for part in release.groups())
    for pattern, should in (
        (_NUMBER, str(major * 1_000_000 + minor * 1_000 + patch)),
        (_TEXT, f"{major}.{minor}.{patch}"),
    ):
        found = pattern.search(header)
        if not found or found[1] != should:
            line = source_tree.line_of(header, found.start()) if found else 1
            yield Finding(HEADER, line, f"the newest release of {CHANGELOG} needs {should} here")


def deprecations_end(tree):
    """A user of an old name needs to know how long it stays (docs/compatibility.md), and its removal has a date."""
    for file in tree.cpp_files():
        for found in _DEPRECATED.finditer(file.text):
            if "gone in " not in found.group():
                yield Finding(file.path, source_tree.line_of(file.text, found.start()), "say: use X; gone in 0.N")


RULES = (version_is_that_of_the_changelog, deprecations_end)
