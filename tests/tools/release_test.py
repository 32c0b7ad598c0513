"""The version is that of the changelog, whose news are sorted, and what is deprecated is announced and ends."""

import unittest

from rule_test_case import RuleTestCase
from tidy_rules import release

CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n## [0.2.1] - 2027-01-02\n\n- x\n\n## [0.1.0] - 2026-11-28\n"


def header(number=2001, text="0.2.1"):
    define = f"#define STREAMHOUSE_VERSION {number}"
    return f'// Version.\n#pragma once\n{define}\nconstexpr std::string_view kVersion = "{text}";\n'


class VersionIsThatOfTheChangelog(RuleTestCase):
    rule = staticmethod(release.version_is_that_of_the_changelog)

    def files(self, changelog=CHANGELOG, **version):
        return {release.CHANGELOG: changelog, release.HEADER: header(**version)}

    def test_accepts_the_newest_release(self):
        self.assertClean(self.rule, self.files())

    def test_finds_a_number_or_a_text_of_another_release(self):
        self.assertFinds(self.rule, self.files(number=1000), f"{release.HEADER}:3")
        self.assertFinds(self.rule, self.files(text="0.1.0"), f"{release.HEADER}:4")

    def test_finds_a_header_without_a_version(self):
        files = self.files() | {release.HEADER: "// Version.\n"}
        self.assertFinds(self.rule, files, f"{release.HEADER}:1", f"{release.HEADER}:1")

    def test_finds_a_changelog_without_a_release_a_date_or_a_place_for_what_is_new(self):
        self.assertFinds(self.rule, self.files("# C\n\n## [Unreleased]\n"), f"{release.CHANGELOG}:3")
        self.assertFinds(self.rule, self.files("# C\n\n## [Unreleased]\n\n## [0.2.1]\n"), f"{release.CHANGELOG}:5")
        self.assertFinds(self.rule, self.files("# C\n\n## [0.2.1] - 2027-01-02\n"), f"{release.CHANGELOG}:1")


class NewsAreSortedByArea(RuleTestCase):
    rule = staticmethod(release.news_are_sorted_by_area)

    def news(self, text):
        return {release.CHANGELOG: f"## [Unreleased]\n{text}\n## [0.1.0] - 2026-11-28\n### Added\n- agent: x\n"}

    def test_finds_headings_without_an_area_and_out_of_order(self):
        headings = "### Added\n### Added: client\n### Added: exporters\n### Changed: client\n### Changed: client\n"
        self.assertFinds(self.rule, self.news(headings), *[f"CHANGELOG.md:{line}" for line in (2, 4, 6)])

    def test_finds_an_entry_that_repeats_its_area(self):
        entries = "### Added: agent\n- agent: x\n- **Behaviour change** agent, client: x\n- `--id NAME`: x\n"
        self.assertFinds(self.rule, self.news(entries), "CHANGELOG.md:3", "CHANGELOG.md:4")


class SchemesSayWhatMayChange(RuleTestCase):
    rule = staticmethod(release.schemes_say_what_may_change)
    source = 'for (const char* const scheme : {"a", "a+unix"}) {}\nx.Register("b", MakeB);\nLog("c");\n'

    def page(self, *cells):
        rows = "".join(f"| {cell} | x | `y` |\n" for cell in cells)
        return {release.SCHEMES: self.source, release.COMPATIBILITY: rows}

    def test_finds_a_scheme_without_a_row(self):
        self.assertFinds(self.rule, self.page("`a`", "c"), *["docs/compatibility.md:1"] * 2)

    def test_lets_schemes_share_a_row(self):
        self.assertClean(self.rule, self.page("`a`, `a+unix`", "`b`"))


class DeprecationsEnd(RuleTestCase):
    rule = staticmethod(release.deprecations_end)
    news = "## [Unreleased]\n### Deprecated: client\n- `A()`: use `B()`; `kOld`\n## [0.2.1] - 2027-01-02\n"

    def test_finds_one_that_says_not_when_the_name_goes(self):
        text = '// A.\n[[deprecated("use B")]] int A();\n[[deprecated]] constexpr int kOld = 1;\n'
        self.assertFinds(self.rule, {"a/a.h": text, release.CHANGELOG: self.news}, "a/a.h:2", "a/a.h:3")

    def test_finds_one_that_the_changelog_lacks_and_one_that_should_be_gone(self):
        files = {"a/a.h": '[[deprecated("use B; gone in 0.3")]] int A();\n', release.HEADER: header()}
        self.assertClean(self.rule, files | {release.CHANGELOG: self.news})
        self.assertFinds(self.rule, files, "a/a.h:1")
        late = files | {release.CHANGELOG: self.news, release.HEADER: header(number=3000)}
        self.assertFinds(self.rule, late, "a/a.h:1")


if __name__ == "__main__":
    unittest.main()
