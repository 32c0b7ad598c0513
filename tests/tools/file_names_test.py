"""Headers are found whose name is none of their types, and headers with many classes."""

import unittest

from rule_test_case import RuleTestCase
from tidy_rules import file_names


class HeadersAreNamedForTheirType(RuleTestCase):
    rule = staticmethod(file_names.headers_are_named_for_their_type)

    def header(self, text, path="client/record_batch.h"):
        return {path: "// RecordBatch: records.\nnamespace a::b {\n" + text + "}\n"}

    def test_finds_a_class_of_another_name(self):
        self.assertFinds(self.rule, self.header("class Batch {\n};\n"), "client/record_batch.h:3")
        attributed = "class M(x(y)) Batch final : public A {\n};\n"
        self.assertFinds(self.rule, self.header(attributed), "client/record_batch.h:3")

    def test_finds_a_name_that_is_only_declared_or_stands_in_another_type(self):
        inner = "struct Outer {\n  struct RecordBatch {};\n};\n"
        self.assertFinds(self.rule, self.header("class RecordBatch;\n" + inner), "client/record_batch.h:4")

    def test_finds_a_class_whose_member_or_call_alone_has_the_name(self):
        text = "class Head {\n  int RecordBatch();\n};\nint F() {\n  return RecordBatch();\n}\n"
        self.assertFinds(self.rule, self.header(text), "client/record_batch.h:3")

    def test_finds_a_struct_without_a_function_in_the_first_comment(self):
        text = "// PackBlock: packs.\nstruct Packed {};\nvoid Pack(Packed);\n"
        self.assertFinds(self.rule, {"proto/record_block.h": text}, "proto/record_block.h:2")

    def test_finds_a_class_beside_the_function_of_the_first_comment(self):
        text = "// Pack(): packs.\nvoid Pack();\nclass Packed {};\n"
        self.assertFinds(self.rule, {"proto/record_block.h": text}, "proto/record_block.h:3")

    def test_lets_a_class_a_struct_an_enum_and_an_alias_of_the_name_be(self):
        for text in (
            "class RecordBatch {};\n",
            "class M(x(y)) RecordBatch {};\n",
            "template <typename T>\nstruct RecordBatch : A<T> {};\n",
            "template <class T, class U>\nstruct RecordBatch {};\n",
            "struct Part {};\nenum class RecordBatch : int { kA };\n",
            "class BasicBatch {};\nusing RecordBatch = BasicBatch<int>;\n",
        ):
            self.assertClean(self.rule, self.header(text))

    def test_lets_a_function_of_the_name_be(self):
        self.assertClean(self.rule, self.header("class Head {};\nHead RecordBatch();\n"))

    def test_lets_structs_of_the_function_in_the_first_comment_be(self):
        text = "// PackBlock(), Unpack(): pack.\nstruct Packed {};\nPacked PackBlock(int);\n"
        self.assertClean(self.rule, {"proto/record_block.h": text})

    def test_lets_functions_alone_c_and_other_folders_be(self):
        self.assertClean(self.rule, self.header("void F();\nenum class E { kA };\n"))
        self.assertClean(self.rule, {"metrics_core/c.h": 'extern "C" {\nstruct streamhouse_a {\n};\n}\n'})
        self.assertClean(self.rule, self.header("class Batch {};\n", path="tests/client/support.h"))


class HeadersHaveFewClasses(RuleTestCase):
    rule = staticmethod(file_names.headers_have_few_classes)

    def header(self, names):
        return {"client/a.h": "".join(f"class {name} {{\n}};\n" for name in names)}

    def test_finds_one_class_too_many(self):
        self.assertFinds(self.rule, self.header("ABCD"), "client/a.h:7")

    def test_lets_structs_inner_classes_and_specializations_be(self):
        self.assertClean(self.rule, self.header("ABC"))
        self.assertClean(self.rule, self.header(["A", "B", "C", "C<int>"]))
        text = "struct D {};\nclass E;\nclass A {\n  class B {};\n  class C {};\n  class F {};\n};\n"
        self.assertClean(self.rule, {"client/a.h": text})


if __name__ == "__main__":
    unittest.main()
