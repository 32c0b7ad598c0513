"""Labels in the middle of a line, long sentences and words to avoid are found in comments."""

import unittest

from rule_test_case import RuleTestCase
from tidy_rules import plain_words

WORDS = "word " * plain_words.MAX_WORDS


def header(text):
    return {"library/a.h": text}


class LabelsStartALine(RuleTestCase):
    rule = staticmethod(plain_words.labels_start_a_line)

    def test_finds_a_label_behind_other_text(self):
        text = "// A.\n// Thread safety: any. Cost: none.\n  // One. Errors: none.\n"
        self.assertFinds(self.rule, header(text), "library/a.h:2", "library/a.h:3")

    def test_finds_a_label_that_two_lines_share(self):
        text = "// A.\n// It is short. When to use\n// something else: B.\n// When to use something\n// else: C.\n"
        self.assertFinds(self.rule, header(text), "library/a.h:2", "library/a.h:4")

    def test_lets_labels_be_that_start_a_line_and_names_of_the_code(self):
        text = "// A.\n// Guarantees: x.\n//   Cost: y.\n// More than Limits::Cost: z.\nint Cost;  // Cost: none\n"
        self.assertClean(self.rule, header(text))


class SentencesAreShort(RuleTestCase):
    rule = staticmethod(plain_words.sentences_are_short)

    def test_finds_one_word_too_many(self):
        self.assertFinds(self.rule, header(f"// A.\n// Short. {WORDS}\n// word.\n"), "library/a.h:2")
        self.assertFinds(self.rule, header(f"// - {WORDS}\n//   word\n"), "library/a.h:1")

    def test_a_label_an_item_and_a_line_of_code_begin_a_sentence(self):
        for begin in ("// Cost: word", "// - word", "//\n// word", "int a;  // word"):
            self.assertClean(self.rule, header(f"// {WORDS}\n{begin}\n"))

    def test_reads_headers_and_sources_of_every_folder(self):
        paths = [f"{folder}/{name}" for folder in ("agent", "metrics_core", "tests") for name in ("a.cc", "a.h")]
        files = dict.fromkeys(paths, f"// {WORDS} word\n")
        self.assertFinds(self.rule, files, *[f"{path}:1" for path in paths])

    def test_counts_no_columns(self):
        self.assertClean(self.rule, header(f"// - A.\n//     a    {WORDS} word\n//     b    {WORDS} word\n"))

    def test_counts_no_examples(self):
        self.assertClean(self.rule, header(f"// A.\n//\n//   {WORDS} word\n"))


class PlainWordsAreUsed(RuleTestCase):
    rule = staticmethod(plain_words.plain_words_are_used)

    def test_finds_a_word_also_across_lines(self):
        text = "// A.\n// Whoever waits,\n// waits for\n// ever.\n"
        self.assertFinds(self.rule, header(text), "library/a.h:2", "library/a.h:3")

    def test_finds_words_that_name_anyone_or_anything(self):
        for word in ("Whoever", "whatever", "whichever", "wherever"):
            self.assertFinds(self.rule, header(f"// A.\n// B, {word} it is.\n"), "library/a.h:2")

    def test_finds_a_clause_without_its_noun_and_a_time_without_its_length(self):
        for words in ("Who does not call", "who has left", "Those that wait", "now and then", "every so often"):
            self.assertFinds(self.rule, header(f"// A.\n// B: {words}.\n"), "library/a.h:2")

    def test_lets_longer_words_code_and_examples_be(self):
        self.assertClean(self.rule, header("// Canewords.\n//\n//   nobody\nint anew;\n"))


class DocumentsUsePlainWords(RuleTestCase):
    def test_finds_a_word_also_across_lines(self):
        text = "# A\n\n| x | nobody |\n\nIt waits for\never.\n"
        self.assertFinds(plain_words.documents_use_plain_words, {"docs/a.md": text}, "docs/a.md:3", "docs/a.md:5")


class ScriptsUsePlainWords(RuleTestCase):
    rule = staticmethod(plain_words.scripts_use_plain_words)

    def test_finds_a_word_in_comments_and_docstrings_also_across_lines(self):
        shell = "#!/bin/sh\n# Nobody waits.\ncall  # It waits for\n      # ever.\n"
        python = 'def a():\n    """Whoever waits.\n\n    And those\n    that wait.\n    """\n'
        self.assertFinds(self.rule, {"tools/a": shell, "a/BUILD.bazel": shell}, *[
            f"{path}:{line}" for path in ("a/BUILD.bazel", "tools/a") for line in (2, 3)
        ])
        self.assertFinds(self.rule, {"tests/a.py": python}, "tests/a.py:2", "tests/a.py:4")

    def test_finds_a_word_in_docstrings_with_other_quotes(self):
        python = "def a():\n    r'''Whoever waits.'''\n    return '''nobody'''\n"
        self.assertFinds(self.rule, {"tests/a.py": python}, "tests/a.py:2")

    def test_reads_cmake_make_services_and_scripts_of_packages(self):
        named = ("CMakeLists.txt", "a/a.cmake", "a/a.cmake.in", "a/Makefile", "a/a.service", "a/a.conf", "WORKSPACE")
        files = dict.fromkeys(named, "a=b  # Whoever waits.\n") | {"a/a.postinst": "#!/bin/sh\n# Whoever waits.\n"}
        lines = [f"{path}:1" for path in named]
        self.assertFinds(self.rule, files, *lines, "a/a.postinst:2")

    def test_takes_no_hash_in_quotes_for_a_comment(self):
        python = 'a = "b # nobody"\nc = \'\'\'\n# nobody\n\'\'\'\nd = f(\n    """nobody # anew""")\n'
        shell = "#!/bin/sh\necho 'a # nobody' \"b # nobody\" c\\ # Whoever waits.\necho $# # Anew.\n"
        self.assertFinds(self.rule, {"tools/a.py": python, "tools/a": shell}, "tools/a:2", "tools/a:3")

    def test_lets_code_and_names_of_code_be(self):
        script = 'nobody = "nobody"\n# The user `nobody`.\n#nobody\n'
        self.assertClean(self.rule, {"tools/a.py": script})


class TestNamesUsePlainWords(RuleTestCase):
    rule = staticmethod(plain_words.test_names_use_plain_words)

    def test_finds_a_word_in_a_name_of_either_language(self):
        contract = {"tests/a/a_contract.h": "\nTEST_P(A, ForgetsWhoHasLeft) {\n"}
        self.assertFinds(self.rule, contract, "tests/a/a_contract.h:2")
        for name in ("WakesNobody", "StaysForEver", "TakesThoseThatWait", "HoldsWhateverComes"):
            self.assertFinds(self.rule, {"tests/a/a_test.cc": f"TEST_F(A, {name}) {{\n"}, "tests/a/a_test.cc:1")
        python = "class A(unittest.TestCase):\n    def test_wakes_nobody(self):\n"
        self.assertFinds(self.rule, {"tests/a/a_test.py": python}, "tests/a/a_test.py:2")

    def test_lets_other_words_and_other_functions_be(self):
        names = "TEST(A, SendsNoBody) {\n}\nTEST(A, ANewSeriesStartsForEveryReader) {\n}\nvoid WakesNobody();\n"
        self.assertClean(self.rule, {"tests/a/a_test.cc": names, "agent/a.h": "TEST(A, " "Nobody)\n"})


class NamesUsePlainWords(RuleTestCase):
    def test_finds_a_word_in_an_identifier_with_or_without_an_s(self):
        text = "Shard nobodys_shard;\nint WhoeverWaits();\nint sends_no_body;\n"
        self.assertFinds(plain_words.names_use_plain_words, {"agent/a.cc": text}, "agent/a.cc:1", "agent/a.cc:2")


class MessagesUsePlainWords(RuleTestCase):
    def test_finds_a_word_to_avoid_and_a_second_word_in_a_message(self):
        text = 'f("nobody asks");\nf(R"(Try  again)");\nf("retry");  // nobody\nint nobody;\n'
        self.assertFinds(plain_words.messages_use_plain_words, {"apps/a.cc": text}, "apps/a.cc:1", "apps/a.cc:2")


class OneWordForOneThing(RuleTestCase):
    rule = staticmethod(plain_words.one_word_for_one_thing)

    def test_finds_a_second_word_in_comments_identifiers_and_documents(self):
        files = {
            "agent/a.h": "// A.\n// A fetch is tried\n// again.\n",
            "client/a.cc": "int a;\nint LowWatermarks();\nint time_series_;\n",
            "tests/a/a_test.cc": "TEST(A, ForgetsSubscribers) {\n",
            "docs/a.md": "# A\nFor each subscriber.\n",
        }
        where = ("agent/a.h:2", "client/a.cc:2", "client/a.cc:3", "tests/a/a_test.cc:1", "docs/a.md:2")
        self.assertFinds(self.rule, files, *where)

    def test_lets_the_words_of_the_glossary_history_and_literals_be(self):
        text = "// A member retries. Once again it tries.\nconst char* a = \"try again\";\nint Subscribe();\n"
        text += "int b = error::host_not_found_try_again;\n"
        self.assertClean(self.rule, {"agent/a.h": text, "CHANGELOG.md": "It is tried again.\n"})


class SecondWordsHaveAFirst(RuleTestCase):
    rule = staticmethod(plain_words.second_words_have_a_first)

    def test_finds_a_word_that_the_glossary_lacks(self):
        rows = [f"| {word} | x |" for word in sorted(set(plain_words.SECOND_WORDS.values()))]
        self.assertClean(self.rule, {"docs/glossary.md": "\n".join(rows) + "\n"})
        self.assertFinds(self.rule, {"docs/glossary.md": "\n".join(rows[1:]) + "\n"}, "docs/glossary.md:1")


class DocumentsHaveShortSentences(RuleTestCase):
    rule = staticmethod(plain_words.documents_have_short_sentences)
    long = "word " * 30 + "end."

    def test_finds_a_long_sentence_in_a_paragraph_and_in_an_item(self):
        text = f"# T\n\nShort. {self.long}\n\n- a\n- {self.long}\n  Short.\n"
        self.assertFinds(self.rule, {"docs/a.md": text}, "docs/a.md:3", "docs/a.md:6")

    def test_ends_a_sentence_behind_brackets_and_quotes_and_not_at_an_abbreviation(self):
        half = "word " * 16
        for end in ("end.)", 'end."', "end.`", "**end.**", "(end?)"):
            self.assertClean(self.rule, {"docs/a.md": f"{half}{end} {half}end.\n"})
        for middle in ("e.g.", "(i.e.", "cf."):
            self.assertFinds(self.rule, {"docs/a.md": f"{half}{middle} {half}end.\n"}, "docs/a.md:1")

    def test_counts_no_tables_code_and_names_of_tests(self):
        names = "`//a:b_test` `ATest.Does`, " * 20
        text = f"| {self.long} |\n\n```sh\n{self.long}\n```\n\n    {self.long}\n\n**It failed.** {names}\n"
        self.assertClean(self.rule, {"docs/a.md": text})

    def test_reads_no_records_of_then(self):
        self.assertClean(self.rule, {"CHANGELOG.md": self.long, "docs/decisions/a.md": self.long})


if __name__ == "__main__":
    unittest.main()
