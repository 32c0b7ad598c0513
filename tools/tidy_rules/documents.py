"""Documents that a newcomer starts with, and the words that all of them use."""

import re

from tidy_rules import source_tree

Finding = source_tree.Finding

READING_ORDER = "docs/README.md"
GLOSSARY = "docs/glossary.md"
STEPS_MAX = 5
_STEP = re.compile(r"^\d+\. (?:.|\n(?! *\n|\d+\. ))*", re.MULTILINE)
_TERM = re.compile(r"^\| (?!word \|)(?P<term>[^|`]+?) \|", re.MULTILINE)


def reading_order_is_short(tree):
    """A newcomer reads five pages; the others are for looking up."""
    page = tree.files.get(READING_ORDER)
    steps = list(_STEP.finditer(page.text)) if page else []
    links = sum(len(re.findall(r"\]\(", step.group())) for step in steps)
    if links > STEPS_MAX:
        yield Finding(
            READING_ORDER, source_tree.line_of(page.text, steps[0].start()), f"{links} links, not {STEPS_MAX}"
        )


def terms_of_the_glossary_are_used(tree):
    """A word that stands in the glossary alone is a second word for something, or for nothing."""
    page = tree.files.get(GLOSSARY)
    if page is None:
        return
    others = (
        file.text for file in tree.files.values() if file.path != GLOSSARY and file.suffix in (".h", ".cc", ".md")
    )
    text = re.sub(r"\s+(?://\s*)?|_", " ", "\n".join(others)).lower()
    for term in _TERM.finditer(page.text):
        words = re.escape(term["term"].lower()).replace(r"\ ", " ?")
        if not re.search(rf"\b{words}s?\b", text):
            yield Finding(GLOSSARY, source_tree.line_of(page.text, term.start()), f"{term['term']}: used nowhere else")


RULES = (reading_order_is_short, terms_of_the_glossary_are_used)
