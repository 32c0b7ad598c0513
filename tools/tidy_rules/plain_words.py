"""Comments that a reader understands at the first reading, as far as a machine can tell."""

import re

from tidy_rules import source_tree

Finding = source_tree.Finding

MAX_WORDS = 30
# A word and what to write instead: the noun that is meant.
AVOIDED = {
    "whoever": "the caller, the reader",
    "whatever": "any, with a noun",
    "whichever": "any, each or the first, with a noun",
    "wherever": "in every, with a noun",
    "nobody": "no caller, no reader",
    "somebody": "a caller, a reader",
    "nothing but": "only",
    "none that": "no, with a noun",
    "at most as": "a bound",
    "as it stands": "unchanged",
    "for ever": "until the process ends",
    "anew": "again",
    "once more": "again",
}
LABELS = ("When to use something else", "Guarantees", "Thread safety", "Cost", "Errors")
# Not behind `::` or a letter, which would make it a name of the code.
_LABEL = re.compile(r"(?<![\w:])(?:" + "|".join(LABELS) + r"):(?=\s|$)")
_COMMENT = re.compile(r"[^\n]*?//(?P<text>[^\n]*)")
# `- item`, `2. item`; what stands deeper is an example in code.
_ITEM = re.compile(r"\s{0,7}(?:-|\d+\.)\s")
_EXAMPLE = re.compile(r"\s{3,}\S")
_COLUMNS = re.compile(r"\S {3,}\S")
_AVOIDED = re.compile(r"\b(?:" + "|".join(AVOIDED).replace(" ", r"\s+") + r")\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?](?:\s+|$)")


def _comments(file):
    """(line number, column, whether code stands before it, text behind the slashes) of each line with a comment."""
    whole = file.text.splitlines()
    for number, line in enumerate(file.comments.splitlines(), start=1):
        found = _COMMENT.match(line)
        if found:
            column = found.start("text") - 2
            yield number, column, bool(whole[number - 1][:column].strip()), found["text"]


def paragraphs(file):
    """Lists of (line number, text): a paragraph ends at an empty line, a label, an item, and another column."""
    paragraph = []
    last = ()
    for number, column, behind_code, text in _comments(file):
        item = _ITEM.match(text)
        starts = behind_code or item or _LABEL.match(text.strip()) or _COLUMNS.search(text)
        goes_on = last == (number - 1, column) and text.strip() and not starts
        if paragraph and not goes_on:
            yield paragraph
            paragraph = []
        last = number, column
        if text.strip() and not _COLUMNS.search(text) and (item or paragraph or not _EXAMPLE.match(text)):
            paragraph.append((number, text[item.end() :] if item else text))
    if paragraph:
        yield paragraph


def _sentences(paragraph):
    """(line number of its first word, its words)."""
    first, words = None, []
    for number, text in paragraph:
        begin = 0
        for end in [*_SENTENCE_END.finditer(text), None]:
            piece = text[begin : end.end() if end else len(text)]
            words += [word for word in piece.split() if re.search(r"\w", word)]
            first = first or (number if words else None)
            if end:
                yield first, words
                first, words = None, []
                begin = end.end()
    if words:
        yield first, words


def labels_start_a_line(tree):
    """A reader who looks for the cost or the thread safety of a class looks down the left edge of its comment."""
    for file in tree.cpp_files():
        for number, _, _, text in _comments(file):
            for label in _LABEL.finditer(text):
                if text[: label.start()].strip():
                    yield Finding(file.path, number, f"`{label.group()}` begins a line of its own")


def sentences_are_short(tree):
    """A sentence of more than 30 words is read twice. One thought a sentence; a list of cases is a list."""
    for file in tree.cpp_files():
        for paragraph in paragraphs(file):
            for number, words in _sentences(paragraph):
                if len(words) > MAX_WORDS:
                    begin = " ".join(words[:6])
                    yield Finding(file.path, number, f"{len(words)} words from `{begin}` on; the limit is {MAX_WORDS}")


def plain_words_are_used(tree):
    """A word that names no one and nothing makes the reader look for what is meant. Write the noun."""
    for file in tree.cpp_files():
        for paragraph in paragraphs(file):
            text = "\n".join(text for _, text in paragraph)
            for match in _AVOIDED.finditer(text):
                word = " ".join(match.group().lower().split())
                line = paragraph[0][0] + text.count("\n", 0, match.start())
                yield Finding(file.path, line, f"`{word}`: write {AVOIDED[word]}")


def documents_use_plain_words(tree):
    """A document is read by more people than a comment, and by fewer who can ask what is meant."""
    for file in tree.files.values():
        if file.suffix == ".md" and file.folder != "third_party":
            for match in _AVOIDED.finditer(file.text):
                word = " ".join(match.group().lower().split())
                yield Finding(
                    file.path, source_tree.line_of(file.text, match.start()), f"`{word}`: write {AVOIDED[word]}"
                )


RULES = (labels_start_a_line, sentences_are_short, plain_words_are_used, documents_use_plain_words)
