"""Guarantees without numbers, and members that are named and not there, are found."""

import unittest

from rule_test_case import RuleTestCase
from tidy_rules import contracts


class GuaranteesAreNumbered(RuleTestCase):
    rule = staticmethod(contracts.guarantees_are_numbered)

    def test_finds_two_sentences_dashes_and_wrong_numbers(self):
        prose = "// A.\n// Guarantees: it is\n// so. It stays so.\n// Cost: none.\n"
        dashes = "// A.\n//\n// Guarantees of each:\n// - it is so;\n// - it stays so.\n"
        missing = "// A.\n// Guarantees:\n// 1. It is so.\n// 3. It stays so.\n"
        files = {"agent/a.h": prose, "apps/b.h": dashes, "bench/c.h": missing}
        self.assertFinds(self.rule, files, "agent/a.h:2", "apps/b.h:3", "bench/c.h:2")

    def test_finds_prose_around_a_list_and_sections_of_functions(self):
        around = "// A.\n// Guarantees: it is so. And:\n// 1. It stays so.\n// That is good.\n#pragma once\n"
        function = "// A.\n#pragma once\nclass A {\n  // Guarantees: it is so. It stays so.\n  void F();\n};\n"
        self.assertFinds(self.rule, {"client/a.h": around, "client/b.h": function}, "client/a.h:2", "client/b.h:4")

    def test_finds_a_label_without_a_guarantee_right_below_it(self):
        empty_line = "// A.\n// Guarantees:\n//\n// It is so. It stays so.\n"
        label = "// A.\n// Guarantees:\n// Cost: none.\n"
        code = "// A.\nclass A {\n  // Guarantees of F:\n  void F();\n};\n"
        files = {"agent/a.h": empty_line, "agent/b.h": label, "agent/c.h": code}
        self.assertFinds(self.rule, files, "agent/a.h:2", "agent/b.h:2", "agent/c.h:3")

    def test_finds_two_sentences_where_one_ends_in_brackets_or_a_quotation(self):
        for first in ("It is so (b.h.)", 'It is "so."'):
            self.assertFinds(self.rule, {"agent/a.h": f"// A.\n// Guarantees: {first}\n// Stays so.\n"}, "agent/a.h:2")

    def test_takes_no_abbreviation_for_the_end_of_a_sentence(self):
        self.assertClean(self.rule, {"agent/a.h": "// A.\n// Guarantees: e.g. it is so, i.e. it stays so.\n"})

    def test_lets_one_sentence_and_lists_be(self):
        for text in (
            "// A.\n// Guarantees: it is so (b.h).\n// Thread safety: any. All.\n",
            "// A.\n// Guarantees, and\n// 1. So.\n//    And so. More.\n//    - a. b.\n// 2. So.\n// Stop: a. b.\n",
            "// A.\n// Guarantees: so.\n//\n//   Example(); // one. Two.\n// It is. It was.\n",
        ):
            self.assertClean(self.rule, {"agent/a.h": text, "agent/a.cc": "// Guarantees: a. b.\n"})


class CommentsNameMembersThatExist(RuleTestCase):
    rule = staticmethod(contracts.comments_name_members_that_exist)
    log = "// A log.\nclass Log {\n  void Append();\n  // Removed once.\n};\nenum class End { kTorn };\n"

    def test_finds_a_member_that_the_type_does_not_have(self):
        files = {"agent/log.h": self.log, "client/a.cc": "\n// See Log::Removed().\n", "tests/b.h": "// End::kCut.\n"}
        self.assertFinds(self.rule, files, "client/a.cc:2", "tests/b.h:1")

    def test_lets_members_and_types_of_libraries_be(self):
        text = "// Log::Append(), End::kTorn, std::Log::Gone, Other::Gone, Gone.\nclass Other;\n"
        self.assertClean(self.rule, {"agent/log.h": self.log, "client/a.h": text})

    def test_lets_members_be_that_a_type_inherits(self):
        derived = "class Big final : public Log, private base::Of<int> {\n};\n\n// Big::Append()\n"
        further = "struct Bigger : Big {\n  int a;\n};\n\n// Bigger::Append().\n"
        template = "template <typename T>\nclass Of {\n  void Get();\n};\n// Big::Get()\n"
        files = {"agent/log.h": self.log, "agent/big.h": derived, "agent/bigger.h": further, "agent/of.h": template}
        self.assertClean(self.rule, files)
        files["client/a.cc"] = "\n// Bigger::Removed(), Log::Get()\n"
        self.assertFinds(self.rule, files, *["client/a.cc:2"] * 2)

    def test_lets_members_be_of_a_type_that_is_derived_from_one_of_a_library(self):
        text = "class A : public ::testing::Test {\n};\n// A::SetUp()\n"
        self.assertClean(self.rule, {"tests/a.h": text})


if __name__ == "__main__":
    unittest.main()
