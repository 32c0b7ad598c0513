"""The dashboards of producers, and of consumers and their lag."""

from observability.alerts import BEHIND_SECONDS_MAX
from observability.grafana import BAD, WARN, WINDOW, Dashboard, Panel, Query, Row
from observability.panels import counts_by, gauge, heatmap, mean_by, quantile_by, quantiles, rates, stat

_PRODUCER = "streamhouse_producer_"
_CONSUMER = "streamhouse_consumer_"
_SEND = f"{_PRODUCER}send_duration_seconds"
_FLUSH = f"{_PRODUCER}batch_flush_duration_seconds"
_SENT = f"{_PRODUCER}records_sent_total"
_POLL = f"{_CONSUMER}poll_duration_seconds"

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
                    "Accepted by Send(), without a result yet. It rises while the agent is slow or away.",
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

CONSUMER = Dashboard(
    "streamhouse-consumer",
    "Streamhouse: consumer and lag",
    "Programs that read, and how far their groups are behind.",
    f"{_CONSUMER}records_consumed_total",
    (("topic", f"{_CONSUMER}records_consumed_total"), ("group", f"{_CONSUMER}current_offset")),
    (
        Row(
            "Lag, as consumers tell it",
            (
                gauge(
                    "Records behind",
                    "Readable records that the group has not read. Missing, not 0, while no consumer measures it.",
                    f"sum by (topic, group) ({_CONSUMER}lag_records{{@group}})",
                    "{{topic}} {{group}}",
                ),
                gauge(
                    "Time behind",
                    "Age of the oldest record that the group has not read. StreamhouseConsumerBehind fires above "
                    "the line.",
                    f"max by (topic, group) ({_CONSUMER}lag_seconds{{@group}})",
                    "{{topic}} {{group}}",
                    "s",
                    thresholds=((BEHIND_SECONDS_MAX, BAD),),
                ),
                gauge(
                    "Records behind, by partition",
                    "The 20 largest. One high line alone is a hot key, or a slow member.",
                    f"topk(20, {_CONSUMER}lag_records{{@group}})",
                    "{{topic}}/{{partition}} {{group}}",
                ),
                gauge(
                    "Read and not committed",
                    "Records that a group would be given again if its consumer died now.",
                    f"sum by (topic, group) ({_CONSUMER}current_offset{{@group}} - "
                    f"{_CONSUMER}last_committed_offset{{@group}})",
                    "{{topic}} {{group}}",
                ),
                gauge(
                    "Written minus read",
                    "Records a second. Above 0 all groups of the topic together fall behind; several groups go below.",
                    f'sum by (topic) (rate(streamhouse_agent_records_written_total{{topic=~"$topic"}}[{WINDOW}]))'
                    f" - sum by (topic) (rate({_CONSUMER}records_consumed_total{{@topic}}[{WINDOW}]))",
                    "{{topic}}",
                    "cps",
                    minimum=None,
                ),
            ),
        ),
        Row(
            "Throughput",
            (
                rates("Records", "That Poll() has returned.", f"{_CONSUMER}records_consumed_total", "topic", "topic"),
                rates(
                    "Bytes",
                    "Keys, values and headers of these.",
                    f"{_CONSUMER}bytes_consumed_total",
                    "topic",
                    "topic",
                    unit="Bps",
                ),
                rates(
                    "Damaged records skipped",
                    "Offsets that were skipped, for consumers that are told to skip damage.",
                    f"{_CONSUMER}damaged_records_skipped_total",
                    "topic",
                    "topic",
                ),
            ),
        ),
        Row(
            "Poll",
            (
                heatmap("Poll()", "A call, waiting for records included.", _POLL, "", width=12, exemplars=False),
                counts_by(
                    "Polls", "A second. 0 is a program that hangs in its own code.", _POLL, "", "instance", width=12
                ),
            ),
        ),
    ),
)
