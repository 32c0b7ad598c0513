"""Exceptions stay in the files that adapt a library which throws (CONTRIBUTING.md, Errors)."""

import re

from tidy_rules import source_tree

Finding = source_tree.Finding

# Each turns what it catches into a Status, or into what its caller knows. The file -> who throws.
ADAPTERS = {
    "exporters/http/access/web_config.cc": "yaml-cpp",
    "exporters/http/readiness_checks.cc": "Asio, without a thread",
    "exporters/http/running_server.cc": "Asio, without a descriptor",
    "exporters/otlp/otlp_response.cc": "protozero, on a message that is none",
    "integrations/librdkafka/rdkafka_metrics.cc": "events without memory, which librdkafka in C tells of",
    "integrations/mosquitto/event_counts.cc": "callbacks without memory, in a broker that is C",
    "integrations/mosquitto/plugin.cc": "a start without memory, in a broker that is C",
    "integrations/mosquitto/sys_client.cc": "a thread without memory, in a broker that is C",
    "metrics_core/internal/guarded_call.cc": "callbacks of the program",
    "metrics_core/start_thread.cc": "std::thread",
}
_FOLDERS = source_tree.PRODUCTION_FOLDERS + ("proto",)
_EXCEPTION = re.compile(r"\bthrow\b|\bcatch\s*\(|\btry\s*\{")
# Functions that have an overload with an error code, and throw without it.
_THROWING = (
    "absolute|canonical|copy|copy_file|copy_symlink|create_director(?:y|ies)|create_hard_link|create_symlink|"
    "current_path|equivalent|exists|file_size|hard_link_count|is_\\w+|last_write_time|permissions|read_symlink|"
    "relative|remove|remove_all|rename|resize_file|space|status|symlink_status|temp_directory_path|weakly_canonical|"
    "(?:recursive_)?directory_iterator"
)
_FILE_CALL = re.compile(rf"\b(?:std::filesystem|fs)::(?P<name>{_THROWING})(?:\s+\w+)?\((?P<arguments>[^;{{}}]*)")
# What makes a call one that does not throw: an error code, or a status that is at hand.
_HARMLESS = re.compile(r"\b(?:std::error_code|(?:std::filesystem|fs)::file_status)&?\s+(\w+)")


def _first_call(arguments):
    """The arguments up to the parenthesis that closes the call."""
    depth = 1
    for end, character in enumerate(arguments):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return arguments[:end]
    return arguments


def exceptions_stay_in_adapters(tree):
    """No exception leaves a folder; a file that catches those of a library, or throws, is an adapter."""
    used = set()
    for file in tree.cpp_files(_FOLDERS):
        for match in _EXCEPTION.finditer(file.code):
            used.add(file.path)
            if file.path not in ADAPTERS:
                line = source_tree.line_of(file.code, match.start())
                word = match.group().split("(")[0].split("{")[0].strip()
                yield Finding(file.path, line, f"{word}: return a Status; only ADAPTERS have exceptions")
    for path in ADAPTERS.keys() & tree.files.keys() - used:
        yield Finding(path, 1, "has no exceptions any more: take it out of ADAPTERS in error_policy.py")


def files_are_asked_with_error_codes(tree):
    """std::filesystem throws where a disk fails, which is no programmer's error; with an error code it returns."""
    for file in tree.cpp_files(_FOLDERS + ("apps",)):
        if "testing" in file.path.split("/"):
            continue
        harmless = set(_HARMLESS.findall(file.code))
        for match in _FILE_CALL.finditer(file.code):
            arguments = _first_call(match["arguments"])
            last = arguments.rsplit(",", 1)[-1].strip()
            if last and last not in harmless:
                line = source_tree.line_of(file.code, match.start())
                yield Finding(file.path, line, f"{match['name']}() throws: give it a std::error_code")


RULES = (exceptions_stay_in_adapters, files_are_asked_with_error_codes)
