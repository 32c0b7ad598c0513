"""The metric families of the product: what the program declares (families.json), by name."""

import dataclasses
import json
import pathlib
import re

PATH = "tools/observability/families.json"
# What a family's name has behind it on a page.
_SAMPLE = re.compile(r"_(?:bucket|sum|count)$")
_NAME = re.compile(r"(?<![\w:])(?:(?:streamhouse|process)_\w+|target_info\b)")


@dataclasses.dataclass(frozen=True)
class Family:
    part: str
    name: str
    kind: str
    unit: str
    labels: tuple
    exemplars: bool
    help: str

    @property
    def is_histogram(self):
        return self.kind.endswith("histogram")


def parse(text):
    """Name -> Family, in the order of the text."""
    declared = [Family(**{**entry, "labels": tuple(entry["labels"])}) for entry in json.loads(text)]
    return {family.name: family for family in declared}


def load(root):
    return parse((pathlib.Path(root) / PATH).read_text(encoding="utf-8"))


def family_of(sample, declared):
    """The family that has samples of this name, or None."""
    if sample in declared:
        return declared[sample]
    family = declared.get(_SAMPLE.sub("", sample))
    return family if family and family.is_histogram else None


def used_in(expression, declared):
    """The names of the families that a query asks for, and the names in it that no family has."""
    found = [(name, family_of(name, declared)) for name in _NAME.findall(re.sub(r'"[^"]*"', '""', expression))]
    return {family.name for _, family in found if family}, {name for name, family in found if not family}
