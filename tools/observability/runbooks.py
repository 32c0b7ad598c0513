"""The parts of docs/observability.md that are made from rules and alerts: recordings, and a runbook an alert."""

from observability import alerts, dashboards, rules

PATH = rules.RUNBOOKS


def _recordings():
    yield "| recording | is |"
    yield "|---|---|"
    yield from (f"| `{recording.name}` | {recording.meaning} |" for recording in rules.RECORDINGS)


def _runbook(alert):
    lasting = "at once" if alert.lasting == "0s" else f"after {alert.lasting}"
    yield f"### {alert.name}"
    yield ""
    yield f"{alert.meaning} Severity {alert.severity}, fires {lasting}:"
    yield ""
    yield f"    {alert.expression}"
    yield ""
    yield from (f"{number}. {step}" for number, step in enumerate(alert.steps, 1))


def _runbooks():
    for number, alert in enumerate(alerts.ALERTS):
        yield from [""] if number else []
        yield from _runbook(alert)


def _faults():
    yield "| dashboard | panel | shows something after |"
    yield "|---|---|---|"
    for dashboard in dashboards.ALL:
        for panel in dashboard.panels():
            if panel.fault:
                yield f"| {dashboard.title.removeprefix('Streamhouse: ')} | {panel.title} | {panel.fault} |"


def sections():
    """Name -> text of each part; the file has it between two marks with this name."""
    parts = {"recordings": _recordings(), "runbooks": _runbooks(), "panels that need a fault": _faults()}
    return {name: "\n".join(lines) for name, lines in parts.items()}


def marks(name):
    return f"<!-- {name}: written by tools/observability/generate.py -->", f"<!-- {name}: end -->"


def filled(text):
    """The document with its parts as they should be."""
    for name, part in sections().items():
        begin, end = marks(name)
        head, _, rest = text.partition(begin)
        if end not in rest:
            return text
        text = f"{head}{begin}\n{part}\n{end}{rest.partition(end)[2]}"
    return text


def problems(text):
    for name in sections():
        if any(mark not in text for mark in marks(name)):
            yield f"{PATH} has no marks for its part {name}"
