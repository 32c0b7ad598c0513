"""rules/*.yml for Prometheus: recordings, which dashboards and alerts use, and alerts."""

import dataclasses

from observability import alerts, families, histograms

RECORDINGS_PATH = "rules/streamhouse_recordings.yml"
ALERTS_PATH = "rules/streamhouse_alerts.yml"
RUNBOOKS = "docs/observability.md"
_WRITTEN = "# Written by tools/observability/generate.py. {} has what it is made from.\n"


@dataclasses.dataclass(frozen=True)
class Recording:
    name: str
    expression: str
    meaning: str


def _rate(by, metric):
    return f"sum by ({by}) (rate({metric}[5m]))"


def _p99(by, metric):
    return histograms.quantile(0.99, metric, "", "5m", by)


RECORDINGS = (
    Recording("topic:streamhouse_producer_records_sent:rate5m",
              _rate("topic", "streamhouse_producer_records_sent_total"),
              "records a second that producers have acknowledged"),
    Recording("topic:streamhouse_agent_records_written:rate5m",
              _rate("topic", "streamhouse_agent_records_written_total"),
              "records a second that agents append"),
    Recording("topic:streamhouse_consumer_records_consumed:rate5m",
              _rate("topic", "streamhouse_consumer_records_consumed_total"),
              "records a second that consumers read, all groups together"),
    Recording("topic_group:streamhouse_agent_group_lag_records:sum",
              "sum by (topic, group) (streamhouse_agent_group_lag_records)",
              "records that a group has before it in a topic"),
    Recording("topic_group:streamhouse_agent_group_lag_seconds:max",
              "max by (topic, group) (streamhouse_agent_group_lag_seconds)",
              "how late a group is in a topic"),
    Recording("instance:streamhouse_agent_write_latency_seconds:p99_5m",
              _p99(("job", "instance"), "streamhouse_agent_write_latency_seconds"),
              "99 % of the batches are appended faster"),
    Recording("instance_method:streamhouse_agent_grpc_request_duration_seconds:p99_5m",
              _p99(("job", "instance", "method"), "streamhouse_agent_grpc_request_duration_seconds"),
              "99 % of the calls are answered faster"),
    Recording("topic:streamhouse_producer_send_duration_seconds:p99_5m",
              _p99(("topic",), "streamhouse_producer_send_duration_seconds"),
              "99 % of the records are acknowledged faster"),
)  # fmt: skip


def runbook_anchor(alert):
    return alert.name.lower()


def _quoted(text):
    return "'" + text.replace("'", "''") + "'"


def recordings_text():
    lines = [
        _WRITTEN.format("tools/observability/rules.py"),
        "groups:",
        "  - name: streamhouse_recordings",
        "    rules:",
    ]
    for recording in RECORDINGS:
        lines += [
            f"      # {recording.meaning}",
            f"      - record: {recording.name}",
            f"        expr: {_quoted(recording.expression)}",
        ]
    return "\n".join(lines) + "\n"


def alerts_text():
    lines = [_WRITTEN.format("tools/observability/alerts.py"), "groups:", "  - name: streamhouse_alerts", "    rules:"]
    for alert in alerts.ALERTS:
        lines += [
            f"      - alert: {alert.name}",
            f"        expr: {_quoted(alert.expression)}",
            f"        for: {alert.lasting}",
            "        labels:",
            f"          severity: {alert.severity}",
            "        annotations:",
            f"          summary: {_quoted(alert.summary)}",
            f"          description: {_quoted(alert.meaning)}",
            f"          runbook: {_quoted(RUNBOOKS + '#' + runbook_anchor(alert))}",
        ]
    return "\n".join(lines) + "\n"


def problems(declared):
    """Queries that ask for what no program has."""
    made = [(recording.name, recording.expression) for recording in RECORDINGS]
    for name, expression in made + [(alert.name, alert.expression) for alert in alerts.ALERTS]:
        for unknown in sorted(families.used_in(expression, declared)[1]):
            yield f"{name} asks for {unknown}, which no program has"
