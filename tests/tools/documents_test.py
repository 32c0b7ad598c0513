"""A reading order that is too long, and words that only the glossary has, are found."""

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


class TermsOfTheGlossaryAreUsed(RuleTestCase):
    rule = staticmethod(documents.terms_of_the_glossary_are_used)

    def test_finds_a_word_that_only_the_glossary_has(self):
        page = "| word | meaning |\n|---|---|\n| page chunk | a part |\n| Lease | a right |\n"
        self.assertFinds(self.rule, {"docs/glossary.md": page, "a/a.h": "// Leases.\n"}, "docs/glossary.md:3")
        self.assertClean(self.rule, {"docs/glossary.md": page, "a/a.h": "// Leases of a page\n  // chunk.\n"})
        self.assertClean(self.rule, {"docs/glossary.md": page, "a/a.h": "class PageChunk; int lease;\n"})


if __name__ == "__main__":
    unittest.main()
