"""Rules on texts: long files and lines, contracts of headers, notes to oneself, sleeps, machine paths."""

import unittest

from rule_test_case import RuleTestCase
from tidy_rules import text_rules

# Put together from halves: this file is itself under check.
NOTE = "TO" "DO"
DISABLED = "DISABLED" "_"
SKIP = "GTEST_" "SKIP"
SLEEP = "sleep_" "for("


class FilesAreShort(RuleTestCase):
    rule = staticmethod(text_rules.files_are_short)

    def test_finds_one_line_too_many(self):
        self.assertFinds(self.rule, {"a/a.cc": "\n" * 501, "tools/x": "#!/bin/sh\n" * 501}, "a/a.cc:501", "tools/x:501")

    def test_lets_the_limit_and_other_texts_be(self):
        self.assertClean(self.rule, {"a/a.cc": "\n" * 500, "docs/long.md": "\n" * 900, "third_party/t.h": "\n" * 900})


class HeadersOpenWithTheirContract(RuleTestCase):
    rule = staticmethod(text_rules.headers_open_with_their_contract)

    def test_finds_a_header_without_a_comment(self):
        self.assertFinds(self.rule, {"a/a.h": "#pragma once\n// Late.\n"}, "a/a.h:1")

    def test_finds_a_header_without_pragma_once(self):
        self.assertFinds(self.rule, {"a/a.h": "// A thing.\n#include <x>\n#pragma once\n"}, "a/a.h:1")

    def test_lets_a_good_header_be(self):
        self.assertClean(self.rule, {"a/a.h": "// A thing.\n//\n// More.\n#pragma once\n\n#include <x>\n"})


class PublicHeadersAreManuals(RuleTestCase):
    rule = staticmethod(text_rules.public_headers_are_manuals)
    sections = ("When to use something else: b.h.", "Guarantees: it is so.", "Thread safety: any.", "Cost: none.")
    public = 'cc_library(name = "a", hdrs = ["a.h"], visibility = ["//visibility:public"])\n'

    @staticmethod
    def header(sections):
        return "// A: a thing.\n//\n" + "".join(f"// {section}\n" for section in sections) + "#pragma once\n"

    def test_finds_each_section_that_is_missing(self):
        for left_out in self.sections:
            text = self.header(section for section in self.sections if section != left_out)
            self.assertFinds(self.rule, {"client/a.h": text}, "client/a.h:1")
            public = {"exporters/BUILD.bazel": self.public, "exporters/a.h": text}
            self.assertFinds(self.rule, public, "exporters/a.h:1")

    def test_finds_sections_in_another_order(self):
        self.assertFinds(self.rule, {"agent/a.h": self.header(reversed(self.sections))}, "agent/a.h:1")

    def test_finds_sections_of_the_code_below(self):
        text = self.header(self.sections[:3]) + "// Cost: none.\nclass A;\n"
        self.assertFinds(self.rule, {"agent/a.h": text}, "agent/a.h:1")

    def test_takes_invariants_for_guarantees_and_lets_other_headers_be(self):
        text = self.header(section.replace("Guarantees", "Invariants of each") for section in self.sections)
        private = {"exporters/BUILD.bazel": 'cc_library(name = "a", hdrs = ["a.h"])\n', "exporters/a.h": "// A.\n"}
        others = {"agent/log/a.h": "// A.\n", "client/a.cc": "// A.\n"}
        self.assertClean(self.rule, {"client/a.h": text} | others | private)


class HeadersTellThreadSafety(RuleTestCase):
    rule = staticmethod(text_rules.headers_tell_thread_safety)

    def test_finds_a_header_that_does_not(self):
        text = "// A: a thing. Thread safety: any.\nclass A;\n"
        self.assertFinds(self.rule, {"client/a.h": text, "client/a.cc": text}, "client/a.h:1")
        self.assertFinds(self.rule, {"agent/a.h": text, "bench/b.h": text}, "agent/a.h:1", "bench/b.h:1")

    def test_takes_a_section_also_of_two(self):
        self.assertClean(self.rule, {"client/a.h": "// A.\n// Thread safety: any.\n", "tests/a.h": "// A.\n"})
        self.assertClean(self.rule, {"client/a.h": "// A.\n// Thread safety and errors: those of B.\n"})


class HeadersOpenWithAName(RuleTestCase):
    rule = staticmethod(text_rules.headers_open_with_a_name)

    def test_finds_a_name_that_the_code_does_not_have(self):
        files = {"client/a.h": "// Verifier: reads.\n#pragma once\nint Verify();  // Verifier\n"}
        self.assertFinds(self.rule, files, "client/a.h:1")

    def test_lets_names_of_the_code_and_sentences_be(self):
        for text in (
            "// Verify(): reads.\nint Verify();\n",
            "// Batches, and more: x.\nclass Batch;\n",
            "// What it costs: x.\n",
        ):
            self.assertClean(self.rule, {"client/a.h": text, "client/a.cc": "// Other: x.\n"})


class DroppedResultsHaveAReason(RuleTestCase):
    rule = staticmethod(text_rules.dropped_results_have_a_reason)
    drop = "  static_cast<void>(Close());\n"

    def test_finds_one_that_has_none(self):
        self.assertFinds(self.rule, {"client/a.cc": f"  // Why.\n  Open();\n{self.drop}"}, "client/a.cc:3")

    def test_takes_a_comment_above_or_beside_also_for_the_next_ones(self):
        beside = self.drop.replace("\n", "  // why\n")
        self.assertClean(self.rule, {"client/a.cc": f"  // Why.\n{self.drop}{self.drop}  f();\n{beside}// {self.drop}"})


class NoArgumentIsABool(RuleTestCase):
    rule = staticmethod(text_rules.no_argument_is_a_bool)

    def test_finds_a_parameter_in_every_place(self):
        for parameters in (
            "bool is_last",
            "int a, bool b",
            "const bool a, int b",
            "bool a = true",
            "bool",
            "bool& found",
            "int a,\n       bool b",
        ):
            line = 2 + parameters.count("\n")
            self.assertFinds(self.rule, {"agent/a.h": f"// A.\nvoid A({parameters});\n"}, f"agent/a.h:{line}")
        self.assertFinds(self.rule, {"apps/a.h": "using Done = std::function<void(bool is_ready)>;\n"}, "apps/a.h:1")

    def test_finds_them_in_every_library_and_in_source_files(self):
        files = {f"{folder}/a.cc": "void A(bool b);\n" for folder in ("client", "metrics_core", "proto")}
        files |= {"apps/a.cc": "const auto a = [](bool is_set, int b) { return b; };\n"}
        self.assertFinds(self.rule, files, "apps/a.cc:1", "client/a.cc:1", "metrics_core/a.cc:1", "proto/a.cc:1")

    def test_lets_results_members_overrides_and_named_exceptions_be(self):
        clean = "// f(bool a)\nbool A(int b);\nbool c_ = false;\nvoid D(std::pair<int, bool> e);\n"
        override = "void OnDone(bool ok) override {}\n"
        check = "void Check(bool condition, std::string_view message);\n"
        self.assertClean(self.rule, {"client/a.h": clean + override, "metrics_core/status.h": check})
        self.assertFinds(self.rule, {"client/status.h": check}, "client/status.h:1")


class LocksAreMutexes(RuleTestCase):
    rule = staticmethod(text_rules.locks_are_mutexes)

    def test_finds_a_standard_lock_and_a_shared_one_without_a_reason(self):
        text = "// A.\nstd::mutex mutex_;\nmutable std::shared_mutex shared_;\n"
        self.assertFinds(self.rule, {"agent/a.h": text}, "agent/a.h:2", "agent/a.h:3")

    def test_lets_a_reason_a_mutex_and_tests_be(self):
        text = "// Shared: readers do not wait.\nstd::shared_mutex shared_;\nmetrics::Mutex mutex_;\n"
        self.assertClean(self.rule, {"agent/a.h": text, "tests/agent/a_test.cc": "std::mutex a;\n"})


class ProseFits(RuleTestCase):
    rule = staticmethod(text_rules.prose_fits)

    def test_finds_a_comment_and_a_document_that_are_too_wide(self):
        wide = "word " * 20 + "w"
        files = {"docs/d.md": f"# D\n\n{wide}\n", "tools/t": f"#!/bin/sh\n# {wide}\n"}
        files |= {f"{folder}/a.h": f"// A.\n// {wide}\n" for folder in ("agent", "client", "tests")}
        self.assertFinds(self.rule, files, "agent/a.h:2", "client/a.h:2", "docs/d.md:3", "tests/a.h:2", "tools/t:2")

    def test_lets_code_tables_and_long_names_be(self):
        code = 'int a = f("' + "x " * 52 + '");  // A comment behind code.\n'
        self.assertClean(
            self.rule, {"a/a.cc": code, "d.md": "| a | b |\n| " + "c " * 60 + "|\n", "e.md": "x" * 101 + "\n"}
        )


class Words(RuleTestCase):
    def test_finds_a_note_to_oneself(self):
        self.assertFinds(text_rules.nothing_is_left_behind, {"a/a.cc": f"\n// {NOTE}: x\n"}, "a/a.cc:2")
        self.assertClean(text_rules.nothing_is_left_behind, {"a/a.cc": f"int k{NOTE}List;\n"})

    def test_finds_tests_that_do_not_run(self):
        text = f"TEST(A, {DISABLED}B) {{}}\n{SKIP}();\n"
        self.assertFinds(
            text_rules.every_test_runs, {"tests/a_test.cc": text}, "tests/a_test.cc:1", "tests/a_test.cc:2"
        )
        self.assertClean(text_rules.every_test_runs, {"tests/a_test.cc": "TEST(A, IsDisabledWhenOff) {}\n"})

    def test_finds_sleeps(self):
        self.assertFinds(text_rules.no_thread_sleeps, {"a/a.cc": f"std::this_thread::{SLEEP}1s);\n"}, "a/a.cc:1")
        self.assertClean(
            text_rules.no_thread_sleeps, {"a/a.cc": "changed.wait_for(lock, 1s);\n", "third_party/t.cc": SLEEP}
        )

    def test_finds_machine_paths(self):
        machine = "/" + "root/"
        self.assertFinds(text_rules.no_machine_paths, {"a/a.sh": f"cd {machine}x\n"}, "a/a.sh:1")
        self.assertClean(
            text_rules.no_machine_paths, {"a/a.sh": f"cd $top{machine}x https://a.b{machine} /usr/share\n"}
        )


if __name__ == "__main__":
    unittest.main()
