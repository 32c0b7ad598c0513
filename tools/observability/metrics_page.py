"""docs/metrics.md: every family, with its kind, unit, labels, meaning, and when it has no series."""

import collections

from observability import alerts, catalogue, dashboards, families, grafana, rules

PATH = "docs/metrics.md"
_HEAD = """# Metrics

<!-- written by tools/observability/generate.py; change tools/observability/catalogue.py -->

Every family of the agent and the clients. [observability.md](observability.md) says how to scrape, query and alert.

Names change only as [compatibility.md](compatibility.md) says. Durations are in seconds, sizes in bytes. Histograms of
durations have buckets from a microsecond to about 17 seconds, in powers of two; those of the page itself have 8 from a
millisecond on. *Is missing while* says when a family has no series: that is never the same as 0. *Shown by* names the
panels of [dashboards/](../dashboards), and the recordings and alerts of [rules/](../rules)."""


def _kind(family):
    texts = [family.kind + (f" of {family.unit}" if family.unit else "")]
    return ", ".join(texts + ["exemplars"] if family.exemplars else texts)


def _shown_by(declared):
    """Family -> text."""
    shown = collections.defaultdict(
        lambda: collections.defaultdict(dict)
    )  # by family and place; a dict keeps the order
    for dashboard in dashboards.ALL:
        place = dashboard.uid.removeprefix("streamhouse-")
        for panel in dashboard.panels():
            for query, _, _ in grafana.targets(panel):
                for name in families.used_in(query, declared)[0]:
                    shown[name][place][panel.title] = True
    for each in (*rules.RECORDINGS, *alerts.ALERTS):
        for name in families.used_in(each.expression, declared)[0]:
            shown[name]["rules"][f"`{each.name}`"] = True
    return {
        name: "; ".join(f"{place}: {', '.join(titles)}" for place, titles in places.items())
        for name, places in shown.items()
    }


def _table(group, declared, shown):
    yield "| family | kind | labels | meaning | is missing while | shown by |"
    yield "|---|---|---|---|---|---|"
    for name, row in group.rows.items():
        family = declared[name]
        cells = (f"`{name}`", _kind(family), ", ".join(family.labels), row.meaning, row.absent, shown.get(name, ""))
        yield f"| {' | '.join(cells)} |"


def text(declared):
    parts = [_HEAD]
    shown = _shown_by(declared)
    for group in catalogue.GROUPS:
        table = "\n".join(_table(group, declared, shown))
        parts += [part for part in (f"## {group.title}", group.before, table, group.after) if part]
    return "\n\n".join(parts) + "\n"


def problems(declared):
    """What keeps the page from being written."""
    rows = catalogue.all_rows()
    yield from (f"{name} has no row in tools/observability/catalogue.py" for name in declared if name not in rows)
    for name in rows:
        if name not in declared:
            yield f"{name} has a row in tools/observability/catalogue.py, and no program has it"
