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
# A type with its body, perhaps behind an attribute; not a forward declaration.
_TYPE = re.compile(r"\b(?:class|struct|enum class)\s+(?:\w+\([^)]*\)\s+)?([A-Z]\w+)\b(?!\s*[;>,)])")
# What a type is derived from, up to its body.
_BASES = re.compile(
    r"\b(?:class|struct)\s+(?:\w+\([^)]*\)\s+)?(?P<name>[A-Z]\w+)(?:\s+final)?\s*:(?P<bases>[^:{;][^{;]*)\{"
)
_BASE = re.compile(r"([A-Za-z]\w*)\s*(?:<|,|$)")
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
            if not marks and not prose:
                yield Finding(file.path, line, "a guarantee follows its label, without an empty line or another label")
            if len(source_tree.SENTENCE_END.findall(prose)) > 1:
                yield Finding(file.path, line, "more than one sentence is a list: `// 1. …`")


def _files_of_types(tree):
    """Type -> the files that define it; type -> its bases."""
    files, bases = {}, {}
    for file in tree.cpp_files():
        for name in set(_TYPE.findall(file.code)):
            files.setdefault(name, []).append(file)
        for derived in _BASES.finditer(file.code):
            bases.setdefault(derived["name"], set()).update(_BASE.findall(derived["bases"].strip()))
    return files, bases


def _has_member(name, member, files, bases):
    """Whether a type or one that it is derived from has the member; True where one of them is of another library."""
    todo, done = [name], set()
    while todo:
        current = todo.pop()
        if current not in files or any(member.search(file.code) for file in files[current]):
            return True
        done.add(current)
        todo += bases.get(current, set()) - done
    return False


def comments_name_members_that_exist(tree):
    """A reader who is sent to a member that was renamed searches for it in vain."""
    files, bases = _files_of_types(tree)
    for file in tree.cpp_files():
        for member in _MEMBER.finditer(file.comments):
            if not _has_member(member[1], re.compile(rf"\b{member[2]}\b"), files, bases):
                line = source_tree.line_of(file.comments, member.start())
                yield Finding(file.path, line, f"{member[1]} has no {member[2]}")


RULES = (guarantees_are_numbered, comments_name_members_that_exist)
