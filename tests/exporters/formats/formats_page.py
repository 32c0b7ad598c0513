#!/usr/bin/python3
"""Makes docs/formats.md from what every format was seen to keep; run by tools/formats_page.

    formats_page.py --program PROGRAM [--write FILE]
"""

import argparse
import pathlib
import sys
import tempfile

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))

import every_kind
import formats

_HEAD = """# What each format can't say

One snapshot with a family of every kind is encoded in every format, read back by readers that know
nothing of the encoders, and compared with what it holds. `//tests/exporters/formats:formats_test`
does so, and fails where this page says something else; `tools/formats_page --write` makes the page.
Whether the receivers take what is sent is another question: [readers.md](readers.md).

"Yes" is for all families that have the thing. Values are equal in all formats, but for those listed
[below](#values).

"""
_SECOND = """
The two ways to say an exponential histogram, and the times:

"""
_NOTES = """
- The target of a program is the resource of OTLP, and the family `target_info` elsewhere.
- Units are those of Prometheus, such as `seconds`. OTLP has them as UCUM, such as `s`.
- Up-down counters are gauges in every format but OTLP.
- OTLP with `temporality=delta`: counters and histograms are changes since their start times. Other
  kinds are what they are without it.
- StatsD lines are counts or gauges. Counts are changes since the last push; a bucket, a count and a
  sum of a histogram is a line each.

## Values

"""


class _Column:
    def __init__(self, title, keys, differ):
        self.title, self.keys, self.differ = title, keys, differ


def _family(truth, key):
    return truth.base_of(*key)[0] if isinstance(key, tuple) else key


def _columns(truth, differences):
    """What a format keeps: for each aspect the keys that the truth has, and the keys that differ."""

    def differing(aspect):
        return {difference.key for difference in differences if difference.aspect == aspect}

    lost = {difference.key for difference in differences if difference.outcome == "lost"}
    classic = {key for key in truth.series if _family(truth, key) == formats.EXPONENTIAL}
    return (
        _Column("types", set(truth.types), differing("types")),
        _Column("units", set(truth.units), differing("units")),
        _Column("help texts", set(truth.helps), differing("helps")),
        _Column("exemplars", set(truth.exemplars), differing("exemplars")),
        _Column("native buckets", set(truth.natives), differing("natives")),
        _Column("their classic buckets", classic, lost & classic),
        _Column("start times", set(truth.starts), differing("starts")),
        _Column("times of samples", set(truth.times), differing("times")),
    )


def _kinds(truth, keys):
    families = {_family(truth, key) for key in keys}
    return [words for family, words in every_kind.KINDS.items() if family in families]


def _cell(truth, column):
    if not column.differ:
        return "yes"
    if column.differ == column.keys:
        return "no"
    bad, good = _kinds(truth, column.differ), _kinds(truth, column.keys - column.differ)
    if len(good) < len(bad):
        return f"only {', '.join(good)}"
    return f"not {', '.join(bad)}"


def _table(truth, every, wanted):
    rows = [["format", *(column.title for column in _columns(truth, [])[wanted])]]
    for how, differences in every:
        rows.append([how.title, *(_cell(truth, column) for column in _columns(truth, differences)[wanted])])
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines) + "\n"


def _series_text(key):
    name, labels = key
    return f"`{name}{{{', '.join(f'{label}={value!r}' for label, value in labels)}}}`"


def _value_lines(truth, every):
    for how, differences in every:
        changes = [
            difference
            for difference in differences
            if difference.aspect == "series"
            and (difference.outcome != "lost" or _family(truth, difference.key) != formats.EXPONENTIAL)
        ]
        if not changes:
            continue
        yield f"- {how.title}:\n"
        for change in changes:
            said = "is left out" if change.outcome == "lost" else f"is {change.arrived:g}"
            yield f"  - {_series_text(change.key)} of {change.sent:g} {said}.\n"


def page(folder):
    """The text of docs/formats.md, from the files of a folder."""
    truth = every_kind.truth()
    every = [(how, formats.differences_of(how, folder)) for how in formats.FORMATS]
    chosen = "".join(f"| {how.title} | {how.chosen} | {formats.NAMING[how.named]} |\n" for how in formats.FORMATS)
    return (
        _HEAD
        + _table(truth, every, slice(0, 4))
        + _SECOND
        + _table(truth, every, slice(4, 8))
        + _NOTES
        + "".join(_value_lines(truth, every))
        + "\n## Names\n\n| format | what asks for it | names and labels |\n|---|---|---|\n"
        + chosen
    )


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--program", required=True, help="every_format")
    arguments.add_argument("--write", help="where to; to standard output otherwise")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        formats.encode(given.program, folder)
        text = page(folder)
    if given.write:
        pathlib.Path(given.write).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
