"""Documents that a newcomer starts with, and the words that all of them use."""

import posixpath
import re

from tidy_rules import source_tree

Finding = source_tree.Finding

READING_ORDER = "docs/README.md"
GLOSSARY = "docs/glossary.md"
STEPS_MAX = 5
_STEP = re.compile(r"^\d+\. (?:.|\n(?! *\n|\d+\. ))*", re.MULTILINE)
# [text](target), outside code.
_LINK = re.compile(r"\]\((?P<target>[^()\s]+)\)")
_CODE = re.compile(r"^(?:```.*?^```|    [^\n]*)$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# Each folder of pages, and the page that lists them: a link, or a cell of a table with the name.
_LISTS = {
    ("docs", ".md"): READING_ORDER,
    ("docs/decisions", ".md"): "docs/decisions/README.md",
    ("findings", ".sh"): "findings/README.md",
}
# A file of this project, by its path or the end of it. Other projects' are .proto.
_FILE_IN_A_COMMENT = re.compile(r"(?<![\w/.<-])(?:[\w-]+/)*[\w-]+\.(?:h|cc|c|md|py|sh|bzl|cmake)\b")
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


def _links(file):
    """(line number, the path from the root, the part behind #) of each link within the project."""
    text = _CODE.sub(lambda code: source_tree.blank(code.group()), file.text)
    for link in _LINK.finditer(text):
        path, _, anchor = link["target"].partition("#")
        if not re.match(r"\w+:", path):
            folder = posixpath.dirname(file.path)
            target = posixpath.normpath(posixpath.join(folder, path)) if path else file.path
            yield source_tree.line_of(text, link.start()), target, anchor


def _anchors(text):
    """The parts behind # that a page has: headings in lower case, spaces as dashes, other signs left out."""
    headings = _HEADING.findall(re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links_lead_somewhere(tree):
    """A link that leads nowhere sends the reader to search what the page had promised."""
    for file in tree.files.values():
        if file.suffix != ".md":
            continue
        for line, target, anchor in _links(file):
            page = tree.files.get(target)
            if page is None and not (tree.root / target).exists():
                yield Finding(file.path, line, f"{target} does not exist")
            elif anchor and page is not None and page.suffix == ".md" and anchor not in _anchors(page.text):
                yield Finding(file.path, line, f"{target} has no heading #{anchor}")


def comments_name_files_that_exist(tree):
    """A file that has moved leaves comments behind that send the reader to nothing."""
    known = {"/".join(parts[i:]) for parts in (path.split("/") for path in tree.files) for i in range(len(parts))}
    for file in tree.cpp_files():
        for named in _FILE_IN_A_COMMENT.finditer(file.comments):
            if named.group() not in known:
                yield Finding(
                    file.path, source_tree.line_of(file.comments, named.start()), f"{named.group()} does not exist"
                )


def every_page_is_listed(tree):
    """A page that no list names is found by no reader."""
    for (folder, suffix), overview in _LISTS.items():
        page = tree.files.get(overview)
        if page is None:
            continue
        linked = {target for _, target, _ in _links(page)}
        for file in tree.files.values():
            name = posixpath.basename(file.path)
            named = f"| {name.removesuffix(suffix)} |" in page.text
            if (
                posixpath.dirname(file.path) == folder
                and file.suffix == suffix
                and file.path not in linked | {overview}
                and not named
            ):
                yield Finding(overview, 1, f"does not name {file.path}")


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


RULES = (
    reading_order_is_short,
    links_lead_somewhere,
    comments_name_files_that_exist,
    every_page_is_listed,
    terms_of_the_glossary_are_used,
)
