"""Numbers with a unit in the comments of headers, where a constant of the same header or source has that value."""

import re

from tidy_rules import source_tree

Finding = source_tree.Finding

_UNITS = {
    "ms": ("time", 10**6),
    "milliseconds": ("time", 10**6),
    "s": ("time", 10**9),
    "second": ("time", 10**9),
    "seconds": ("time", 10**9),
    "min": ("time", 60 * 10**9),
    "minutes": ("time", 60 * 10**9),
    "hours": ("time", 3600 * 10**9),
    "KiB": ("bytes", 1 << 10),
    "MiB": ("bytes", 1 << 20),
    "GiB": ("bytes", 1 << 30),
}
_TOLD = re.compile(r"(?<![\w.,^-])(?P<number>\d+(?:\.\d+)?)\s(?:\s*//\s*)?(?P<unit>" + "|".join(_UNITS) + r")\b")
_CONSTANT = re.compile(
    r"\bconstexpr\s+(?P<type>[\w:]+)\s+(?P<name>k[A-Z]\w*)\s*(?:=\s*(?P<value>[^;]+)|\{(?P<braced>[^}]*)\});"
)
_DURATION = re.compile(r"(?:std::chrono::)?(nanoseconds|milliseconds|seconds|minutes|hours)[({]([\d']+)[)}]")
_BYTES = re.compile(r"(?:std::\w+\{)?([\d']+)\}?\s*(<<|\*)?\s*(\d*)")
_EXAMPLE = re.compile(r"\bexample\b", re.IGNORECASE)


def _number(text):
    return int(text.replace("'", ""))


def _value(constant):
    """(kind, value) as in _UNITS; None for a constant that has neither a time nor bytes."""
    text = (constant["value"] or constant["braced"]).strip()
    own_unit = constant["type"].rsplit("::", 1)[-1]
    if (duration := _DURATION.fullmatch(text)) or own_unit in _UNITS:
        unit, number = duration.groups() if duration else (own_unit, text)
        return ("time", _number(number) * _UNITS[unit][1]) if re.fullmatch(r"[\d']+", number) else None
    if constant["name"].endswith("Nanoseconds") and re.fullmatch(r"[\d']+", text):
        return "time", _number(text)
    size = _BYTES.fullmatch(text) if "Bytes" in constant["name"] else None
    if not size:
        return None
    number, operator, by = size.groups()
    value = _number(number)
    return "bytes", value << int(by) if operator == "<<" else value * int(by or 1)


def _constants(tree, header):
    """(kind, value) -> name, of a header and of its source."""
    found = {}
    source = tree.files.get(header.path.removesuffix(".h") + ".cc")
    for file in (header, source) if source else (header,):
        for constant in _CONSTANT.finditer(file.code):
            value = _value(constant)
            if value:
                found[value] = constant["name"]
    return found


def _sentence(text, offset):
    """The sentence or paragraph part around an offset: an example has numbers of its own."""
    return text[text.rfind(".\n", 0, offset) + 1 : offset]


def comments_name_constants(tree):
    """A number that stands in a comment and in a constant drifts apart; a name follows the constant.

    An example may have numbers.
    """
    for header in tree.cpp_files(source_tree.PRODUCTION_FOLDERS + ("apps", "proto")):
        constants = _constants(tree, header) if header.suffix == ".h" else {}
        for told in _TOLD.finditer(header.comments) if constants else ():
            kind, scale = _UNITS[told["unit"]]
            name = constants.get((kind, round(float(told["number"]) * scale)))
            if name and not _EXAMPLE.search(_sentence(header.comments, told.start())):
                line = source_tree.line_of(header.comments, told.start())
                yield Finding(header.path, line, f"{' '.join(told.group().split())} is {name}: name it")


RULES = (comments_name_constants,)
