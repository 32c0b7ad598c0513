"""All dashboards."""

from observability import families, grafana
from observability.broker_dashboard import BROKER
from observability.consumer_dashboard import CONSUMER
from observability.process_dashboard import PROCESS
from observability.producer_dashboard import PRODUCER

ALL = (BROKER, PRODUCER, CONSUMER, PROCESS)


def files():
    return {dashboard.path: grafana.as_json(dashboard) for dashboard in ALL}


def problems(declared):
    """Queries that ask for what no program has."""
    for dashboard in ALL:
        asked = list(grafana.variables(dashboard))
        asked += [(panel.title, query) for panel in dashboard.panels() for query, _, _ in grafana.targets(panel)]
        for title, expression in asked:
            for unknown in sorted(families.used_in(expression, declared)[1]):
                yield f"{dashboard.title}, {title}: asks for {unknown}, which no program has"
