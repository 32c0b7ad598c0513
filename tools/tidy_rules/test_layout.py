"""Tests mirror the sources, and the page of faults names tests."""

import re

from tidy_rules import source_tree

Finding = source_tree.Finding

FAULTS = "docs/faults_avoided.md"
_QUOTED = re.compile(r"`([^`]+)`")
_CASE = re.compile(r"(\w+)\.(\w+)")
_FLAG = re.compile(r'"(?:-\w,)?(?P<name>--[a-z][a-z-]+)"')
_CHOICES = re.compile(r'AddChoiceFlag\(\s*\w+,\s*"(?:-\w,)?(?P<flag>--[\w-]+)"(?P<rest>[^;]*);')
_CHOICE = re.compile(r'\{"([\w-]+)",')
BUILTIN_EXPORTERS = "exporters/builtin_exporters.h"
_EXPORTER_OPTION = re.compile(r"[?&](\w+)=")
_OPTIONS = re.compile(
    r"\b(?:struct|class) (?P<name>\w+(?:Options|Config|Limits|Policy|_options)|AgentParts)\b[^;{(]*\{"
)
_FIELD = re.compile(
    r"^\s*(?!using\b|static\b|friend\b)\w(?:[^;(){}=<]|<[^;{}=]*>)*?\s(?P<name>[a-z]\w*[a-z0-9])\s*(?:=|;)",
    re.MULTILINE,
)
_TYPE = re.compile(r"^\s*(?:std::optional<)?(?:\w+::)*(?P<type>[A-Z]\w*)>?\s+[a-z]\w*\s*(?:=|;|\{)", re.MULTILINE)
# Structs, and fields of structs, that tests set in another way.
_SET_OTHERWISE = {
    "CallLimits": "by Within()",
    "RoutesOptions.left_out": "by MetricsServer, whose test reads what it counts",
    "TlsConfig": "by a file; web_config_test gives its keys",
    "WebConfig": "by a file; web_config_test gives its keys",
}
# C_TEST(Name) of tests/support/c_cases.h has no suite.
_TEST = re.compile(r"(?:C_)?TEST(?:_F|_P)?\(")
_INVERTED_NAME = re.compile(
    r"^(?:C_TEST\(|TEST(?:_F|_P)?\(\w+,\s*)((?:Of|That|Whose|Who)[A-Z]\w*)\)", re.MULTILINE
)
# They say that something is said or refused, and not what.
_VAGUE_NAME = re.compile(
    r"^(?:C_TEST\(|TEST(?:_F|_P)?\(\w+,\s*)(\w*"
    r"(?:What(?:ItIs(?=\))|ItCannotDo|IsBad|IsWrong|Happens|StandsThere)|MakesNoSense|[a-z]InWhose)\w*)\)",
    re.MULTILINE,
)
BODY_LINES_MAX = 25


def headers_have_tests(tree):
    """tests/a/b_test.cc is where a reader of a/b.h looks for the contract; a gap there is a gap in the contract.

    That of a header for programs in C may be b_test.c.
    """
    for file in tree.cpp_files(source_tree.PRODUCTION_FOLDERS + ("apps", "proto")):
        test = f"tests/{file.path[:-2]}_test.c"
        if file.suffix == ".h" and test not in tree.files and f"{test}c" not in tree.files:
            yield Finding(file.path, 1, f"there is no {test}c")


def commands_have_tests(tree):
    """A command's output, exit codes and errors are a contract with scripts, which only a run of the binary shows."""
    for file in tree.cpp_files(("apps",)):
        test = f"tests/{file.path[:-3]}_test.py"
        if file.path.endswith("_command.cc") and test not in tree.files:
            yield Finding(file.path, 1, f"there is no {test}")


def flags_have_tests(tree):
    """A flag that no test gives can stop working without a sign; its users are scripts, which do not look."""
    tests = "\n".join(
        file.text for file in tree.files.values() if file.path.startswith(("tests/apps/", "tests/integration/"))
    )
    for file in tree.cpp_files(("apps",)):
        for flag in _FLAG.finditer(file.text):
            if not re.search(re.escape(flag["name"]) + r"(?![\w-])", tests):
                line = source_tree.line_of(file.text, flag.start())
                yield Finding(file.path, line, f"no test of tests/apps or tests/integration gives {flag['name']}")


def _gives(text, flag, choice):
    """Whether a test gives a flag this value, in a literal or from a list of values."""
    if re.search(re.escape(flag) + rf"[\"\s,=]+{re.escape(choice)}(?![\w-])", text):
        return True
    return bool(re.search(rf'"{re.escape(flag)}", [a-z_]+\b', text)) and f'"{choice}"' in text


def choices_have_tests(tree):
    """A value of a flag that no test gives is an option that may do nothing. The default is a value like the others."""
    tests = [file.text for file in tree.files.values() if file.path.startswith(("tests/apps/", "tests/integration/"))]
    for file in tree.cpp_files(("apps",)):
        for call in _CHOICES.finditer(file.text):
            for choice in _CHOICE.finditer(call["rest"]):
                if not any(_gives(text, call["flag"], choice[1]) for text in tests):
                    line = source_tree.line_of(file.text, call.start("rest") + choice.start())
                    yield Finding(file.path, line, f"no test gives {call['flag']} {choice[1]}")


def exporter_options_have_tests(tree):
    """What a spec of --exporter may say is a contract with configuration files."""
    header = tree.files.get(BUILTIN_EXPORTERS)
    tests = "\n".join(file.text for file in tree.files.values() if file.folder == "tests")
    for option in _EXPORTER_OPTION.finditer(header.text if header else ""):
        if f"?{option[1]}=" not in tests and f"&{option[1]}=" not in tests:
            line = source_tree.line_of(header.text, option.start())
            yield Finding(header.path, line, f"no test gives the option {option[1]}")


def _members(code):
    """(struct, its data members as text without nested braces, the offset of the text)."""
    for struct in _OPTIONS.finditer(code):
        depth, end = 1, struct.end()
        body = ""
        while depth and end < len(code):
            depth += {"{": 1, "}": -1}.get(code[end], 0)
            # What stands in braces is a default value, or the body of a function.
            body += code[end] if depth == 1 and code[end] != "}" else source_tree.blank(code[end])
            end += 1
        yield struct["name"], body, struct.end()


def option_fields(code):
    """(struct, field, offset) of the data members of options, limits and policies."""
    for struct, body, offset in _members(code):
        for field in _FIELD.finditer(body):
            yield struct, field["name"], offset + field.start("name")


def option_types(code):
    """(struct, type) of the same, where the type is a name."""
    for struct, body, _ in _members(code):
        for field in _TYPE.finditer(body):
            yield struct, field["type"]


def option_fields_have_tests(tree):
    """A field that no test sets has one value: then it is a constant, or its other values are broken without a sign."""
    tests = "\n".join(file.code for file in tree.cpp_files(("tests",)))
    is_set = set(re.findall(r"(?:\.|->)(\w+)\s*(?:=(?!=)|\{|\[|\.(?:push_back|emplace\w*|insert|assign)\b)", tests))
    for file in tree.cpp_files(source_tree.PRODUCTION_FOLDERS + ("apps", "proto")):
        if file.suffix != ".h":
            continue
        for struct, field, offset in option_fields(file.code):
            if field in is_set or struct in _SET_OTHERWISE or f"{struct}.{field}" in _SET_OTHERWISE:
                continue
            yield Finding(file.path, source_tree.line_of(file.code, offset), f"no test sets {struct}::{field}")


def test_bodies_are_short(tree):
    """A test is read when it fails, by a person who did not write it. Pages that it compares with do not count."""
    for file in tree.cpp_files(("tests",)):
        lines = file.code.splitlines()
        for number, line in enumerate(lines):
            if not _TEST.match(line) or line.endswith("}"):
                continue
            end = next((at for at in range(number + 1, len(lines)) if lines[at].startswith("}")), number)
            body = sum(bool(text.strip()) for text in lines[number + 1 : end])
            if body > BODY_LINES_MAX:
                yield Finding(file.path, number + 1, f"a body of {body} lines; the limit is {BODY_LINES_MAX}")


def test_names_are_sentences(tree):
    """A name is read alone, in a list of failures: `Of…`, `That…` and `Whose…` have no subject.

    `SaysWhatIsBad` and `RefusesWhatMakesNoSense` would fit any test: a name tells what holds.
    """
    for file in tree.cpp_files(("tests",)):
        for name in _INVERTED_NAME.finditer(file.code):
            line = source_tree.line_of(file.code, name.start())
            yield Finding(file.path, line, f"{name[1]}: begin with the subject or the verb")
        for name in _VAGUE_NAME.finditer(file.code):
            line = source_tree.line_of(file.code, name.start())
            yield Finding(file.path, line, f"{name[1]}: say what holds, in nouns")


def _own_header(path):
    """The header that a source or test file is about, by its name."""
    stem = re.sub(r"\.cc?$", "", path)
    if stem.endswith("_test") and path.startswith("tests/"):
        return stem.removeprefix("tests/").removesuffix("_test") + ".h"
    return stem + ".h"


def own_header_comes_first(tree):
    """The first include is compiled with nothing before it, which proves that the header includes what it needs."""
    for file in tree.cpp_files():
        header = _own_header(file.path)
        if file.suffix in (".cc", ".c") and header in tree.files:
            if not file.includes or file.includes[0].path != header:
                line = file.includes[0].line if file.includes else 1
                yield Finding(file.path, line, f"the first include is not {header}")


def _test_text(tree, targets, label):
    """What a target is made of: its sources and data, and those of the test libraries that it depends on."""
    target = targets[label]
    parts = [target] + [targets[dep] for dep in target.deps if dep.startswith("//tests/") and dep in targets]
    paths = [path for part in parts for path in part.files("srcs", "hdrs", "data")]
    return "\n".join(tree.files[path].text for path in paths if path in tree.files)


def _has_case(text, suite, case):
    cpp = rf"\bTEST(?:_[FP])?\({suite}, {case}\)"
    python = rf"\bclass {suite}\b[\s\S]*\bdef {case}\("
    return bool(re.search(f"{cpp}|{python}", text))


def faults_name_tests_that_exist(tree):
    """A page that names a removed test is believed, and no test holds it."""
    targets = {target.label: target for package in tree.packages.values() for target in package.targets}
    page = tree.files.get(FAULTS)
    text = ""
    for number, line in enumerate(page.text.splitlines() if page else (), 1):
        # A row, or an item that may go on in the next lines.
        if not line.startswith("  "):
            text = ""
        for quoted in _QUOTED.findall(line):
            case = _CASE.fullmatch(quoted)
            if quoted in targets:
                text = _test_text(tree, targets, quoted)
            elif quoted.startswith("//"):
                yield Finding(FAULTS, number, f"there is no target {quoted}")
            elif case and not _has_case(text, *case.groups()):
                yield Finding(FAULTS, number, f"the target before it has no case {quoted}")


RULES = (
    headers_have_tests,
    commands_have_tests,
    flags_have_tests,
    choices_have_tests,
    exporter_options_have_tests,
    option_fields_have_tests,
    test_bodies_are_short,
    test_names_are_sentences,
    own_header_comes_first,
    faults_name_tests_that_exist,
)
