"""The dashboard of producers."""

from observability.grafana import BAD, WARN, WINDOW, Dashboard, Panel, Query, Row
from observability.panels import gauge, heatmap, mean_by, quantile_by, quantiles, rates, stat

_PRODUCER = "streamhouse_producer_"
_SEND = f"{_PRODUCER}send_duration_seconds"
_FLUSH = f"{_PRODUCER}batch_flush_duration_seconds"
_SENT = f"{_PRODUCER}records_sent_total"

PRODUCER = Dashboard(
    "streamhouse-producer",
    "Streamhouse: producer",
    "Programs that send: how much, how long a record takes to be acknowledged, and what fails.",
    _SENT,
    (("topic", _SENT),),
    (
        Row(
            "Throughput",
            (
                rates("Records", "That the agent has acknowledged.", _SENT, "topic", "topic"),
                rates(
                    "Bytes",
                    "Keys, values and headers of these.",
                    f"{_PRODUCER}bytes_sent_total",
                    "topic",
                    "topic",
                    unit="Bps",
                ),
                gauge(
                    "Pending",
                    "Accepted by Send(), without a result yet. It rises while the agent is slow or unreachable.",
                    f"sum by (topic, instance) ({_PRODUCER}pending_records{{@topic}})",
                    "{{topic}} {{instance}}",
                ),
            ),
        ),
        Row(
            "Errors",
            (
                Panel(
                    "Failed records by reason",
                    "Records that Send() has given up on. docs/metrics.md explains the reasons.",
                    "cps",
                    (
                        Query(
                            f"sum by (topic, reason) (rate({_PRODUCER}send_errors_total{{@topic}}[{WINDOW}])) > 0",
                            "{{topic}} {{reason}}",
                        ),
                    ),
                    width=16,
                    fault="a record has failed",
                ),
                stat(
                    "Failed in an hour",
                    "Records that Send() has given up on.",
                    f"sum(increase({_PRODUCER}send_errors_total{{@topic}}[1h]))",
                    thresholds=((1, BAD),),
                ),
                stat(
                    "Share that fails",
                    "Of all records that have ended within the window of the dashboard's step.",
                    f"sum(rate({_PRODUCER}send_errors_total{{@topic}}[{WINDOW}]))"
                    f" / (sum(rate({_PRODUCER}send_errors_total{{@topic}}[{WINDOW}])) + "
                    f"sum(rate({_SENT}{{@topic}}[{WINDOW}])))",
                    "percentunit",
                    thresholds=((0.001, WARN), (0.01, BAD)),
                ),
            ),
        ),
        Row(
            "Latency",
            (
                heatmap("Send to acknowledgement", "A record. Dots are traces: exemplars.", _SEND, "topic", width=12),
                quantiles(
                    "Send to acknowledgement: quantiles",
                    "A record, linger and retries included.",
                    _SEND,
                    "topic",
                    width=12,
                ),
                quantile_by(
                    "Send: p99 by topic", "99 % of the records are faster.", 0.99, _SEND, "topic", "topic", width=12
                ),
                quantiles(
                    "Batch: quantiles",
                    "From the first attempt to the acknowledgement, retries included.",
                    _FLUSH,
                    "topic",
                    width=12,
                ),
            ),
        ),
        Row(
            "Batches",
            (
                mean_by("Records of a batch", "Mean.", f"{_PRODUCER}batch_size_records", "topic", "topic", "short"),
                mean_by(
                    "Bytes of a batch",
                    "Mean, before compression.",
                    f"{_PRODUCER}batch_size_bytes",
                    "topic",
                    "topic",
                    "bytes",
                ),
                gauge(
                    "Bytes of a record",
                    "Mean of keys, values and headers.",
                    f"sum by (topic) (rate({_PRODUCER}bytes_sent_total{{@topic}}[{WINDOW}]))"
                    f" / sum by (topic) (rate({_SENT}{{@topic}}[{WINDOW}]))",
                    "{{topic}}",
                    "bytes",
                ),
            ),
        ),
    ),
)
