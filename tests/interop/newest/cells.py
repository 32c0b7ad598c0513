"""A cell of the matrix of receivers and formats: what was sent, what arrived, and whether that is what is stated.

What a receiver loses or refuses is stated with its reason. A cell fails when something else is lost, and also when
something that is stated as lost arrives: then the statement is old.
"""

import dataclasses
import re
import typing

from decoders import comparison


# Fewer cannot be the program's whole page: equal pages of nothing prove nothing.
SERIES_MIN = 50


@dataclasses.dataclass(frozen=True)
class Loss:
    """Everything of an aspect whose key matches `where` is lost, changed or added."""

    what: str  # for people
    reason: str
    aspect: str
    outcome: str = "lost"
    where: typing.Callable = lambda key: True

    def matches(self, difference):
        return (difference.aspect, difference.outcome) == (self.aspect, self.outcome) and self.where(difference.key)


@dataclasses.dataclass(frozen=True)
class Refusal:
    """The receiver takes nothing, and says so in words that `pattern` finds."""

    pattern: str
    reason: str


@dataclasses.dataclass(frozen=True)
class Cell:
    receiver: str
    form: str  # the format and what was asked of it
    encoding: str = ""  # escaping of names, or protobuf or JSON
    compression: str = "none"
    temporality: str = ""
    stated: tuple = ()  # of Loss; or one Refusal

    @property
    def name(self):
        parts = (self.receiver, self.form, self.encoding, self.compression, self.temporality)
        return " / ".join(part for part in parts if part)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """Of a cell: both pages, or the words of the refusal."""

    sent: object = None
    arrived: object = None
    refusal: str = ""
    aspects: tuple = comparison.ASPECTS


def named(pattern):
    """Keys of a series, or of a family, whose name matches as a whole."""
    compiled = re.compile(pattern)
    return lambda key: bool(compiled.fullmatch(key[0] if isinstance(key, tuple) else key))


def _sent_keys(loss, sent):
    return {key for key in getattr(sent, loss.aspect) if loss.where(key)}


def _too_good(loss, sent, found):
    """Why the loss is not what is stated; empty if it is."""
    hit = {difference.key for difference in found if loss.matches(difference)}
    if not hit:
        return f"nothing is {loss.outcome}: {loss.what}"
    kept = _sent_keys(loss, sent) - hit if loss.outcome != "added" else set()
    return f"arrives: {sorted(kept, key=repr)[:3]}, stated as {loss.outcome}: {loss.what}" if kept else ""


def _of_refusal(cell, outcome):
    stated = [one for one in cell.stated if isinstance(one, Refusal)]
    if outcome.refusal and not stated:
        return [f"refused: {outcome.refusal}"]
    if stated and not outcome.refusal:
        return ["taken, and stated as refused"]
    if stated and not re.search(stated[0].pattern, outcome.refusal):
        return [f"refused in other words: {outcome.refusal}"]
    return []


def faults(cell, outcome):
    """What is not as the cell states, in lines; empty where everything is."""
    found = _of_refusal(cell, outcome)
    if found or outcome.refusal:
        return found
    if len(outcome.sent.series) + len(outcome.sent.natives) < SERIES_MIN:
        found.append(f"only {len(outcome.sent.series)} series were sent")
    differences = comparison.differences(outcome.sent, outcome.arrived, outcome.aspects)
    found += [str(one) for one in differences if not any(loss.matches(one) for loss in cell.stated)]
    return found + [fault for loss in cell.stated if (fault := _too_good(loss, outcome.sent, differences))]


def verdict(cell):
    """In words, of a cell without faults."""
    if not cell.stated:
        return "equal"
    if isinstance(cell.stated[0], Refusal):
        return f"refused: {cell.stated[0].reason}"
    said = {f"{loss.what} ({loss.reason})": None for loss in cell.stated}
    return "but for " + "; ".join(said)
