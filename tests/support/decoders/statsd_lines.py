"""Reads datagrams of StatsD, plain and DogStatsD. The labels of plain lines stand in the name."""

from decoders import page_model


def read_statsd(*datagrams):
    """Counts add up; a gauge of a second line replaces the first, or adds where it begins with a sign.

    The type of a line is none of a family, and is left out. The container of DogStatsD is the label `container.id`.
    """
    page = page_model.Page()
    for line in "\n".join(datagram.decode() for datagram in datagrams).splitlines():
        name, _, said = line.partition(":")
        value, kind, *more = said.split("|")
        tags = [tag.partition(":")[::2] for part in more if part.startswith("#") for tag in part[1:].split(",")]
        tags += [("container.id", part[2:]) for part in more if part.startswith("c:")]
        family_type = "histogram" if any(tag == "le" for tag, _ in tags) else "summary"
        labels = page_model.with_plain_numbers(page_model.labels_of(tags), family_type)
        if kind not in ("c", "g"):
            raise ValueError(f"of type {kind}: {line!r}")
        is_change = kind == "c" or value[0] in "+-"
        before = page.series.get((name, labels), 0.0) if is_change else 0.0
        page.series[name, labels] = before + float(value)
        for seconds in (part[1:] for part in more if part.startswith("T")):
            page.times[name, labels] = int(seconds) * 1000
    return page
