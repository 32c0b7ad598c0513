"""The runner of these tests: it reports by name what passed and what did not, and says so with its exit code."""

import os
import pathlib
import subprocess
import unittest

import count_cases
from rule_test_case import RuleTestCase

MODULE = "import unittest\nclass T(unittest.TestCase):\n"
PASSES = "    def test_passes(self):\n        pass\n"
FAILS = "    def test_fails(self):\n        self.fail()\n"
SKIPPED = '    @unittest.skip("why")\n    def test_skipped(self):\n        pass\n'
SUBTEST_FAILS = "    def test_parts(self):\n        with self.subTest(1):\n            self.fail()\n"


class UnittestToXml(RuleTestCase):
    def run_module(self, text):
        """(exit code, passed, failed)"""
        folder = pathlib.Path(self.checkout({"sample_test.py": text}))
        report = folder / "report.xml"
        command = ["/usr/bin/python3", "-B", "tests/tools/unittest_to_xml.py", str(folder / "sample_test.py")]
        environment = os.environ | {"XML_OUTPUT_FILE": str(report)}
        code = subprocess.run(command, env=environment, capture_output=True, check=False).returncode
        return (code, *count_cases.cases_in(report.read_text()))

    def test_reports_each_case(self):
        self.assertEqual((0, 1, 0), self.run_module(MODULE + PASSES))
        self.assertEqual((1, 1, 1), self.run_module(MODULE + PASSES + FAILS))

    def test_reports_a_skipped_case_as_failed(self):
        self.assertEqual((1, 1, 1), self.run_module(MODULE + PASSES + SKIPPED))

    def test_reports_a_failing_part(self):
        self.assertEqual(1, self.run_module(MODULE + SUBTEST_FAILS)[0])

    def test_reports_a_module_that_cannot_be_imported_or_is_empty(self):
        self.assertEqual((1, 0, 1), self.run_module("import no_such_module\n"))
        self.assertEqual((1, 0, 0), self.run_module(MODULE + "    pass\n"))


if __name__ == "__main__":
    unittest.main()
