"""The version that programs are built with, against the changelog."""

import re

from tidy_rules import source_tree

Finding = source_tree.Finding

HEADER = "metrics_core/version.h"
CHANGELOG = "CHANGELOG.md"
COMPATIBILITY = "docs/compatibility.md"
SCHEMES = "exporters/builtin_exporters.cc"
_NUMBER = re.compile(r"^#define STREAMHOUSE_VERSION (\d+)$", re.MULTILINE)
_TEXT = re.compile(r'\bkVersion = "([^"]*)";')
_DEPRECATED = re.compile(r"\[\[deprecated[^\]]*\]\](?P<declared>[^;{]*)")
_GONE_IN = re.compile(r"\bgone in (\d+)\.(\d+)\b")
_DEPRECATED_ENTRIES = re.compile(r"^### Deprecated: .*?(?=^##|\Z)", re.MULTILINE | re.DOTALL)
# `for (const char* const scheme : {"a", "b"})` and `Register("a",`
_PLACE_OF_SCHEMES = re.compile(r"\bscheme :\s*\{[^}]*\}|\bRegister\(\"[^\"]*\"")
_SCHEME = re.compile(r'"([^"]*)"')
_ROW = re.compile(r"^\|([^|]*)\|", re.MULTILINE)
_SCHEME_IN_A_ROW = re.compile(r"`([^`]*)`")
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
# In the order of the changelog.
AREAS = (
    "metrics_core", "exporters", "client", "agent", "integrations", "apps", "dashboards and rules", "docs and tools",
)  # fmt: skip
_HEADING = re.compile(r"^### (.*)$", re.MULTILINE)
_ENTRY_WITH_AREA = re.compile(r"^- (?:\*\*Behaviour change\*\* )?[a-z_]+(?:(?:, | and )[a-z_]+)*: ", re.MULTILINE)
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


def news_are_sorted_by_area(tree):
    """A user of one part reads the news of that part, and need not read those of six others."""
    text = tree.files[CHANGELOG].text if CHANGELOG in tree.files else ""
    sections = [*_SECTION.finditer(text), None]
    if sections[0] is None or sections[0].group() != "## [Unreleased]":
        return
    end = sections[1].start() if sections[1] else len(text)
    order = [f"{kind}: {area}" for kind in KINDS for area in AREAS]
    place = -1
    for heading in _HEADING.finditer(text, sections[0].end(), end):
        line = source_tree.line_of(text, heading.start())
        if heading[1] not in order:
            yield Finding(CHANGELOG, line, f"{heading[1]}: write `### KIND: AREA`, such as `### {order[0]}`")
        elif order.index(heading[1]) <= place:
            yield Finding(CHANGELOG, line, f"{heading[1]} stands too late, or twice")
        else:
            place = order.index(heading[1])
    for entry in _ENTRY_WITH_AREA.finditer(text, sections[0].end(), end):
        message = "an entry has no area of its own: it stands under `### KIND: AREA`"
        yield Finding(CHANGELOG, source_tree.line_of(text, entry.start()), message)


def deprecations_end(tree):
    """A user of an old name needs to know how long it stays, and that it goes (docs/compatibility.md)."""
    changelog = tree.files[CHANGELOG].text if CHANGELOG in tree.files else ""
    news = "".join(_DEPRECATED_ENTRIES.findall(changelog))
    number = _NUMBER.search(tree.files[HEADER].text) if HEADER in tree.files else None
    version = divmod(int(number[1]) // 1000, 1000) if number else (0, 0)
    for file in tree.cpp_files():
        for found in _DEPRECATED.finditer(file.text):
            line = source_tree.line_of(file.text, found.start())
            end = _GONE_IN.search(found.group())
            if not end:
                yield Finding(file.path, line, "say: use X; gone in 0.N")
            elif (int(end[1]), int(end[2])) <= version:
                yield Finding(file.path, line, f"was to be gone in {end[1]}.{end[2]}")
            names = re.findall(r"\w+", found["declared"].split("(")[0].split("=")[0])
            if not names or f"`{names[-1]}" not in news:
                yield Finding(file.path, line, f"is not under `### Deprecated: AREA` of {CHANGELOG}")


def schemes_say_what_may_change(tree):
    """A user relies on what stays; an exporter without a row promises nothing."""
    if COMPATIBILITY not in tree.files or SCHEMES not in tree.files:
        return
    named = set(_SCHEME_IN_A_ROW.findall("".join(_ROW.findall(tree.files[COMPATIBILITY].text))))
    source = tree.files[SCHEMES].text
    for place in _PLACE_OF_SCHEMES.finditer(source):
        for scheme in _SCHEME.findall(place.group()):
            if scheme not in named:
                yield Finding(COMPATIBILITY, 1, f"has no row for the exporter {scheme}")


RULES = (version_is_that_of_the_changelog, news_are_sorted_by_area, deprecations_end, schemes_say_what_may_change)
