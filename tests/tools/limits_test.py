"""The table of limits follows the headers: values are read as they are written, and a limit without a row is found."""

import unittest
from unittest import mock

from rule_test_case import RuleTestCase
from tidy_rules import limits


class ValueOf(unittest.TestCase):
    def test_reads_what_headers_write(self):
        for code, name, value in (
            ("inline constexpr std::size_t kNameBytesMax = 249;", "kNameBytesMax", "249 bytes"),
            ("inline constexpr std::size_t kThingsMax = 10'000;", "kThingsMax", "10,000"),
            ("std::size_t record_bytes_max = std::size_t{1} << 20;", "record_bytes_max", "1 MiB"),
            ("std::size_t head_bytes = std::size_t{16} * 1024;", "head_bytes", "16 KiB"),
            ("std::chrono::milliseconds head_time = std::chrono::seconds(10);", "head_time", "10 s"),
            ("inline constexpr std::chrono::milliseconds kTimeoutMin{100};", "kTimeoutMin", "100 ms"),
            ("inline constexpr std::size_t kBytesFactor = 2;", "kBytesFactor", "2"),
            ("int other = 1;", "kThingsMax", None),
        ):
            self.assertEqual(value, limits.value_of(code, name), code)


class LimitsAreInTheManual(RuleTestCase):
    rule = staticmethod(limits.limits_are_in_the_manual)

    def test_finds_a_limit_without_a_row(self):
        for header in ("agent/new.h", "exporters/carbon/new.h"):
            files = {limits.MANUAL: "x\n", header: "// One.\nconstexpr int kThingsMax = 1;\n"}
            found = [finding for finding in self.findings(files) if finding.path == header]
            self.assertEqual([2], [finding.line for finding in found])

    def test_finds_a_manual_without_the_table_and_one_that_is_older_than_a_header(self):
        self.assertIn("has no table of limits", [finding.message for finding in self.findings({limits.MANUAL: "x\n"})])
        old = f"{limits.BEGIN}\n| limit | was |\n{limits.END}\n"
        self.assertIn(
            (limits.MANUAL, 2), [(finding.path, finding.line) for finding in self.findings({limits.MANUAL: old})]
        )

    def findings(self, files):
        return list(self.rule(limits.source_tree.SourceTree(self.checkout(files))))


class RepeatedNumbersAreThoseOfConstants(RuleTestCase):
    rule = staticmethod(limits.repeated_numbers_are_those_of_constants)
    row = ("docs/a.md", "chunks of {} cells", "agent/a.h", "kCells")

    def test_finds_a_document_that_is_older_than_the_constant(self):
        files = {"docs/a.md": "# A\n\nIn chunks of\n512 cells.\n", "agent/a.h": "constexpr int kCells = 512;\n"}
        with mock.patch.object(limits, "REPEATED", (self.row,)):
            self.assertClean(self.rule, files)
            self.assertFinds(self.rule, files | {"agent/a.h": "constexpr int kCells = 256;\n"}, "docs/a.md:1")
            self.assertFinds(self.rule, files | {"agent/a.h": "constexpr int kOthers = 512;\n"}, "docs/a.md:1")
