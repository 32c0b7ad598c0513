"""Options that no program sets, and options of specs that no page or test has, are found."""

import unittest

from rule_test_case import RuleTestCase
from tidy_rules import dead_options

HEADER = """// Log.
enum class Sync : int { kBatch, kNever };
struct LogOptions {
  int bytes = 1;
  Sync sync = Sync::kBatch;
};
"""


class OptionsHaveUsers(RuleTestCase):
    rule = staticmethod(dead_options.options_have_users)

    def test_finds_a_field_and_a_value_that_only_tests_set(self):
        files = {
            "agent/log.h": HEADER,
            "agent/log.cc": "if (options.sync == Sync::kNever) f(options.bytes);\ncase Sync::kNever:\n",
            "tests/agent/log_test.cc": "LogOptions a{.bytes = 2, .sync = Sync::kNever};\n",
            "agent/testing/log.cc": "LogOptions a{.bytes = 2, .sync = Sync::kNever};\n",
            "agent/c_api/log.cc": "LogOptions a{.bytes = 2, .sync = Sync::kNever};\n",
        }
        self.assertFinds(self.rule, files, "agent/log.h:2", "agent/log.h:4", "agent/log.h:5")

    def test_lets_options_be_that_a_program_or_a_flag_sets(self):
        flag = 'parser.add_option("--bytes", options.bytes);\noptions.sync = quick ? Sync::kNever : Sync::kBatch;\n'
        self.assertClean(self.rule, {"agent/log.h": HEADER, "apps/a.cc": flag})

    def test_lets_options_be_that_a_line_of_a_plugins_configuration_sets(self):
        lines = 'return Take(ParseNumber(line), options.bytes);\noptions.sync = quick ? Sync::kNever : Sync::kBatch;\n'
        files = {"integrations/broker/plugin_options.h": HEADER}
        self.assertClean(self.rule, files | {"integrations/broker/plugin_options.cc": lines})
        self.assertFinds(
            self.rule, files | {"integrations/broker/plugin.cc": lines}, "integrations/broker/plugin_options.h:4"
        )

    def test_lets_a_clock_be(self):
        header = "// Log.\nstruct LogOptions {\n  WallClock wall = Now;\n  int bytes = 1;\n};\n"
        self.assertFinds(self.rule, {"agent/log.h": header}, "agent/log.h:4")

    def test_finds_an_exemption_that_is_not_needed(self):
        path = "tools/tidy_rules/dead_options.py"
        needless = [f"{path}:1"] * len(dead_options._SET_BY_OTHERS)  # pylint: disable=protected-access
        self.assertFinds(self.rule, {path: "x\n"}, *needless)


class SpecOptionsAreToldAndTested(RuleTestCase):
    rule = staticmethod(dead_options.spec_options_are_told_and_tested)
    files = {
        "exporters/a.cc": 'f();\ng(given.Text("mode", ""));\n',
        "exporters/a.h": "// a://?mode=M\n",
        "docs/a.md": "`mode=M`\n",
        "tests/a_test.cc": 'Made("a://?mode=x");\n',
    }

    def test_finds_an_option_that_a_header_a_page_or_a_test_lacks(self):
        self.assertClean(self.rule, self.files)
        for path in ("exporters/a.h", "docs/a.md", "tests/a_test.cc"):
            self.assertFinds(self.rule, self.files | {path: "x\n"}, "exporters/a.cc:2")

    def test_finds_a_choice_whose_name_is_on_the_next_line(self):
        files = {"exporters/a.cc": 'given.Choice(\n    "kind", {{"a", 1}}, 1);\n'}
        self.assertFinds(self.rule, files, *["exporters/a.cc:1"] * 3)


if __name__ == "__main__":
    unittest.main()
