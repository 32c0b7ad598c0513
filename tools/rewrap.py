#!/usr/bin/python3
"""Wraps comments and documents at 100 columns, and leaves all other lines unchanged.

    tools/rewrap.py PATH...           rewrites the paragraphs of these files that have a longer line
    tools/rewrap.py --check PATH...   prints path:line of each longer line; exits 1 if there is one

A paragraph is a run of lines at one indentation, or set in below an item of a list or a label such as `Cost:`. It ends
at an empty line, at the next item or label, and where a sentence ends although the next word would have fitted. Tables,
headings, code, drawings and columns are no paragraphs. Neither is a comment behind code, nor a Python docstring: those
may have the 120 columns of code.
"""

import argparse
import pathlib
import re
import sys

WIDTH = 100
_CPP = (".h", ".cc", ".c", ".proto")
_SCRIPTS = (".py", ".sh", ".bazel", ".bzl", ".BUILD")
_ITEM = re.compile(r"(?:[-*+]|\d+[.)])\s+(?=\S)")
_LABEL = re.compile(r"[A-Z][a-z]+(?: [a-z]+){0,4}:(?:\s+|$)")
_COLUMNS = re.compile(r"\S {2,}\S|\t|[│┌└─▲▼]|-->|<--|--\+|\+--")
_FENCE = re.compile(r"\s*(?:```|~~~)")
# What a script's comment says to a tool; it is one line.
_PRAGMA = re.compile(r"!|\s*(?:shellcheck|pylint|noqa|type:|clang-format|NOLINT)")
# At the start of a line these would become an item, a heading or a quotation.
_NOT_FIRST = re.compile(r"(?:[-*+>|]|\d+[.)]|#+|=+)$")


def _words(text):
    """Words, where `a code span` is one word, and a word that must not begin a line is one with the word before it."""
    words = []
    for word in re.findall(r"(?:`[^`]*`|[^\s`]|`)+", text):
        if words and _NOT_FIRST.match(word):
            words[-1] += " " + word
        else:
            words.append(word)
    return words


def _fill(text, first, rest):
    lines, line = [], first
    for word in _words(text):
        if line.strip() != first.strip() and line.strip() and line != rest and len(line) + 1 + len(word) > WIDTH:
            lines.append(line)
            line = rest
        line += word if line in (first, rest) else " " + word
    return lines + [line]


class _Paragraph:
    """Lines, with what stands before the text of the first one and of the others."""

    def __init__(self, before, text, line):
        self._item = _ITEM.match(text)
        label = _LABEL.match(text)
        lead = (self._item or label).group() if self._item or label else ""
        self._first = before + lead
        # Where the second line may begin: below an item it is set in, below a label sometimes.
        self._set_in = before + " " * len(lead)
        self._rest = None if label and lead != text else self._set_in
        self._before = self._set_in if lead.endswith("  ") else before
        self._texts, self._lines = [text[len(lead) :]], [line]

    def goes_on_at(self, before):
        return before in ((self._before, self._set_in) if self._rest is None else (self._rest,))

    def add(self, before, text, line):
        """Whether the line goes on with this paragraph, rather than begin another one."""
        last = self._lines[-1]
        on_purpose = last.endswith(("  ", "\\")) or (
            last[-1:] in tuple(".:;!?") and len(last) + 1 + len(_words(text)[0]) <= WIDTH
        )
        if on_purpose or not self.goes_on_at(before) or _ITEM.match(text) or _LABEL.match(text):
            return False
        self._rest = before
        self._texts.append(text)
        self._lines.append(line)
        return True

    def wrapped(self):
        if max(map(len, self._lines)) <= WIDTH or any(_COLUMNS.search(text) for text in self._texts):
            return self._lines
        return _fill(" ".join(self._texts), self._first, self._before if self._rest is None else self._rest)


def _wrap(lines, split):
    """`split` gives (what stands before the text, the text) of a line of prose, and None for any other line."""
    out, paragraph = [], None
    for line in lines:
        found = split(line, paragraph)
        if found and paragraph and paragraph.add(*found, line):
            continue
        out += paragraph.wrapped() if paragraph else []
        paragraph = _Paragraph(*found, line) if found else None
        out += [] if found else [line]
    return out + (paragraph.wrapped() if paragraph else [])


def _split_comment(mark):
    pattern = re.compile(rf"(?P<before>\s*{mark}\s?)(?P<indent>\s*)(?P<text>\S.*)")

    def split(line, paragraph):
        found = pattern.fullmatch(line)
        if not found or _PRAGMA.match(line.lstrip()[len(mark) :]):
            return None
        before = found["before"] + found["indent"]
        # What is set in from the comment's own column is an example, unless the paragraph goes on
        # there.
        if len(found["indent"]) > 1 and not (paragraph and paragraph.goes_on_at(before)):
            return None
        return before, found["text"]

    return split


def _split_markdown():
    fenced = False

    def split(line, paragraph):
        nonlocal fenced
        if _FENCE.match(line):
            fenced = not fenced
            return None
        found = re.fullmatch(r"(?P<before>\s*)(?P<text>\S.*)", line)
        if fenced or not found or re.match(r"[#|<>=]|\[[^]]+\]:|---", found["text"]):
            return None
        if len(found["before"]) > 3 and not (paragraph and paragraph.goes_on_at(found["before"])):
            return None
        return found["before"], found["text"]

    return split


def _splitter(path, text):
    suffix = pathlib.PurePosixPath(path).suffix
    if suffix in _CPP:
        return _split_comment("//")
    if suffix in _SCRIPTS or text.startswith("#!"):
        return _split_comment("#")
    return _split_markdown() if suffix == ".md" else None


def rewrap(path, text):
    """The text of a file with its long paragraphs wrapped; unchanged where the kind of file is unknown."""
    split = _splitter(path, text)
    if not split or not text:
        return text
    wrapped = "\n".join(_wrap(text.removesuffix("\n").split("\n"), split))
    return wrapped + ("\n" if text.endswith("\n") else "")


def long_lines(path, text):
    """(line number, columns) of each line of prose that is too long and could be shorter."""
    split = _splitter(path, text)
    paragraph = None
    for number, line in enumerate(text.split("\n") if split else (), start=1):
        found = split(line, paragraph)
        if not found or not paragraph or not paragraph.add(*found, line):
            paragraph = _Paragraph(*found, line) if found else None
        if found and len(line) > WIDTH and len(_words(found[1])) > 1:
            yield number, len(line)


def main():
    parser = argparse.ArgumentParser(description="Wraps comments and documents at 100 columns.")
    parser.add_argument("--check", action="store_true", help="only tells which lines are too long")
    parser.add_argument("paths", nargs="+", metavar="PATH")
    options = parser.parse_args()
    found = False
    for path in options.paths:
        file = pathlib.Path(path)
        text = file.read_text(encoding="utf-8")
        if options.check:
            for number, columns in long_lines(path, text):
                found = True
                print(f"{path}:{number}: {columns} columns; the limit is {WIDTH}")
        elif (wrapped := rewrap(path, text)) != text:
            file.write_text(wrapped, encoding="utf-8")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
