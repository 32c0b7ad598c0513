"""Headers without tests are found, and files that do not begin with their own header."""

import unittest

from rule_test_case import RuleTestCase
from tidy_rules import test_layout


class HeadersHaveTests(RuleTestCase):
    rule = staticmethod(test_layout.headers_have_tests)

    def test_finds_a_header_without_a_test(self):
        self.assertFinds(self.rule, {"agent/log/writer.h": ""}, "agent/log/writer.h:1")

    def test_lets_a_tested_header_be(self):
        self.assertClean(self.rule, {"agent/log/writer.h": "", "tests/agent/log/writer_test.cc": "", "bench/b.h": ""})


class OwnHeaderComesFirst(RuleTestCase):
    rule = staticmethod(test_layout.own_header_comes_first)

    def test_finds_a_test_that_begins_with_another_header(self):
        text = '#include <gtest/gtest.h>\n#include "client/record.h"\n'
        files = {"client/record.h": "", "tests/client/record_test.cc": text}
        self.assertFinds(self.rule, files, "tests/client/record_test.cc:1")

    def test_finds_a_source_that_does_not_include_its_header(self):
        self.assertFinds(self.rule, {"client/record.h": "", "client/record.cc": "int x;\n"}, "client/record.cc:1")

    def test_lets_good_ones_and_those_without_a_header_be(self):
        text = '// A comment.\n#include "client/record.h"\n'
        files = {"client/record.h": "", "client/record.cc": text, "tests/client/record_test.cc": text}
        self.assertClean(self.rule, files | {"tests/integration/demo_test.cc": "#include <gtest/gtest.h>\n"})


if __name__ == "__main__":
    unittest.main()
