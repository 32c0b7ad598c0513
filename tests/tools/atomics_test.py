"""Defaulted orders, hidden operations and atomics that are on no page are found."""

import unittest

from rule_test_case import RuleTestCase
from tidy_rules import atomics, source_tree

RELAXED = "std::memory_order_relaxed"


class OrdersAreSpelled(RuleTestCase):
    rule = staticmethod(atomics.atomic_orders_are_spelled)

    def test_finds_each_operation_with_a_defaulted_order(self):
        for operation in ("load()", "store(1)", "exchange(1)", "fetch_add(1)", "fetch_sub(f(1, 2))", "test_and_set()"):
            with self.subTest(operation):
                self.assertFinds(self.rule, {"metrics_core/a.cc": f"\nx_.{operation};\n"}, "metrics_core/a.cc:2")

    def test_finds_an_exchange_whose_failure_order_is_implied(self):
        text = f"x_.compare_exchange_weak(old, 1, {RELAXED});\np->compare_exchange_strong(old, 1);\n"
        self.assertFinds(self.rule, {"agent/a.cc": text}, "agent/a.cc:1", "agent/a.cc:2")

    def test_finds_an_order_behind_another_name(self):
        self.assertFinds(self.rule, {"metrics_core/a.cc": "x_.load(kR);\n"}, "metrics_core/a.cc:1")

    def test_looks_across_lines(self):
        self.assertClean(self.rule, {"metrics_core/a.cc": f"x_.store(g(1),\n         {RELAXED});\n"})
        self.assertFinds(self.rule, {"metrics_core/a.cc": "x_.store(\n    1);\n"}, "metrics_core/a.cc:1")

    def test_lets_spelled_orders_and_order_parameters_be(self):
        text = f"void F(std::memory_order publish) {{ x_.store(1, publish); }}\nx_.fetch_add(1, {RELAXED});\n"
        text += f"x_.compare_exchange_weak(old, f(a, b), {RELAXED}, {RELAXED});\n"
        self.assertClean(self.rule, {"metrics_core/a.cc": text})

    def test_ignores_comments_strings_and_other_folders(self):
        self.assertClean(self.rule, {"metrics_core/a.cc": '// x.load()\nf("x.load()");\n', "tests/b.cc": "x.load();\n"})


class BuiltinsHaveTheirOrder(RuleTestCase):
    rule = staticmethod(atomics.builtins_have_their_order)

    def test_finds_orders_that_are_not_spelled(self):
        for call in ("__sync_fetch_and_add(p, 1)", "__atomic_load_n(p, order)", "__atomic_store_n(p, f(1, 2), 0)"):
            with self.subTest(call):
                self.assertFinds(self.rule, {"metrics_core/a.h": f"\n{call};\n"}, "metrics_core/a.h:2")

    def test_finds_an_exchange_with_one_order(self):
        text = "__atomic_compare_exchange_n(p, &old, 1, 0, order, __ATOMIC_RELAXED);\n"
        self.assertFinds(self.rule, {"bench/a.c": text}, "bench/a.c:1")

    def test_lets_spelled_orders_be(self):
        text = "__atomic_store_n(p, f(1, 2), __ATOMIC_RELEASE);\n"
        text += "__atomic_compare_exchange_n(p, &old, 1, 1,\n    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);\n"
        self.assertClean(self.rule, {"metrics_core/a.c": text, "tests/a.c": "__sync_synchronize();\n"})


class OrdersHaveTheirReason(RuleTestCase):
    rule = staticmethod(atomics.orders_have_their_reason)

    def test_finds_an_order_without_a_comment(self):
        self.assertFinds(self.rule, {"agent/a.cc": f"int x;\nx_.load({RELAXED});\n"}, "agent/a.cc:2")

    def test_finds_an_order_of_c_without_a_comment(self):
        self.assertFinds(self.rule, {"agent/a.c": "int x;\n__atomic_load_n(p, __ATOMIC_RELAXED);\n"}, "agent/a.c:2")
        self.assertClean(self.rule, {"agent/a.c": "// Relaxed: a count.\n__atomic_load_n(p, __ATOMIC_RELAXED);\n"})

    def test_finds_a_comment_that_says_nothing_of_the_order(self):
        self.assertFinds(self.rule, {"apps/a.cc": f"// Counts.\nx_.load({RELAXED});\n"}, "apps/a.cc:2")

    def test_finds_a_reason_of_another_paragraph(self):
        self.assertFinds(self.rule, {"proto/a.h": f"// Relaxed: a count.\n\nx_.load({RELAXED});\n"}, "proto/a.h:3")

    def test_finds_a_reason_that_is_far_above(self):
        text = "// Relaxed: a count.\n" + "F();\n" * 7 + f"x_.load({RELAXED});\n"
        self.assertFinds(self.rule, {"client/a.cc": text}, "client/a.cc:9")

    def test_lets_a_reason_above_or_beside_it_be(self):
        text = f"// Relaxed, both: they\n// order nothing.\nx_.load({RELAXED});\nx_.store(1, {RELAXED});\n"
        text += f"\nx_.load({RELAXED});  // relaxed: a count\n"
        self.assertClean(self.rule, {"metrics_core/a.cc": text})


class AtomicsAreNotOperands(RuleTestCase):
    rule = staticmethod(atomics.atomics_are_not_operands)
    header = "struct A {\n  std::atomic<int> n_{0};\n  std::atomic<int> many_[4];\n};\n"

    def test_finds_increments_and_assignments(self):
        for statement in ("n_++;", "++n_;", "n_ = 1;", "n_ += 2;", "this->n_ = 1;", "many_[i] = 1;", "--other.n_;"):
            with self.subTest(statement):
                files = {"client/a.h": self.header, "client/a.cc": f"void F() {{\n  {statement}\n}}\n"}
                self.assertFinds(self.rule, files, "client/a.cc:2")

    def test_lets_declarations_comparisons_and_calls_be(self):
        body = f"std::atomic<bool> stop = false;\nn_.store(1, {RELAXED});\nif (n_.load({RELAXED}) == 1) G();\n"
        self.assertClean(self.rule, {"client/a.h": self.header, "client/a.cc": body})

    def test_lets_a_plain_member_of_the_same_name_be(self):
        text = "class B {\n  int n_ = 0;\n  void F() { ++n_; }\n};\n"
        self.assertClean(self.rule, {"client/a.h": self.header, "client/a.cc": text})


class MemoryModel(RuleTestCase):
    rule = staticmethod(atomics.atomics_are_in_the_memory_model)
    header = "// A.\nstd::atomic<int> count_{0};\n"

    def test_finds_an_atomic_without_a_page(self):
        self.assertFinds(self.rule, {"agent/a.h": self.header}, "agent/a.h:2")

    def test_finds_an_atomic_that_the_page_forgot(self):
        files = {"agent/a.h": self.header, atomics.MEMORY_MODEL: "| agent/a.h | `other_` |\n| agent/b.h | `count_` |\n"}
        self.assertFinds(self.rule, files, "agent/a.h:2")

    def test_finds_a_file_with_builtins_that_the_page_lacks(self):
        files = {"metrics_core/a.h": "\n__atomic_load_n(p, __ATOMIC_RELAXED);\n"}
        self.assertFinds(self.rule, files, "metrics_core/a.h:2")
        self.assertClean(self.rule, files | {atomics.MEMORY_MODEL: "| metrics_core/a.h | cells |\n"})

    def test_accepts_a_row_and_a_section(self):
        self.assertClean(self.rule, {"agent/a.h": self.header, atomics.MEMORY_MODEL: "| agent/a.h | `count_` |\n"})
        self.assertClean(self.rule, {"agent/a.h": self.header, atomics.MEMORY_MODEL: "## agent/a.h\n\n| `count_` |\n"})

    def test_finds_entries_for_files_that_are_gone(self):
        for gone in ("tests/agent/a_test.cc", "integrations/broker/a.h"):
            files = {"agent/a.h": "", atomics.MEMORY_MODEL: f"x\n| agent/a.h |\n| {gone} |\n"}
            self.assertFinds(atomics.memory_model_names_what_exists, files, f"{atomics.MEMORY_MODEL}:3")
            self.assertClean(atomics.memory_model_names_what_exists, files | {gone: ""})


class DeclaredAtomics(unittest.TestCase):
    def names(self, text, aliases=()):
        return [name for _, name in atomics.declared_atomics(source_tree.SourceFile("a.h", text), aliases)]

    def test_sees_every_way_to_own_one(self):
        for declaration in (
            "std::atomic<std::uint64_t> x{0};",
            "std::atomic<Node*> x = nullptr;",
            "std::atomic<std::pair<int, int>> x;",
            "constinit std::atomic<int> x(0);",
            "std::atomic_flag x;",
            "std::atomic<int> x[kMax];",
            "std::array<std::atomic<int>, kMax> x{};",
            "std::vector<std::atomic<int>> x;",
            "std::unique_ptr<std::atomic<int>[]> x;",
            "using x = std::atomic<int>;",
            "std::atomic_ref(header->x).store(1, std::memory_order_relaxed);",
        ):
            with self.subTest(declaration):
                self.assertEqual(["x"], self.names(declaration))

    def test_sees_through_an_alias(self):
        self.assertEqual(["x"], self.names("std::array<Cell, 4> x;", {"Cell"}))

    def test_leaves_references_pointers_and_assertions_out(self):
        text = "void F(std::atomic<int>& x);\nCell* y;\nstatic_assert(Cell::is_always_lock_free);\n"
        text += "// std::atomic<int> z;\n"
        self.assertEqual([], self.names(text, {"Cell"}))


if __name__ == "__main__":
    unittest.main()
