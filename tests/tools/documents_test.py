"""A long reading order, a dead link, a page that no list names and a word of the glossary alone are found."""

import unittest

from rule_test_case import RuleTestCase
from tidy_rules import documents


class ReadingOrderIsShort(RuleTestCase):
    rule = staticmethod(documents.reading_order_is_short)

    def steps(self, count, last="[a](a)"):
        return {"docs/README.md": "# Order\n\n" + "1. [a](a): x\n   y\n" * (count - 1) + f"1. {last}\n\n[b](b)\n"}

    def test_finds_a_sixth_page(self):
        self.assertFinds(self.rule, self.steps(6), "docs/README.md:3")
        self.assertFinds(self.rule, self.steps(5, "x\n   [a](a), [b](b)"), "docs/README.md:3")

    def test_lets_five_pages_and_links_below_them_be(self):
        self.assertClean(self.rule, self.steps(5))


class LinksLeadSomewhere(RuleTestCase):
    rule = staticmethod(documents.links_lead_somewhere)

    def test_finds_a_page_and_a_heading_that_do_not_exist(self):
        page = "# A\n\n[b](b.md), [c](../c.md#one-two)\n[own](#three)\n"
        self.assertFinds(self.rule, {"docs/a.md": page, "c.md": "# Two\n"}, *["docs/a.md:3"] * 2, "docs/a.md:4")

    def test_lets_pages_headings_folders_code_and_other_sites_be(self):
        page = "# A\n\n## One `two`://, 3\n\n[a](#one-two-3), [f](f/), [x](https://x.org/y)\n`[b](b)`\n\n    [b](b)\n"
        self.assertClean(self.rule, {"docs/a.md": page, "docs/f/b.md": "[a](../a.md#a)\n"})


class CommentsNameFilesThatExist(RuleTestCase):
    rule = staticmethod(documents.comments_name_files_that_exist)

    def test_finds_a_file_that_is_not_there(self):
        source = "// See b.h and\n// c/b.h.\n"
        self.assertFinds(self.rule, {"a/a.cc": source, "a/b.h": "// B.\n"}, "a/a.cc:2")

    def test_lets_ends_of_paths_and_files_of_other_projects_be(self):
        source = '// a.cc, a/b.h, other.proto, <c.h>\nconst char* name = "d.h";\n'
        self.assertClean(self.rule, {"x/a/a.cc": source, "x/a/b.h": "// B.\n"})


class EveryPageIsListed(RuleTestCase):
    rule = staticmethod(documents.every_page_is_listed)

    def test_finds_a_page_and_a_script_that_no_list_names(self):
        files = {
            "docs/README.md": "[a](a.md)\n",
            "docs/a.md": "",
            "docs/b.md": "",
            "findings/README.md": "| x |\n",
            "findings/x.sh": "",
            "findings/y.sh": "",
        }
        self.assertFinds(self.rule, files, "docs/README.md:1", "findings/README.md:1")
        del files["docs/b.md"], files["findings/y.sh"]
        self.assertClean(self.rule, files)


class TermsOfTheGlossaryAreUsed(RuleTestCase):
    rule = staticmethod(documents.terms_of_the_glossary_are_used)

    def test_finds_a_word_that_only_the_glossary_has(self):
        page = "| word | meaning |\n|---|---|\n| page chunk | a part |\n| Lease | a right |\n"
        self.assertFinds(self.rule, {"docs/glossary.md": page, "a/a.h": "// Leases.\n"}, "docs/glossary.md:3")
        self.assertClean(self.rule, {"docs/glossary.md": page, "a/a.h": "// Leases of a page\n  // chunk.\n"})
        self.assertClean(self.rule, {"docs/glossary.md": page, "a/a.h": "class PageChunk; int lease;\n"})


if __name__ == "__main__":
    unittest.main()
