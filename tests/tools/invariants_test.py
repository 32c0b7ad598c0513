"""Invariants without numbers, and without a check or a test that names them, are found."""

import unittest

from rule_test_case import RuleTestCase
from tidy_rules import invariants

CHECK = 'void A() {\n  // Invariant 1.\n  DCheck([] { return true; }, "x");\n}\n'
TEST = "// A goal.\n// Invariants 1 and 2.\nTEST(ATest, Holds) {\n}\n"
HEADER = "// A.\n// Invariants:\n// 1. x\n//    y\n// 2. z\n// Cost: 3. none\n"


class InvariantsAreNumbered(RuleTestCase):
    rule = staticmethod(invariants.invariants_are_numbered)

    def test_finds_invariants_without_numbers_and_a_check_without_its_invariant(self):
        files = {"agent/a.h": "// A.\n// Invariants:\n// - x\n", "agent/b.h": "// B.\n", "agent/b.cc": CHECK}
        self.assertFinds(self.rule, files, "agent/a.h:2", "agent/b.h:1")
        self.assertFinds(self.rule, {"agent/a.h": HEADER.replace("2. z", "3. z")}, "agent/a.h:2")

    def test_lets_numbers_be(self):
        numbered = "// B.\n// Invariants of each:\n// 1. x\n"
        self.assertClean(self.rule, {"agent/b.h": numbered, "agent/b.cc": CHECK, "agent/c.cc": CHECK})

    def test_lets_a_source_hold_the_invariants_of_another_header(self):
        of_another = CHECK.replace("1.", "1 of agent/a.h.")
        self.assertClean(self.rule, {"agent/a.h": HEADER, "agent/b.h": "// B.\n", "agent/b.cc": of_another})
        files = {"agent/a.h": HEADER, "agent/b.h": "// B.\n", "agent/b.cc": of_another + CHECK}
        self.assertFinds(self.rule, files, "agent/b.h:1")


class InvariantsAreHeld(RuleTestCase):
    rule = staticmethod(invariants.invariants_are_held)

    def test_finds_an_invariant_that_nothing_holds(self):
        self.assertFinds(self.rule, {"agent/a.h": HEADER}, "agent/a.h:2", "agent/a.h:2")
        self.assertFinds(self.rule, {"agent/a.h": HEADER, "agent/a.cc": CHECK}, "agent/a.h:2")
        told = "// Invariants 1 and 2.\nvoid A() {\n}\n"
        self.assertFinds(self.rule, {"agent/a.h": HEADER, "agent/a.cc": told}, "agent/a.h:2", "agent/a.h:2")

    def test_finds_a_number_that_no_invariant_has(self):
        files = {"agent/a.h": HEADER, "tests/agent/a_test.cc": TEST}
        other = "// Invariant 3 of agent/a.h.\nTEST(BTest, Holds) {\n}\n"
        self.assertFinds(self.rule, files | {"tests/agent/b_test.cc": other}, "tests/agent/b_test.cc:1")
        self.assertFinds(self.rule, files | {"agent/b.cc": CHECK}, "agent/b.cc:2")

    def test_lets_a_check_a_test_and_another_file_hold(self):
        self.assertClean(self.rule, {"agent/a.h": HEADER, "tests/agent/a_test.cc": TEST})
        other = "// Invariant 2 of agent/a.h.\nTEST(BTest, Holds) {\n}\n"
        self.assertClean(self.rule, {"agent/a.h": HEADER, "agent/a.cc": CHECK, "tests/agent/b_test.cc": other})


if __name__ == "__main__":
    unittest.main()
