"""docs/metrics.md: every family, with its kind, unit, labels, meaning, and when it has no series."""

from observability import catalogue

PATH = "docs/metrics.md"
_HEAD = """# Metrics

<!-- written by tools/observability/generate.py; change tools/observability/catalogue.py -->

Every family of the agent and the clients. [observability.md](observability.md) says how to scrape, query and alert.

Names change only as [compatibility.md](compatibility.md) says. Durations are in seconds, sizes in bytes. Histograms of
durations have buckets from a microsecond to about 17 seconds, in powers of two; those of the page itself have 8 from a
millisecond on. *Is missing* says when a family has no series: that is never the same as 0."""


def _kind(family):
    texts = [family.kind + (f" of {family.unit}" if family.unit else "")]
    return ", ".join(texts + ["exemplars"] if family.exemplars else texts)


def _table(group, declared):
    yield "| family | kind | labels | meaning | is missing while |"
    yield "|---|---|---|---|---|"
    for name, row in group.rows.items():
        family = declared[name]
        yield f"| `{name}` | {_kind(family)} | {', '.join(family.labels)} | {row.meaning} | {row.absent} |"


def text(declared):
    parts = [_HEAD]
    for group in catalogue.GROUPS:
        table = "\n".join(_table(group, declared))
        parts += [part for part in (f"## {group.title}", group.before, table, group.after) if part]
    return "\n\n".join(parts) + "\n"


def problems(declared):
    """What keeps the page from being written."""
    rows = catalogue.all_rows()
    yield from (f"{name} has no row in tools/observability/catalogue.py" for name in declared if name not in rows)
    for name in rows:
        if name not in declared:
            yield f"{name} has a row in tools/observability/catalogue.py, and no program has it"
