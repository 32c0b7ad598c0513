"""Options that no program sets: a field, a value of an enum, or an option of a spec that could be a constant."""

import re

from tidy_rules import source_tree, test_layout

Finding = source_tree.Finding

_PROGRAMS = source_tree.PRODUCTION_FOLDERS + ("apps", "proto", "examples", "bench")
# Fields and values that no program of this project sets -> why they stay. Few: an option that
# embedders need has an example that sets it for a reason.
_SET_BY_OTHERS = {
    "AgentParts.store": "programs with a metadata store of their own: docs/adding_a_store.md",
    "HttpReceiverOptions.quiet_time_max": "a seam: a test would wait for a minute",
    "OtlpExporterOptions.request_bytes": "a seam: a test would need thousands of series for a second request",
}
_SET = re.compile(r"(?:\.|->)(\w+)\s*(?:=(?!=)|\{|\[|\.(?:push_back|emplace\w*|insert|assign)\b)")
# Time is a seam, which has no other value to choose (STYLE: a test's clock advances).
_CLOCK = re.compile(r"\w*Clock\s+$")
# A flag, and a line of the configuration of a plugin, writes into what it is given.
_GIVEN_BY_OPERATORS = re.compile(r"apps/|integrations/\w+/plugin_options\.cc$")
_GIVEN = re.compile(r"[,(]\s*&?\w+(?:\.|->)(\w+)\s*(?=[,)])")
_ENUM = re.compile(r"\benum class (?P<name>\w+)[^{;]*\{(?P<values>[^}]*)\}")
_VALUE = re.compile(r"\b(k[A-Z]\w*)")
_READ_OPTION = re.compile(r"\.(?:Text|List|Number|Duration|Choice|Pairs)\(\s*\"(?P<name>\w+)\"")


def _programs(tree):
    """The C API is no program: it passes on what programs in C set."""
    return [file for file in tree.cpp_files(_PROGRAMS) if not {"testing", "c_api"} & set(re.split(r"[/.]", file.path))]


def _option_headers(programs):
    return [file for file in programs if file.suffix == ".h" and file.folder not in ("examples", "bench")]


def _dead_fields(programs):
    is_set = {file.path: set(_SET.findall(file.code)) for file in programs}
    for file in programs:
        if _GIVEN_BY_OPERATORS.match(file.path):
            is_set[file.path] |= set(_GIVEN.findall(file.code))
    for file in _option_headers(programs):
        for struct, field, offset in test_layout.option_fields(file.code):
            if _CLOCK.search(file.code, 0, offset):
                continue
            if not any(field in fields for path, fields in is_set.items() if path != file.path):
                yield file, offset, f"{struct}.{field}"


def _dead_values(programs):
    headers = _option_headers(programs)
    types = set()
    for file in headers:
        types |= {kind for _, kind in test_layout.option_types(file.code)}
    for file in headers:
        for enum in _ENUM.finditer(file.code):
            if enum["name"] not in types:
                continue
            for value in _VALUE.finditer(enum["values"]):
                # A comparison or a case reads the value; all else gives it.
                gives = rf"(?<!case )(?<![=!]= )\b{enum['name']}::{value[1]}\b(?!\s*[=!]=)"
                if not any(re.search(gives, other.code) for other in programs):
                    yield file, enum.start("values") + value.start(), f"{enum['name']}.{value[1]}"


def options_have_users(tree):
    """An option that no program sets is untried: delete it, make it a constant, or name the programs that set it."""
    programs = _programs(tree)
    dead = set()
    for file, offset, name in [*_dead_fields(programs), *_dead_values(programs)]:
        dead.add(name)
        if name not in _SET_BY_OTHERS:
            yield Finding(file.path, source_tree.line_of(file.code, offset), f"no program sets {name}")
    if "tools/tidy_rules/dead_options.py" in tree.files:
        for name in sorted(_SET_BY_OTHERS.keys() - dead):
            yield Finding("tools/tidy_rules/dead_options.py", 1, f"{name} is set by a program, or gone: take it out")


def spec_options_are_told_and_tested(tree):
    """An option that an exporter reads and no header, manual or test has is found by reading code alone."""
    sources = [file for file in tree.cpp_files(("exporters",)) if file.suffix == ".cc"]
    headers = "\n".join(file.text for file in tree.cpp_files(("exporters",)) if file.suffix == ".h")
    manual = "\n".join(file.text for file in tree.files.values() if file.path.startswith("docs/"))
    tests = "\n".join(file.text for file in tree.cpp_files(("tests",)))
    for file in sources:
        for option in _READ_OPTION.finditer(file.text):
            line, name = source_tree.line_of(file.text, option.start()), option["name"]
            for text, before, what in (
                (headers, r"[?& ]", "header of exporters has"),
                (manual, r"[?&` ]", "page of docs has"),
                (tests, "[?&]", "test gives"),
            ):
                if not re.search(rf"{before}{name}=", text):
                    yield Finding(file.path, line, f"no {what} the option {name}=")


RULES = (options_have_users, spec_options_are_told_and_tested)
