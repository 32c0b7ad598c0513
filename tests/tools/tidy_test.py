"""The command as a whole: what it prints, its exit code, its exceptions."""

import pathlib
import subprocess
import unittest

import tidy
from rule_test_case import PRIVATE, RuleTestCase, cc_library

SECTIONS = "// When to use something else: a view.\n// Guarantees: plain.\n// Thread safety: a value.\n// Cost: none.\n"
GOOD = {
    "client/BUILD.bazel": PRIVATE + cc_library("record", 'deps = ["//metrics_core:status"]'),
    "client/record.h": f"// Record: a value.\n{SECTIONS}#pragma once\nstruct Record;\n",
    "client/record.cc": '#include "client/record.h"\n\n#include "metrics_core/status.h"\n',
    "metrics_core/BUILD.bazel": PRIVATE + cc_library("status"),
    "metrics_core/status.h": "// Status: an error.\n// Thread safety: a value.\n#pragma once\nclass Status;\n",
    "metrics_core/status.cc": '#include "metrics_core/status.h"\n',
    "tests/client/BUILD.bazel": PRIVATE
    + 'cc_test(name = "record_test", size = "small", srcs = ["record_test.cc"], deps = ["//client:record"])\n',
    "tests/client/record_test.cc": '#include "client/record.h"\n',
    "tests/metrics_core/BUILD.bazel": PRIVATE
    + 'cc_test(name = "status_test", size = "small", srcs = ["status_test.cc"], deps = ["//metrics_core:status"])\n',
    "tests/metrics_core/status_test.cc": '#include "metrics_core/status.h"\n',
}
UNTESTED = {path: text for path, text in GOOD.items() if path != "tests/client/record_test.cc"} | {
    "tests/client/BUILD.bazel": PRIVATE
}
EXCEPTIONS = "tools/tidy_exceptions.txt"


class Tidy(RuleTestCase):
    def run_on(self, files, *options):
        command = ["/usr/bin/python3", tidy.__file__, "--root", self.checkout(files), *options]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_passes_a_clean_checkout(self):
        result = self.run_on(GOOD)
        self.assertEqual((0, ""), (result.returncode, result.stdout))

    def test_fails_once_the_client_uses_an_exporter(self):
        text = GOOD["client/BUILD.bazel"].replace("//metrics_core:status", "//exporters/http:routes")
        result = self.run_on(GOOD | {"client/BUILD.bazel": text})
        self.assertEqual(1, result.returncode)
        self.assertIn("client/BUILD.bazel:2: layering-of-deps: //client:record depends on", result.stdout)

    def test_counts_rules(self):
        counts = pathlib.Path(self.checkout({})) / "counts"
        self.run_on(UNTESTED, "--counts", str(counts))
        self.assertEqual(f"{len(tidy.check(self.checkout(GOOD))) - 1} 1\n", counts.read_text())

    def test_lists_every_rule_with_its_reason(self):
        lines = self.run_on({}, "--list").stdout.splitlines()
        self.assertEqual(list(tidy.check(self.checkout({}))), lines[::2])
        self.assertTrue(all(reason.strip() for reason in lines[1::2]))


class Exceptions(RuleTestCase):
    def broken_rules(self, files):
        return {name for name, findings in tidy.check(self.checkout(files)).items() if findings}

    def test_excuse_the_finding_that_they_name(self):
        self.assertEqual({"headers-have-tests"}, self.broken_rules(UNTESTED))
        self.assertEqual(
            set(), self.broken_rules(UNTESTED | {EXCEPTIONS: "headers-have-tests client/record.h: data\n"})
        )

    def test_are_findings_when_they_excuse_nothing(self):
        files = GOOD | {EXCEPTIONS: "# why\nheaders-have-tests client/record.h: data\n"}
        self.assertEqual({tidy.EXCEPTIONS_RULE}, self.broken_rules(files))

    def test_are_findings_without_a_reason(self):
        files = UNTESTED | {EXCEPTIONS: "headers-have-tests client/record.h:\n"}
        self.assertEqual({"headers-have-tests", tidy.EXCEPTIONS_RULE}, self.broken_rules(files))

    def test_are_findings_when_no_such_rule_exists(self):
        self.assertEqual({tidy.EXCEPTIONS_RULE}, self.broken_rules(GOOD | {EXCEPTIONS: "no-such-rule a.h: b\n"}))


if __name__ == "__main__":
    unittest.main()
