"""What any text of the project has, or must not have."""

import re

import rewrap
from tidy_rules import build_rules, source_tree

Finding = source_tree.Finding

MAX_LINES = 500
_COUNTED_SUFFIXES = (".h", ".cc", ".c", ".py", ".sh", ".bzl")
# Put together from halves, so that this file does not break its own rules.
_THREAD_SAFETY = re.compile(r"^// Thread safety(?: and \w+)?:", re.MULTILINE)
SECTIONS = ("When to use something else", "Guarantees", "Thread safety", "Cost")
_SECTION = re.compile(rf"^// ({'|'.join(SECTIONS)}|Invariants)\b[^:\n]*:", re.MULTILINE)
_OPENING = re.compile(r"(?://.*\n)+")
_DROPPED = "static_cast<void>("
_OPENING_NAME = re.compile(r"// ([A-Z]\w+)(?:<\w*>)?(?:\(\))?(?:(?:,| and) [^:\n]*)?:")
_STANDARD_LOCK = re.compile(r"\bstd::(?P<kind>(?:shared_|recursive_)?(?:timed_)?mutex)\s+\w+;")
_LEFTOVER = re.compile(r"\b(?:" + "|".join(("TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK")) + r")\b")
_UNRUN_TEST = re.compile("GTEST_" "SKIP|DISABLED" "_[A-Z]")
_SLEEP = re.compile(r"\bsleep_(?:for|until)\s*\(|\busleep\s*\(")
_BOOLEAN_PARAMETER = re.compile(r"[(,]\s*(?:const\s+)?bool\b\s*[&*]?\s*\w*\s*(?:=[^,;)]*)?(?=[,)])")
# (file, parameter) -> why it is a bool.
_BOOLEANS = {
    ("agent/rpc/fetch_call.cc", "bool"): "a gRPC alarm calls it",
    ("exporters/http/tls/tls_context.cc", "bool is_valid"): "OpenSSL calls it, through Asio",
    ("integrations/librdkafka/statistics.cc", "bool value"): "the parser of Boost.JSON calls it",
    ("metrics_core/text/json_text.h", "bool value"): "JSON has booleans",
    ("metrics_core/status.cc", "bool condition"): "Check() of a condition",
    ("metrics_core/status.h", "bool condition"): "Check() of a condition",
}
# Made of locks of std.
_LOCKS = ("metrics_core/mutex.h", "metrics_core/shared_mutex.h")
_MACHINE_PATH = re.compile(r"(?<![\w.$}*])/(?:work|farm|root|home/\w+)/")


def _matches(files, pattern, message):
    for file in files:
        for match in pattern.finditer(file.text):
            yield Finding(
                file.path, source_tree.line_of(file.text, match.start()), f"{match.group().strip()}: {message}"
            )


def files_are_short(tree):
    """A file past 500 lines holds more than one concept; a reader cannot keep it in mind."""
    for file in tree.own_files():
        script = file.suffix == "" and file.text.startswith("#!")
        lines = file.text.count("\n")
        if (file.suffix in _COUNTED_SUFFIXES or script) and lines > MAX_LINES:
            yield Finding(file.path, MAX_LINES + 1, f"{lines} lines; the limit is {MAX_LINES}")


def headers_open_with_their_contract(tree):
    """The first thing that a reader of a header wants to know is what it is; then comes the code."""
    for file in tree.cpp_files():
        if file.suffix != ".h" or file.folder == "third_party":
            continue
        if not file.text.startswith("//"):
            yield Finding(file.path, 1, "does not open with a comment that says what it is")
        first_code = next((line for line in file.code.splitlines() if line.strip()), "")
        if first_code.strip() != "#pragma once":
            yield Finding(file.path, 1, "#pragma once is not the first thing after the comment")


def _is_opened_by_users(path):
    """Of the libraries without public targets, the headers that the guide and the programs name."""
    return path.endswith(".h") and path.rsplit("/", 1)[0] in ("agent", "client")


def public_headers_are_manuals(tree):
    """A caller is written from the header alone: when to use something else, guarantees, threads, cost."""
    public = {header for header, _, _ in build_rules.public_headers(tree)}
    for path in sorted(public | set(filter(_is_opened_by_users, tree.files))):
        opening = _OPENING.match(tree.files[path].text) if path in tree.files else None
        if not opening:
            continue
        found = [section.replace("Invariants", "Guarantees") for section in _SECTION.findall(opening[0])]
        for section in SECTIONS:
            if section not in found:
                yield Finding(path, 1, f"has no section `{section}:`")
        places = [found.index(section) for section in SECTIONS if section in found]
        if places != sorted(places):
            yield Finding(path, 1, f"the sections are not in the order {', '.join(SECTIONS)}")


def headers_tell_thread_safety(tree):
    """The first question to a class of a program with threads; "none" tells it, silence is a guess."""
    for file in tree.cpp_files(source_tree.PRODUCTION_FOLDERS + ("apps", "proto", "bench")):
        if file.suffix == ".h" and not _THREAD_SAFETY.search(file.text):
            yield Finding(file.path, 1, "has no section `Thread safety:`")


def headers_open_with_a_name(tree):
    """A header is found by what it declares: `Name: what it is` names a thing of the code below."""
    for file in tree.cpp_files(source_tree.PRODUCTION_FOLDERS + ("apps", "proto", "bench")):
        opening = _OPENING_NAME.match(file.text) if file.suffix == ".h" else None
        if opening and not any(opening[1].removesuffix(plural) in file.code for plural in ("s", "es")):
            yield Finding(file.path, 1, f"{opening[1]} is not in the code below")


def dropped_results_have_a_reason(tree):
    """A result that is dropped without a word cannot be told from one that was forgotten."""
    for file in tree.cpp_files(source_tree.PRODUCTION_FOLDERS + ("apps", "proto")):
        code = file.code.splitlines()
        has_reason = False
        for number, line in enumerate(file.text.splitlines()):
            if _DROPPED not in code[number]:
                has_reason = line.lstrip().startswith("//")
            elif not has_reason and "//" not in line:
                yield Finding(file.path, number + 1, "says not why the result may be dropped")


def no_argument_is_a_bool(tree):
    """A call f(true) says nothing; an enum of two values says which. It also keeps arguments from changing places.

    An override takes what its base class says.
    """
    for file in tree.cpp_files(source_tree.PRODUCTION_FOLDERS + ("apps", "proto")):
        for match in _BOOLEAN_PARAMETER.finditer(file.code):
            parameter = match.group()[1:].strip()
            is_override = re.match(r"[^;{]*\boverride\b", file.code[match.end() :])
            if is_override or (file.path, parameter) in _BOOLEANS:
                continue
            line = source_tree.line_of(file.code, match.start() + match.group().index("bool"))
            yield Finding(file.path, line, f"{parameter}: take an enum of two values")


def locks_are_mutexes(tree):
    """clang finds an access without its lock only where the lock is a Mutex and the member names it."""
    for file in tree.cpp_files(source_tree.PRODUCTION_FOLDERS + ("apps", "proto")):
        lines = file.text.splitlines()
        for match in _STANDARD_LOCK.finditer(file.code) if file.path not in _LOCKS else ():
            line = source_tree.line_of(file.code, match.start())
            if match["kind"] == "mutex":
                yield Finding(file.path, line, "std::mutex: take metrics::Mutex, and say what it guards")
            elif not lines[line - 2].lstrip().startswith("//"):
                yield Finding(file.path, line, f"std::{match['kind']}: say above why it is no metrics::Mutex")


def prose_fits(tree):
    """A comment or document that runs out of half a screen is not read to its end; tools/rewrap.py wraps it."""
    for file in tree.files.values():
        for number, columns in rewrap.long_lines(file.path, file.text):
            yield Finding(file.path, number, f"{columns} columns, not {rewrap.WIDTH}; tools/rewrap.py mends it")


def nothing_is_left_behind(tree):
    """A note to oneself is invisible to users and permanent; do it, or write it where plans are kept."""
    return _matches(tree.own_files(), _LEFTOVER, "do it, or leave it out")


def every_test_runs(tree):
    """A test that does not run reads as one that passes."""
    return _matches(tree.own_files(), _UNRUN_TEST, "mend the test, or delete it")


def no_thread_sleeps(tree):
    """A sleep is a guess: too short on a busy machine, too long on every other. Wait for the condition."""
    return _matches(tree.own_files(), _SLEEP, "wait for a condition, with a deadline")


def no_machine_paths(tree):
    """A path of one machine is a failure on the next."""
    return _matches(tree.own_files(), _MACHINE_PATH, "belongs to one machine")


RULES = (
    files_are_short,
    headers_open_with_their_contract,
    public_headers_are_manuals,
    headers_tell_thread_safety,
    headers_open_with_a_name,
    dropped_results_have_a_reason,
    no_argument_is_a_bool,
    locks_are_mutexes,
    prose_fits,
    nothing_is_left_behind,
    every_test_runs,
    no_thread_sleeps,
    no_machine_paths,
)
