"""Headers without tests are found, files that do not begin with their own header, and tests that a page makes up."""

import unittest

from rule_test_case import RuleTestCase
from tidy_rules import test_layout


class HeadersHaveTests(RuleTestCase):
    rule = staticmethod(test_layout.headers_have_tests)

    def test_finds_a_header_without_a_test(self):
        self.assertFinds(self.rule, {"agent/log/writer.h": ""}, "agent/log/writer.h:1")
        self.assertFinds(self.rule, {"apps/page.h": "", "proto/a.h": ""}, "apps/page.h:1", "proto/a.h:1")

    def test_lets_a_tested_header_be(self):
        self.assertClean(self.rule, {"agent/log/writer.h": "", "tests/agent/log/writer_test.cc": "", "bench/b.h": ""})
        self.assertClean(self.rule, {"metrics_core/in_c.h": "", "tests/metrics_core/in_c_test.c": ""})


class CommandsHaveTests(RuleTestCase):
    rule = staticmethod(test_layout.commands_have_tests)

    def test_finds_a_command_without_a_test(self):
        self.assertFinds(self.rule, {"apps/lag_command.cc": ""}, "apps/lag_command.cc:1")

    def test_lets_a_tested_command_be(self):
        self.assertClean(
            self.rule, {"apps/lag_command.cc": "", "tests/apps/lag_command_test.py": "", "apps/main.cc": ""}
        )


class OwnHeaderComesFirst(RuleTestCase):
    rule = staticmethod(test_layout.own_header_comes_first)

    def test_finds_a_test_that_begins_with_another_header(self):
        text = '#include <gtest/gtest.h>\n#include "client/record.h"\n'
        files = {"client/record.h": "", "tests/client/record_test.cc": text}
        self.assertFinds(self.rule, files, "tests/client/record_test.cc:1")

    def test_finds_a_test_in_c_that_begins_with_another_header(self):
        files = {"client/record.h": "", "tests/client/record_test.c": "#include <stdio.h>\n"}
        self.assertFinds(self.rule, files, "tests/client/record_test.c:1")

    def test_finds_a_source_that_does_not_include_its_header(self):
        self.assertFinds(self.rule, {"client/record.h": "", "client/record.cc": "int x;\n"}, "client/record.cc:1")

    def test_lets_good_ones_and_those_without_a_header_be(self):
        text = '// A comment.\n#include "client/record.h"\n'
        files = {"client/record.h": "", "client/record.cc": text, "tests/client/record_test.cc": text}
        self.assertClean(self.rule, files | {"tests/integration/demo_test.cc": "#include <gtest/gtest.h>\n"})


class FaultsNameTestsThatExist(RuleTestCase):
    rule = staticmethod(test_layout.faults_name_tests_that_exist)
    files = {
        "tests/a/BUILD.bazel": 'cc_test(name = "b_test", srcs = ["b_test.cc"], deps = [":contract"])\n'
        'cc_library(name = "contract", hdrs = ["contract.h"])\n'
        'sh_test(name = "c_test", srcs = ["run.sh"], data = ["c_test.py"])\n',
        "tests/a/b_test.cc": "TEST_F(BTest, Holds) {}\n",
        "tests/a/contract.h": "TEST_P(Contract, IsKept) {}\n",
        "tests/a/c_test.py": "class C(unittest.TestCase):\n    def test_it(self):\n",
    }

    def page(self, line):
        return self.files | {"docs/faults_avoided.md": f"# Faults\n{line}\n"}

    def test_finds_a_target_that_is_gone(self):
        self.assertFinds(self.rule, self.page("`//tests/a:d_test`"), "docs/faults_avoided.md:2")

    def test_finds_a_case_that_is_gone_and_one_of_another_target(self):
        self.assertFinds(self.rule, self.page("`//tests/a:b_test` `BTest.Gone`"), "docs/faults_avoided.md:2")
        self.assertFinds(self.rule, self.page("`//tests/a:c_test` `BTest.Holds`"), "docs/faults_avoided.md:2")
        self.assertFinds(self.rule, self.page("`BTest.Holds`"), "docs/faults_avoided.md:2")

    def test_reads_an_item_over_several_lines(self):
        item = "- **Fault.** What holds:\n  `//tests/a:b_test`\n  `BTest.Holds`"
        self.assertClean(self.rule, self.page(item))
        self.assertFinds(self.rule, self.page(item + "\n- `BTest.Holds`"), "docs/faults_avoided.md:5")

    def test_lets_what_is_there_be(self):
        line = "`//tests/a:b_test` `BTest.Holds` `Contract.IsKept`; `//tests/a:c_test` `C.test_it`; see `docs/` and `x`"
        self.assertClean(self.rule, self.page(line))


class FlagsHaveTests(RuleTestCase):
    rule = staticmethod(test_layout.flags_have_tests)

    def test_finds_a_flag_that_no_test_gives(self):
        files = {"apps/a.cc": '\nf("--max", 1);\nf("-k,--key", 1);\n', "tests/apps/a_test.py": '"--maximum"'}
        self.assertFinds(self.rule, files, "apps/a.cc:2", "apps/a.cc:3")

    def test_lets_a_flag_be_that_a_test_gives(self):
        files = {"apps/a.cc": 'f("--max", 1); f("-k,--key", 1);\n', "tests/apps/a_test.py": '"--max=1"'}
        self.assertClean(self.rule, files | {"tests/integration/b_test.py": '"--key"'})


class ChoicesHaveTests(RuleTestCase):
    rule = staticmethod(test_layout.choices_have_tests)
    choices = 'AddChoiceFlag(\n  parser, "--sync", a,\n  {{"each-batch", A},\n  {"none", B}}, "help");\n'

    def test_finds_a_value_that_no_test_gives(self):
        for given in ('"--sync", "none-of-all"', '"--sync=none"', '"--synch", "none", "each-batch"'):
            found = ["apps/a.cc:3"] if "=none" in given else ["apps/a.cc:3", "apps/a.cc:4"]
            self.assertFinds(self.rule, {"apps/a.cc": self.choices, "tests/apps/a_test.py": given}, *found)

    def test_lets_values_be_that_tests_give_one_by_one_or_in_a_list(self):
        one_by_one = {"tests/apps/a_test.py": '"--sync", "each-batch"', "tests/integration/b_test.py": '"--sync=none"'}
        self.assertClean(self.rule, {"apps/a.cc": self.choices} | one_by_one)
        loop = 'for policy in ("each-batch", "none"):\n    run("--sync", policy)\n'
        self.assertClean(self.rule, {"apps/a.cc": self.choices, "tests/apps/a_test.py": loop})


class ExporterOptionsHaveTests(RuleTestCase):
    rule = staticmethod(test_layout.exporter_options_have_tests)

    def test_finds_an_option_that_no_test_gives(self):
        header = {"exporters/builtin_exporters.h": "// a://?scrapes=N\n// &page=off\n"}
        self.assertFinds(self.rule, header | {"tests/a_test.cc": '"?page=on"'}, "exporters/builtin_exporters.h:1")
        self.assertClean(self.rule, header | {"tests/a_test.cc": '"?page=on&scrapes=1"'})


class OptionFieldsHaveTests(RuleTestCase):
    rule = staticmethod(test_layout.option_fields_have_tests)
    header = (
        "struct LogOptions {\n  int bytes_max = 0;\n  std::chrono::seconds age_max{5};\n"
        "  std::function<void(int)> on_roll = nullptr;\n  std::vector<int> names;\n"
        "  static constexpr int kA = 1;\n  bool empty() const { int b = 0; return b; }\n};\nint c = 0;\n"
    )

    def test_finds_a_field_that_no_test_sets(self):
        test = "Log log({.bytes_max = 1});\nif (options.names == x) f();\n"
        files = {"agent/log.h": self.header, "tests/agent/log_test.cc": test}
        self.assertFinds(self.rule, files, "agent/log.h:3", "agent/log.h:4", "agent/log.h:5")

    def test_finds_a_field_of_a_struct_in_c(self):
        files = {"client/c.h": "typedef struct log_options {\n  const char* const* names;\n} log_options;\n"}
        self.assertFinds(self.rule, files, "client/c.h:2")
        self.assertClean(self.rule, files | {"tests/client/c_test.c": "log_options o = {.names = n};\n"})

    def test_lets_fields_be_that_tests_set_and_other_structs(self):
        test = "Log log({.bytes_max = 1, .age_max{2}});\no->on_roll = f;\no.names.push_back(1);\n"
        files = {"agent/log.h": self.header, "tests/agent/log_test.cc": test, "agent/a.h": "struct A {\n  int b;\n};\n"}
        self.assertClean(self.rule, files)


class TestBodiesAreShort(RuleTestCase):
    rule = staticmethod(test_layout.test_bodies_are_short)

    def body(self, lines):
        return {"tests/a/a_test.cc": "\nTEST_F(A, B) {\n" + "  f();\n" * lines + "}\n"}

    def test_finds_one_line_too_many(self):
        self.assertFinds(self.rule, self.body(test_layout.BODY_LINES_MAX + 1), "tests/a/a_test.cc:2")

    def test_finds_a_long_body_in_c(self):
        text = "C_TEST(B) {\n" + "  f();\n" * (test_layout.BODY_LINES_MAX + 1) + "}\n"
        self.assertFinds(self.rule, {"tests/a/a_test.c": text}, "tests/a/a_test.c:1")

    def test_lets_the_limit_pages_and_other_functions_be(self):
        self.assertClean(self.rule, self.body(test_layout.BODY_LINES_MAX))
        page = 'TEST(A, B) {\n  f(R"(' + "line\n" * 40 + ')");\n}\nTEST(A, C) {}\n'
        self.assertClean(self.rule, {"tests/a/a_test.cc": page + "void F() {\n" + "  f();\n" * 40 + "}\n"})


class TestNamesAreSentences(RuleTestCase):
    rule = staticmethod(test_layout.test_names_are_sentences)

    def test_finds_a_name_that_begins_in_the_middle_of_a_sentence(self):
        for name in ("OfTwoTheNewestCounts", "ThatIsFullStopsNoAppends", "WhoseFileIsGoneFails", "WhoWaitsIsWoken"):
            files = {"tests/a/a_test.cc": f"\nTEST_F(A, {name}) {{\n"}
            self.assertFinds(self.rule, files, "tests/a/a_test.cc:2")
            self.assertFinds(self.rule, {"tests/a/a_test.c": f"C_TEST({name}) {{\n"}, "tests/a/a_test.c:1")

    def test_finds_a_name_that_says_nothing(self):
        for name in ("SaysWhatItIs", "SaysWhatIsBadOfASpec", "RefusesWhatMakesNoSense", "LetsInWhosePasswordIsRight"):
            self.assertFinds(self.rule, {"tests/a/a_test.cc": f"TEST_F(A, {name}) {{\n"}, "tests/a/a_test.cc:1")

    def test_lets_other_names_and_words_be(self):
        names = ("TheNewestOfTwoCounts", "OffersTheNewest", "ThatchBurns", "SendsWhatItIsGiven")
        self.assertClean(self.rule, {"tests/a/a_test.cc": "".join(f"TEST_P(A, {name}) {{\n}}\n" for name in names)})


if __name__ == "__main__":
    unittest.main()
