"""The page of the matrix: one row for cells of a receiver and a format that have the same outcome."""

import cells

_HEAD = """# Our metrics in the newest receivers

`tools/interop` has these programs, each built at a fixed version, take what we send: pages in every
form that they ask for, and pushes. A relay keeps what was sent; where TLS leaves no place for one,
the program pushes the same to a relay beside the receiver. Every series, value, type, unit, help
text, exemplar and start time that a receiver can show is compared with it. The program that is read
has every kind of metric, hostile labels, extreme numbers and names in UTF-8. One page or push of
each cell is compared: whether a receiver adds deltas up is seen only where it says so.

What a receiver loses or refuses is stated below with its reason, and asserted: a cell that loses
more or less than it says fails. This page is of a run in which none failed; `tools/interop --write`
makes it. What each format cannot say by itself is in [formats.md](formats.md), what older
receivers do in [readers.md](readers.md).

"""


def _rows(judged):
    """(receiver, form, temporality, verdict) to the encodings and compressions, in the order of the run."""
    compressions = {}
    for cell in judged:
        key = (cell.receiver, cell.form, cell.temporality, cells.verdict(cell))
        compressions.setdefault(key, {}).setdefault(cell.encoding, []).append(cell.compression)
    for key, by_encoding in compressions.items():
        encodings = {}
        for encoding, found in by_encoding.items():
            encodings.setdefault(tuple(found), []).append(encoding)
        for found, names in encodings.items():
            yield key, ", ".join(filter(None, names)), ", ".join(found)


def _table(receiver, judged):
    head = ["what is sent", "encoding or escaping", "compression", "outcome"]
    lines = [f"## {receiver}\n\n", f"| {' | '.join(head)} |\n", "|" + "---|" * len(head) + "\n"]
    for (_, form, temporality, outcome), encodings, compressions in _rows(judged):
        sent = f"{form}, {temporality}" if temporality else form
        lines.append(f"| {sent} | {encodings or '-'} | {compressions} | {outcome} |\n")
    return "".join(lines)


def page(judged, date, left_out):
    """The document of cells that have no faults; `left_out` has (name, reason) of what was not run."""
    text = _HEAD + f"Run on {date}, with {len(judged)} cells."
    if left_out:
        text += " Left out: " + "; ".join(f"{name} ({reason})" for name, reason in left_out) + "."
    receivers = {cell.receiver: None for cell in judged}
    tables = [_table(receiver, [cell for cell in judged if cell.receiver == receiver]) for receiver in receivers]
    return text + "\n\n" + "\n".join(tables)
