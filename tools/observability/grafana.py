"""Dashboards as Grafana reads them: panels, variables and their JSON.

In the queries of a dashboard, `{@}` stands for the variables job and instance, `{@topic}` for these and topic,
`{@group}` for these, topic and group; `{@topic,reason="full"}` adds a matcher.
"""

import dataclasses
import json
import re

SCHEMA_VERSION = 42  # what @grafana/schema 13.2 has
WINDOW = "$__rate_interval"
COLUMNS = 24
_MATCHERS = {
    "": ("job", "instance"),
    "topic": ("job", "instance", "topic"),
    "group": ("job", "instance", "topic", "group"),
}
_SELECTOR = re.compile(r"{@(\w*)(?:,([^}]*))?}")
_DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
OK, WARN, BAD = "green", "orange", "red"


@dataclasses.dataclass(frozen=True)
class Query:
    expression: str
    legend: str = ""
    exemplars: bool = False
    native: str = ""  # of a heat map: the same for native histograms


@dataclasses.dataclass(frozen=True)
class Panel:
    title: str
    meaning: str
    unit: str
    queries: tuple
    kind: str = "timeseries"  # or stat, heatmap
    width: int = 8
    thresholds: tuple = ()  # ((value, color), ...), upwards
    base: str = OK  # the color below all thresholds
    fault: str = ""  # what must have gone wrong before it shows anything; empty where it always does
    minimum: float = 0  # of the axis; None where values may be negative


@dataclasses.dataclass(frozen=True)
class Row:
    title: str
    panels: tuple


@dataclasses.dataclass(frozen=True)
class Dashboard:
    uid: str
    title: str
    meaning: str
    family: str  # whose jobs and instances it shows
    variables: tuple  # ((name, the family whose label it is, with {} for those of all jobs), ...)
    rows: tuple

    @property
    def path(self):
        return f"dashboards/{self.uid}.json"

    def panels(self):
        return [panel for row in self.rows for panel in row.panels]


def expand(expression):
    """The query as Grafana has it, with its variables."""

    def matchers(found):
        named = [f'{label}=~"${label}"' for label in _MATCHERS[found[1]]]
        return "{" + ",".join(named + ([found[2]] if found[2] else [])) + "}"

    return _SELECTOR.sub(matchers, expression)


def _variable(name, expression):
    return {
        "name": name,
        "label": name,
        "type": "query",
        "datasource": _DATASOURCE,
        "query": {"query": expression, "qryType": 1, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
        "regex": "",
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": ["All"], "value": ["$__all"]},
        "options": [],
        "hide": 0,
        "skipUrlSync": False,
    }


def variables(dashboard):
    """(name, query) of each variable, from the outermost on."""
    made = [
        ("job", f"label_values({dashboard.family}, job)"),
        ("instance", f'label_values({dashboard.family}{{job=~"$job"}}, instance)'),
    ]
    within = '{job=~"$job",instance=~"$instance"}'
    for name, family in dashboard.variables:
        made.append((name, f"label_values({family if family.endswith('}') else family + within}, {name})"))
    return made


def _templating(dashboard):
    source = {
        "name": "datasource",
        "label": "data source",
        "type": "datasource",
        "query": "prometheus",
        "regex": "",
        "refresh": 1,
        "multi": False,
        "includeAll": False,
        "options": [],
        "hide": 0,
        "skipUrlSync": False,
    }
    return {"list": [source] + [_variable(name, expression) for name, expression in variables(dashboard)]}


def targets(panel):
    """(expression, legend, exemplars) of each query; a heat map asks for classic and native histograms one by one."""
    for query in panel.queries:
        yield expand(query.expression), query.legend, query.exemplars
        if panel.kind == "heatmap":
            yield expand(query.native), "", query.exemplars


def _target(panel, number, target):
    expression, legend, exemplars = target
    return {
        "refId": chr(ord("A") + number),
        "datasource": _DATASOURCE,
        "editorMode": "code",
        "expr": expression,
        "legendFormat": legend or ("{{le}}" if panel.kind == "heatmap" else "__auto"),
        "format": "heatmap" if panel.kind == "heatmap" else "time_series",
        "range": True,
        "instant": False,
        "exemplar": exemplars,
    }


def _thresholds(panel):
    steps = [{"color": panel.base, "value": None}]
    steps += [{"color": color, "value": value} for value, color in panel.thresholds]
    return {"mode": "absolute", "steps": steps}


def _defaults(panel):
    defaults = {"unit": panel.unit, "thresholds": _thresholds(panel), "mappings": []}
    if panel.kind == "heatmap":
        return {**defaults, "custom": {"scaleDistribution": {"type": "linear"}}}
    if panel.minimum is not None:
        defaults["min"] = panel.minimum
    if panel.kind == "stat":
        return {**defaults, "color": {"mode": "thresholds"}}
    custom = {
        "drawStyle": "line",
        "lineWidth": 1,
        "fillOpacity": 8,
        "showPoints": "auto",
        "spanNulls": False,  # a gap is a gap: a value that is missing is not the last one
        "thresholdsStyle": {"mode": "line" if panel.thresholds else "off"},
    }
    return {**defaults, "color": {"mode": "palette-classic"}, "custom": custom}


def _options(panel):
    if panel.kind == "stat":
        calculation = {"calcs": ["lastNotNull"], "fields": "", "values": False}
        return {
            "reduceOptions": calculation,
            "colorMode": "background" if panel.thresholds else "value",
            "graphMode": "area",
            "justifyMode": "auto",
            "orientation": "auto",
            "textMode": "auto",
            "wideLayout": True,
        }
    if panel.kind == "heatmap":
        colors = {
            "mode": "scheme",
            "scheme": "Oranges",
            "fill": "dark-orange",
            "exponent": 0.5,
            "steps": 64,
            "reverse": False,
        }
        return {
            "calculate": False,
            "cellGap": 1,
            "color": colors,
            "exemplars": {"color": "rgba(255,0,255,0.7)"},
            "filterValues": {"le": 1e-9},
            "legend": {"show": True},
            "rowsFrame": {"layout": "auto"},
            "showValue": "never",
            "tooltip": {"mode": "single", "yHistogram": True},
            "yAxis": {"axisPlacement": "left", "unit": panel.unit},
        }
    return {
        "legend": {"displayMode": "table", "placement": "bottom", "showLegend": True, "calcs": ["lastNotNull", "max"]},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }


def _panel(panel, number, place):
    description = panel.meaning + (f" Empty until {panel.fault}." if panel.fault else "")
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": description,
        "gridPos": place,
        "datasource": _DATASOURCE,
        "targets": [_target(panel, i, target) for i, target in enumerate(targets(panel))],
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": _options(panel),
        "transparent": False,
    }


def _row(title, number, top):
    place = {"x": 0, "y": top, "w": COLUMNS, "h": 1}
    return {"id": number, "type": "row", "title": title, "collapsed": False, "gridPos": place, "panels": []}


def _laid_out(dashboard):
    """The panels in rows of 24 columns, each row of panels as high as its highest."""
    made, top = [], 0
    for row in dashboard.rows:
        made.append(_row(row.title, len(made) + 1, top))
        top += 1
        left = high = 0
        for panel in row.panels:
            height = 4 if panel.kind == "stat" else 8
            if left + panel.width > COLUMNS:
                left, top, high = 0, top + high, 0
            place = {"x": left, "y": top, "w": panel.width, "h": height}
            made.append(_panel(panel, len(made) + 1, place))
            left, high = left + panel.width, max(high, height)
        top += high
    return made


RESTARTS = "process_start_time_seconds{@} * 1000"


def _annotations():
    restarts = {
        "name": "Starts",
        "enable": True,
        "hide": False,
        "iconColor": "blue",
        "datasource": _DATASOURCE,
        "expr": expand(RESTARTS),
        "titleFormat": "{{instance}} started",
        "useValueForTime": "on",
    }
    return {"list": [restarts]}


def as_json(dashboard):
    content = {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "description": dashboard.meaning,
        "tags": ["streamhouse"],
        "schemaVersion": SCHEMA_VERSION,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "timezone": "browser",
        "links": [
            {
                "type": "dashboards",
                "title": "streamhouse",
                "tags": ["streamhouse"],
                "asDropdown": True,
                "includeVars": True,
                "keepTime": True,
                "targetBlank": False,
                "icon": "external link",
                "tooltip": "",
                "url": "",
            }
        ],
        "templating": _templating(dashboard),
        "annotations": _annotations(),
        "panels": _laid_out(dashboard),
    }
    return json.dumps(content, indent=2) + "\n"
