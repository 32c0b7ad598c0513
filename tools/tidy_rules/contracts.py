"""Contracts: guarantees are numbered, and a member that a comment names is there."""

import re

from tidy_rules import source_tree

Finding = source_tree.Finding

_FOLDERS = source_tree.PRODUCTION_FOLDERS + ("apps", "proto", "bench")
_GUARANTEES = re.compile(r"^[ ]*// Guarantees\b[^:\n]*:(?P<rest>[^\n]*)$", re.MULTILINE)
# The next section, an empty line, or code.
_END = re.compile(r"[ ]*//(?:| [A-Z][\w()]*(?: [\w()]+){0,5}:(?: .*)?)$|[ ]*(?!//)")
_ITEM = re.compile(r"[ ]*// (?P<mark>\d+\.|-) ")
_ITEM_GOES_ON = re.compile(r"[ ]*// {3,}")
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)")
# A type with its body, perhaps behind an attribute; not a forward declaration.
_TYPE = re.compile(r"\b(?:class|struct|enum class)\s+(?:\w+\([^)]*\)\s+)?([A-Z]\w+)\b(?!\s*[;>,)])")
_MEMBER = re.compile(r"(?<![\w:])([A-Z]\w+)::~?([A-Za-z_]\w*)")


def _headers(tree):
    return (file for file in tree.cpp_files(_FOLDERS) if file.suffix == ".h")


def _guarantees(text):
    """(offset, marks of the items, prose outside of the items) of each section."""
    for section in _GUARANTEES.finditer(text):
        marks, prose, is_in_item = [], [section["rest"]], False
        for line in text[section.end() + 1 :].split("\n"):
            if _END.match(line):
                break
            item = _ITEM.match(line)
            is_in_item = bool(item) or is_in_item and bool(_ITEM_GOES_ON.match(line))
            marks += [item["mark"]] if item else []
            prose += [] if is_in_item else [line.lstrip(" /")]
        yield section.start(), marks, " ".join(prose).strip()


def guarantees_are_numbered(tree):
    """A number can be cited by a test, a document and a review; a paragraph of guarantees is read as a wall."""
    for file in _headers(tree):
        for offset, marks, prose in _guarantees(file.text):
            line = source_tree.line_of(file.text, offset)
            if marks != [f"{number}." for number in range(1, len(marks) + 1)]:
                yield Finding(file.path, line, "guarantees are numbered: `// 1. …`")
            if len(_SENTENCE_END.findall(prose)) > 1:
                yield Finding(file.path, line, "more than one sentence is a list: `// 1. …`")


def comments_name_members_that_exist(tree):
    """A reader who is sent to a member that was renamed searches for it in vain."""
    files_of = {}
    for file in tree.cpp_files():
        for name in set(_TYPE.findall(file.code)):
            files_of.setdefault(name, []).append(file)
    for file in tree.cpp_files():
        for member in _MEMBER.finditer(file.comments):
            declared_in = files_of.get(member[1], ())
            name = re.compile(rf"\b{member[2]}\b")
            if declared_in and not any(name.search(other.code) for other in declared_in):
                line = source_tree.line_of(file.comments, member.start())
                yield Finding(file.path, line, f"{member[1]} has no {member[2]}")


RULES = (guarantees_are_numbered, comments_name_members_that_exist)
