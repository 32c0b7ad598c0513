"""Atomics: every order spelled out, every atomic on one page."""

import re

from tidy_rules import source_tree

Finding = source_tree.Finding

MEMORY_MODEL = "docs/memory_model.md"
_PATH = re.compile(r"\b(?:" + "|".join(source_tree.PRODUCTION_FOLDERS) + r"|apps|tests)/[\w/]+\.(?:h|cc?)\b")
# Operation -> how many arguments it has when no order is left to its default.
_ARGUMENTS = {
    "load": 1,
    "store": 2,
    "exchange": 2,
    "fetch_add": 2,
    "fetch_sub": 2,
    "fetch_and": 2,
    "fetch_or": 2,
    "fetch_xor": 2,
    "test_and_set": 1,
    "compare_exchange_weak": 4,
    "compare_exchange_strong": 4,
}
_OPERATION = re.compile(r"(?:\.|->)\s*(" + "|".join(_ARGUMENTS) + r")\s*\(")
_ORDER_VARIABLE = re.compile(r"\bstd::memory_order\s+(\w+)")
_ALIAS = re.compile(r"\busing\s+(\w+)\s*=\s*std::atomic(?:_flag\b|\s*<)")
# C reaches atomics by the compiler's builtins, on plain objects (metrics_core/c_api/abi.h).
_BUILTIN = re.compile(r"\b__(?P<family>atomic|sync)_(?P<operation>\w+)\s*\(")
# How a reason names its order, and how many lines above the operation it may stand.
_REASON = re.compile(r"\b(?:relaxed|acquires?|releases?|pairs|(?<!in )order(?:s|ed|ing)?)\b", re.IGNORECASE)
_REASON_LINES = 7
# The head of a declaration; what follows it is looked at by _declared_name.
_ATOMIC_TYPE = re.compile(r"\bstd::atomic(?:_flag\b|(?:_ref)?\s*(?=<))")
# An atomic_ref that is used at once: what it refers to.
_REFERRED = re.compile(r"\bstd::atomic_ref\((?:\w+(?:\.|->))*(?P<name>\w+)\)")
# After the type: what closes templates around it (`, 4>` of an array, `[]>` of a unique_ptr), then
# the name.
_NAME = re.compile(
    r"\s*(?:\[\]\s*)?(?:,\s*[\w:]+\s*)?(?:>\s*)*(?P<indirect>[&*\s]*)(?:const\s+)?(?P<name>\w+)\s*[;{=(\[]"
)


def _closing(text, start, pair):
    """The offset just past the bracket that closes the one at `start`."""
    depth = 0
    for offset in range(start, len(text)):
        if text[offset] == pair[0]:
            depth += 1
        elif text[offset] == pair[1]:
            depth -= 1
            if depth == 0:
                return offset + 1
    return len(text)


def _split_arguments(text):
    """The top-level, comma-separated parts of an argument list."""
    parts = [""]
    depth = 0
    for character in text:
        depth += character in "([{"
        depth -= character in ")]}"
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def _is_order(argument, variables):
    return "std::memory_order_" in argument or argument in variables


def _aliases(tree):
    names = set()
    for file in tree.cpp_files(source_tree.PRODUCTION_FOLDERS):
        names.update(_ALIAS.findall(file.code))
    return names


def declared_atomics(file, aliases=()):
    """(offset, name) of each atomic that the file declares: variables, members, arrays, and aliases of the type."""
    found = [(match.start(), match.group(1)) for match in _ALIAS.finditer(file.code)]
    found += [(match.start(), match["name"]) for match in _REFERRED.finditer(file.code)]
    heads = [_ATOMIC_TYPE]
    if aliases:
        heads.append(re.compile(r"(?<![\w:])(?:" + "|".join(map(re.escape, sorted(aliases))) + r")\b(?!\s*::)"))
    for head in heads:
        for match in head.finditer(file.code):
            end = match.end()
            if file.code.startswith("<", end):
                end = _closing(file.code, end, "<>")
            name = _NAME.match(file.code, end)
            # A reference or pointer is a way to an atomic that is declared elsewhere.
            if name and not name["indirect"].strip():
                found.append((match.start(), name["name"]))
    return sorted(set(found))


def atomic_orders_are_spelled(tree):
    """The default, sequential consistency, hides whether its author chose it; a spelled order can be argued with."""
    for file in tree.cpp_files(source_tree.PRODUCTION_FOLDERS + ("apps", "proto", "bench", "examples")):
        variables = set(_ORDER_VARIABLE.findall(file.code))
        for match in _OPERATION.finditer(file.code):
            call = file.code[match.end() - 1 : _closing(file.code, match.end() - 1, "()")]
            arguments = _split_arguments(call[1:-1])
            wanted = _ARGUMENTS[match.group(1)]
            if len(arguments) < wanted or not _is_order(arguments[-1], variables):
                line = source_tree.line_of(file.code, match.start())
                yield Finding(file.path, line, f"{match.group(1)}() leaves a memory order to its default")


def builtins_have_their_order(tree):
    """__sync_* are sequentially consistent without a word, and an order in a variable cannot be argued with."""
    for file in tree.cpp_files(source_tree.PRODUCTION_FOLDERS + ("apps", "proto", "bench")):
        for match in _BUILTIN.finditer(file.code):
            call = file.code[match.end() - 1 : _closing(file.code, match.end() - 1, "()")]
            orders = 2 if match["operation"].startswith("compare_exchange") else 1
            last = _split_arguments(call[1:-1])[-orders:]
            if match["family"] == "sync" or not all(re.fullmatch(r"__ATOMIC_[A-Z_]+", order) for order in last):
                line = source_tree.line_of(file.code, match.start())
                yield Finding(file.path, line, f"{match['operation']}(): __atomic_*, with __ATOMIC_… as its order")


def atomics_are_not_operands(tree):
    """`x_++` and `x_ = 1` on an atomic are sequentially consistent operations that look like plain ones."""
    aliases = _aliases(tree)
    for file in tree.cpp_files(source_tree.PRODUCTION_FOLDERS + ("apps", "examples")):
        partner = tree.files.get(file.path[:-3] + ".h") if file.suffix == ".cc" else None
        declared = declared_atomics(file, aliases)
        names = {name for _, name in declared}
        if partner:
            # Only members: a local of the header's inline functions is none of this file's
            # business.
            members = {name for _, name in declared_atomics(partner, aliases) if name.endswith("_")}
            names |= {name for name in members if not _is_declared(file.code, name)}
        for name in sorted(names):
            subscript = r"(?:\s*\[[^\]]*\])?"
            operand = rf"(?:\+\+|--)\s*(?:\w+(?:\.|->))*{name}\b(?!\s*(?:\.|->|\())"
            operand += rf"|(?<![\w>*&] )\b{name}\b{subscript}\s*(?:\+\+|--|[-+|&^]?=(?!=))"
            for match in re.finditer(operand, file.code):
                if not _is_declaration(file.code, match.start()):
                    line = source_tree.line_of(file.code, match.start())
                    yield Finding(file.path, line, f"{name} is atomic: name the operation and its order")


def _is_declaration(code, offset):
    """Whether the text before `offset` on its line is a type: `std::atomic<int> x = 0` declares, it does not assign."""
    before = code[code.rfind("\n", 0, offset) + 1 : offset]
    return bool(re.search(r"[\w>*&\]]\s+$", before)) and not re.search(r"\b(?:return|else|do)\s+$", before)


def _is_declared(code, name):
    """Whether a class of this file has a member of the same name, so that a use of it says nothing."""
    return any(_is_declaration(code, match.start()) for match in re.finditer(rf"\b{name}\b", code))


def _sections(text):
    """Each line of a page together with the heading above it."""
    heading = ""
    for line in text.splitlines():
        if line.startswith("#"):
            heading = line
        yield heading + "\n" + line


def atomics_are_in_the_memory_model(tree):
    """One page has each atomic's writer, reader, order, pairing and test, or a change of one breaks another unseen.

    A line covers an atomic if it names it, and it or the heading above it names the file.
    """
    page = tree.files.get(MEMORY_MODEL)
    lines = list(_sections(page.text)) if page else []
    aliases = _aliases(tree)
    for file in tree.cpp_files(source_tree.PRODUCTION_FOLDERS + ("apps",)):
        of_file = [line for line in lines if file.path in line]
        for offset, name in declared_atomics(file, aliases):
            if not any(re.search(rf"\b{name}\b", line) for line in of_file):
                line = source_tree.line_of(file.code, offset)
                yield Finding(file.path, line, f"{name} is not in {MEMORY_MODEL}, on a line with this file's path")
        builtin = _BUILTIN.search(file.code)
        if builtin and not of_file:
            line = source_tree.line_of(file.code, builtin.start())
            yield Finding(file.path, line, f"its atomics are not in {MEMORY_MODEL}, which lacks this file's path")


def memory_model_names_what_exists(tree):
    """A page that speaks of files that are gone is read as one that is wrong elsewhere too."""
    page = tree.files.get(MEMORY_MODEL)
    for number, line in enumerate(page.text.splitlines() if page else (), 1):
        for path in _PATH.findall(line):
            if path not in tree.files:
                yield Finding(MEMORY_MODEL, number, f"there is no {path}")


def orders_have_their_reason(tree):
    """Why relaxed is enough, or what an acquire or a release pairs with, is lost with the author unless it is written.

    The reason is a comment on the line or above it, in the same paragraph, and names the order.
    """
    for file in tree.cpp_files(source_tree.PRODUCTION_FOLDERS + ("apps", "proto", "bench", "examples")):
        lines = file.text.splitlines()
        comments = file.comments.splitlines()
        for match in re.finditer(r"std::memory_order_\w+|\b__ATOMIC_\w+", file.code):
            line = source_tree.line_of(file.code, match.start())
            first = line
            while first > 1 and line - first < _REASON_LINES and lines[first - 2].strip():
                first -= 1
            if not any(_REASON.search(comment) for comment in comments[first - 1 : line]):
                yield Finding(file.path, line, "no comment above says why this memory order is right")


RULES = (
    atomic_orders_are_spelled,
    builtins_have_their_order,
    orders_have_their_reason,
    atomics_are_not_operands,
    atomics_are_in_the_memory_model,
    memory_model_names_what_exists,
)
