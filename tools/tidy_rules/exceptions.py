"""Findings that are accepted, each with its reason, in tools/tidy_exceptions.txt.

    rule-name path: reason

An entry that excuses nothing is a finding itself, so that the list only holds what is needed today.
"""

import dataclasses
import re

from tidy_rules import source_tree

PATH = "tools/tidy_exceptions.txt"
_ENTRY = re.compile(r"(?P<rule>[\w-]+) (?P<path>\S+): (?P<reason>\S.*)")


@dataclasses.dataclass
class Entry:
    line: int
    used: bool = False


class Exceptions:
    def __init__(self, tree):
        self._entries = {}
        self._problems = []
        file = tree.files.get(PATH)
        for number, line in enumerate(file.text.splitlines() if file else (), 1):
            if line.strip() and not line.startswith("#"):
                self._read(number, line)

    def _read(self, number, line):
        entry = _ENTRY.fullmatch(line)
        if not entry:
            self._problems.append(source_tree.Finding(PATH, number, "not of the form `rule-name path: reason`"))
        else:
            self._entries[entry["rule"], entry["path"]] = Entry(number)

    def excuse(self, rule_name, finding):
        entry = self._entries.get((rule_name, finding.path))
        if entry:
            entry.used = True
        return entry is not None

    def problems(self):
        """Ask after every finding has been offered to excuse()."""
        unused = [
            source_tree.Finding(PATH, entry.line, f"excuses nothing: {rule} finds nothing in {path}")
            for (rule, path), entry in self._entries.items()
            if not entry.used
        ]
        return self._problems + unused
