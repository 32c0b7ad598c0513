"""The version in the header is the newest release of the changelog, as a number and as text."""

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


class DeprecationsEnd(RuleTestCase):
    rule = staticmethod(release.deprecations_end)

    def test_finds_one_that_says_not_when_the_name_goes(self):
        text = '// A.\n[[deprecated("use B")]] int A();\n[[deprecated]] int C();\n'
        self.assertFinds(self.rule, {"a/a.h": text}, "a/a.h:2", "a/a.h:3")
        self.assertClean(self.rule, {"a/a.h": '[[deprecated("use B; gone in 0.3")]] int A();\n'})


if __name__ == "__main__":
    unittest.main()
