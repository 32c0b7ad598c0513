"""Paragraphs of comments and documents are wrapped at 100 columns, and all other lines stay unchanged."""

import unittest

import rewrap

LONG = " ".join(f"word{number:02}" for number in range(17))
FIRST = " ".join(f"word{number:02}" for number in range(14))
REST = "word14 word15 word16"


class Comments(unittest.TestCase):
    def assertWraps(self, before, after, path="a.h"):
        self.assertEqual(rewrap.rewrap(path, before), after)
        self.assertEqual(rewrap.rewrap(path, after), after)

    def test_a_long_line_goes_on_below_itself(self):
        self.assertWraps(
            f"  // {LONG}\n  int a;\n", f"  // {FIRST.removesuffix(' word13')}\n  // word13 {REST}\n  int a;\n"
        )

    def test_a_long_line_takes_the_rest_of_its_paragraph_along(self):
        self.assertWraps(f"// {LONG}\n// and so on.\n", f"// {FIRST}\n// {REST} and so on.\n")

    def test_an_item_and_a_label_keep_their_indentation(self):
        for lead in ("- ", "12. ", "Guess:    "):
            begin = f"{lead}{FIRST}"[:97].rsplit(" ", 1)[0]
            rest = f"{lead}{LONG}".removeprefix(begin).strip()
            self.assertWraps(f"// {lead}{LONG}\n", f"// {begin}\n// {' ' * len(lead)}{rest}\n")

    def test_a_sentence_that_ends_early_ends_its_line(self):
        self.assertWraps(f"// Short.\n// {LONG}\n", f"// Short.\n// {FIRST}\n// {REST}\n")

    def test_no_line_begins_with_what_would_be_an_item(self):
        begin = FIRST.removesuffix(" word13")
        self.assertWraps(f"// {FIRST} 2. after\n", f"// {begin}\n// word13 2. after\n")

    def test_a_span_of_code_stays_whole(self):
        begin = FIRST.removesuffix(" word13")
        self.assertWraps(f"// {begin} `a bcdef`\n", f"// {begin}\n// `a bcdef`\n")

    def test_examples_columns_pragmas_and_code_stay(self):
        for line in (f"//   {LONG}", f"// a:  b {LONG}", f"f();  // {LONG}", f'auto a = "{LONG}";'):
            self.assertWraps(f"{line}\n", f"{line}\n")
        for line in (f"#!/bin/sh {LONG}", f"# shellcheck disable={LONG}", f'"""{LONG}"""'):
            self.assertWraps(f"{line}\n", f"{line}\n", "a.py")

    def test_files_of_other_kinds_stay(self):
        self.assertWraps(f"# {LONG}\n", f"# {LONG}\n", "a.json")


class Documents(unittest.TestCase):
    def assertWraps(self, before, after):
        self.assertEqual(rewrap.rewrap("a.md", before), after)
        self.assertEqual(rewrap.rewrap("a.md", after), after)

    def test_paragraphs_and_items_are_wrapped(self):
        self.assertWraps(f"{LONG}\n", f"{FIRST}\n{REST}\n")
        self.assertWraps(f"- {LONG}\n  more\n- next\n", f"- {FIRST}\n  {REST} more\n- next\n")

    def test_tables_headings_links_and_code_stay(self):
        for text in (
            f"| {LONG} |",
            f"## {LONG}",
            f"[a]: http://{LONG}",
            f"<!-- {LONG} -->",
            f"    {LONG}",
            f"```\n{LONG}\n```",
        ):
            self.assertWraps(f"{text}\n", f"{text}\n")


class LongLines(unittest.TestCase):
    def test_names_each_line_that_could_be_shorter(self):
        self.assertEqual(list(rewrap.long_lines("a.md", f"short\n\n{LONG}\n")), [(3, len(LONG))])
        self.assertEqual(list(rewrap.long_lines("a.h", f"// {LONG}\n// {'x' * 120}\n")), [(1, len(LONG) + 3)])


if __name__ == "__main__":
    unittest.main()
