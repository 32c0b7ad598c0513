"""Compares what arrived with what was sent: every series, value, type, unit, help, exemplar and start time."""

import dataclasses
import math

ASPECTS = ("series", "natives", "types", "helps", "units", "exemplars", "starts", "times", "target")


@dataclasses.dataclass(frozen=True)
class Difference:
    aspect: str  # of ASPECTS
    outcome: str  # "lost", "changed" or "added"
    key: object  # the series or family
    sent: object = None
    arrived: object = None

    def __str__(self):
        said = f"{self.aspect} {self.outcome}: {self.key}"
        return said if self.outcome == "lost" else f"{said}: {self.sent!r} arrived as {self.arrived!r}"


def _is_equal(sent, arrived):
    if isinstance(sent, float) and isinstance(arrived, float):
        return sent == arrived or (math.isnan(sent) and math.isnan(arrived))
    return sent == arrived


def differences(sent, arrived, aspects=ASPECTS):
    """All of them, in the order of `aspects`; both are page_model.Page."""
    found = []
    for aspect in aspects:
        here, there = getattr(sent, aspect), getattr(arrived, aspect)
        for key in sorted(here.keys() | there.keys(), key=repr):
            if key not in there:
                found.append(Difference(aspect, "lost", key, here[key]))
            elif key not in here:
                found.append(Difference(aspect, "added", key, None, there[key]))
            elif not _is_equal(here[key], there[key]):
                found.append(Difference(aspect, "changed", key, here[key], there[key]))
    return found
