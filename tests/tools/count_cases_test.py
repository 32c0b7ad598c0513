"""Cases are counted as a reader of the logs would count them, and nothing that failed is lost."""

import pathlib
import tempfile
import unittest

import count_cases

GTEST = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="4" failures="1" name="AllTests"><testsuite name="A" tests="4" failures="1">
  <testcase name="Passes" status="run" result="completed"/>
  <testcase name="Fails" status="run" result="completed"><failure message="1"/><failure message="2"/></testcase>
  <testcase name="Skipped" status="run" result="skipped"><skipped message="no"/></testcase>
  <testcase name="Filtered" status="notrun" result="suppressed"/>
</testsuite></testsuites>"""
CRASHED = """<testsuites><testsuite name="t" tests="1" failures="0" errors="1">
  <testcase name="t" status="run"><error message="exited with error code 139"/></testcase></testsuite></testsuites>"""
GREEN = '<testsuites><testsuite><testcase name="A"/><testcase name="B"/></testsuite></testsuites>'


class CasesIn(unittest.TestCase):
    def test_counts_a_case_once_and_a_skipped_one_as_failed(self):
        self.assertEqual((1, 2), count_cases.cases_in(GTEST))

    def test_counts_an_error_as_a_failure(self):
        self.assertEqual((0, 1), count_cases.cases_in(CRASHED))


class Count(unittest.TestCase):
    def run_of(self, label, xml, status="PASSED", shard=1, attempt=1):
        file = tempfile.NamedTemporaryFile("w", suffix=" test.xml", delete=False)
        self.addCleanup(pathlib.Path(file.name).unlink)
        with file:
            file.write(xml)
        identity = {"label": label, "run": 1, "shard": shard, "attempt": attempt}
        output = {"name": "test.xml", "uri": "file://" + file.name.replace(" ", "%20")}
        return {"id": {"testResult": identity}, "testResult": {"status": status, "testActionOutput": [output]}}

    def test_adds_up_targets_and_shards(self):
        events = [self.run_of("//a", GREEN), self.run_of("//b", GREEN, shard=1), self.run_of("//b", GREEN, shard=2)]
        self.assertEqual((6, 0), count_cases.count(events))

    def test_sees_a_target_that_fails_after_its_last_case(self):
        self.assertEqual((2, 1), count_cases.count([self.run_of("//a", GREEN, "FAILED")]))

    def test_sees_a_time_out_that_left_no_report(self):
        self.assertEqual((0, 1), count_cases.count([self.run_of("//a", "<testsuites><tests", "TIMEOUT")]))

    def test_takes_the_last_attempt_of_a_run(self):
        events = [self.run_of("//a", CRASHED, "FAILED", attempt=1), self.run_of("//a", GREEN, attempt=2)]
        self.assertEqual((2, 0), count_cases.count(events))

    def test_counts_a_target_that_was_not_built_once(self):
        unbuilt = {"id": {"targetCompleted": {"label": "//a"}}, "completed": {}}
        aborted = {"id": {"targetCompleted": {"label": "//b"}}, "aborted": {"reason": "ANALYSIS_FAILURE"}}
        self.assertEqual((0, 2), count_cases.count([unbuilt, unbuilt, aborted]))

    def test_counts_a_pattern_that_cannot_be_read(self):
        self.assertEqual((0, 1), count_cases.count([{"id": {"pattern": {"pattern": ["//no"]}}, "aborted": {}}]))

    def test_counts_a_test_that_reports_no_cases_as_one(self):
        event = {"id": {"testResult": {"label": "//a"}}, "testResult": {"status": "PASSED"}}
        self.assertEqual((1, 0), count_cases.count([event]))

    def test_ignores_what_is_not_a_test(self):
        built = {"id": {"targetCompleted": {"label": "//a"}}, "completed": {"success": True}}
        self.assertEqual((0, 0), count_cases.count([built, {"id": {"buildFinished": {}}, "finished": {}}]))


if __name__ == "__main__":
    unittest.main()
