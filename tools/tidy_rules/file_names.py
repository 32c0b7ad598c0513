"""A header is named for what it declares, and declares one concept."""

import pathlib
import re

from tidy_rules import source_tree

Finding = source_tree.Finding

_FOLDERS = source_tree.PRODUCTION_FOLDERS + ("apps", "proto")
# What opens a scope or closes one. An attribute may stand before the name of a type.
_SCOPE = re.compile(
    r"\b(?P<kind>class|struct|enum(?: class)?)\s+(?:\[\[[^\]]*\]\]\s*)?(?:[A-Z_]+\([^)]*\)+\s+)?(?P<name>\w+)\b"
    r"(?!\s*[,>])[^;(){}=]*\{|(?P<namespace>\bnamespace\b[^;{}]*\{)"
    r"|\busing\s+(?P<alias>\w+)\s*=|(?P<open>\{)|(?P<close>\})"
)
_FIRST_WORD = re.compile(r"// (?P<word>\w+)")
# A class, its handle and its builder, for example.
CLASSES_MAX = 3


def _types(code):
    """(kind, name, offset) of each class, struct, enum and alias that stands in no other scope than a namespace.

    Those of C do not: they stand in extern "C".
    """
    scopes = []
    for match in _SCOPE.finditer(code):
        is_top = all(scope == "namespace" for scope in scopes)
        if is_top and (match["name"] or match["alias"]):
            yield match["kind"] or "alias", match["name"] or match["alias"], match.start()
        if match["close"]:
            del scopes[-1:]
        elif not match["alias"]:
            scopes.append("namespace" if match["namespace"] else "other")


def _headers(tree):
    """(file, its types) for each header in C++."""
    for file in tree.cpp_files(_FOLDERS):
        if file.suffix == ".h":
            yield file, list(_types(file.code))


def _declares_function(file, name):
    return re.search(rf"^\S.*\b{name}\(", file.code, re.MULTILINE)  # a member or a call is indented


def _has_own_name(file, types):
    """Whether a type or a function has the name of the file: response_head.h has ResponseHead()."""
    words = pathlib.PurePosixPath(file.path).stem.split("_")
    wanted = "".join(words)
    camel = "".join(word.capitalize() for word in words)
    return any(name.lower() == wanted for _, name, _ in types) or bool(_declares_function(file, camel))


def headers_are_named_for_their_type(tree):
    """A reader looks for a type in the file of its name; a struct may stand beside the function that takes it.

    A header that declares a class or a struct has a type or a function of its own name: record_batch.h has
    RecordBatch. Or it declares no class, and its first comment begins with a function of it.
    """
    for file, types in _headers(tree):
        classes = [(name, offset) for kind, name, offset in types if kind == "class"]
        structs = [(name, offset) for kind, name, offset in types if kind == "struct"]
        if not classes + structs or _has_own_name(file, types):
            continue
        first = _FIRST_WORD.match(file.text)
        if classes or not first or not _declares_function(file, first["word"]):
            name, offset = (classes + structs)[0]
            message = f"declares {name}: name the file for it, or begin with the function that takes or returns it"
            yield Finding(file.path, source_tree.line_of(file.text, offset), message)


def headers_have_few_classes(tree):
    """A reader finds a class by the name of its file; the classes that stand beside it have to be searched for."""
    for file, types in _headers(tree):
        classes = {}  # by name: a template and its specializations are one
        for kind, name, offset in types:
            if kind == "class":
                classes.setdefault(name, offset)
        for offset in list(classes.values())[CLASSES_MAX : CLASSES_MAX + 1]:
            line = source_tree.line_of(file.text, offset)
            yield Finding(file.path, line, f"has {len(classes)} classes; {CLASSES_MAX} are the most")


RULES = (headers_are_named_for_their_type, headers_have_few_classes)
