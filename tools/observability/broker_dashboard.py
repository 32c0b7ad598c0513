"""The dashboard of agents: records, calls, latency, leases, and what they refuse."""

from observability.alerts import REFRESH_SECONDS_MAX, WRITE_SECONDS_MAX
from observability.grafana import BAD, WARN, WINDOW, Dashboard, Panel, Query, Row
from observability.panels import gauge, heatmap, mean_by, quantile_by, quantiles, rates, stat, total_rate

_AGENT = "streamhouse_agent_"
_WRITES = f"{_AGENT}write_latency_seconds"
_CALLS = f"{_AGENT}grpc_request_duration_seconds"

_NOW = Row(
    "Now",
    (
        stat("Agents", "Agents whose page was scraped.", f"count({_AGENT}active_partitions{{@}})"),
        stat(
            "Partitions held",
            "Partitions whose lease an agent holds. 0 is an agent that is not ready.",
            f"sum({_AGENT}active_partitions{{@}})",
        ),
        stat(
            "Records written",
            "Records a second.",
            f"sum(rate({_AGENT}records_written_total{{@topic}}[{WINDOW}]))",
            "cps",
        ),
        stat("Connections", "Open gRPC connections.", f"sum({_AGENT}active_connections{{@}})"),
        stat(
            "Refused in an hour",
            "Records that were neither written nor in the log already.",
            f"sum(increase({_AGENT}records_refused_total{{@topic}}[1h])) or vector(0)",
            thresholds=((1, WARN),),
        ),
        stat(
            "Damaged records",
            "Records that readers could not read since the agents started.",
            f"sum({_AGENT}records_damaged_total{{@topic}}) or vector(0)",
            thresholds=((1, BAD),),
        ),
    ),
)

_RECORDS = Row(
    "Records",
    (
        rates("Received", "Records of Produce requests.", f"{_AGENT}records_received_total", "topic", "topic"),
        rates("Written", "Records appended to a log.", f"{_AGENT}records_written_total", "topic", "topic"),
        rates(
            "Refused",
            "Records that were received and neither written nor in the log already. docs/metrics.md explains the "
            "reasons.",
            f"{_AGENT}records_refused_total",
            "topic",
            "topic, reason",
            fault="a record was refused",
        ),
        gauge(
            "Records in the logs",
            "Found at the start, and written, without records that retention removed.",
            f"sum by (topic) ({_AGENT}records_found{{@topic}}) + sum by (topic) "
            f"({_AGENT}records_written_total{{@topic}})"
            f" - sum by (topic) ({_AGENT}records_removed_total{{@topic}})",
            "{{topic}}",
        ),
        rates("Removed", "By retention.", f"{_AGENT}records_removed_total", "topic", "topic, reason"),
        rates(
            "Retried",
            "Retried batches that were in the log already.",
            f"{_AGENT}records_duplicate_total",
            "topic",
            "topic",
        ),
    ),
)

_LATENCY = Row(
    "Latency",
    (
        heatmap(
            "Append to the log",
            "One batch, syncs by policy included, the network not. Dots are traces: exemplars.",
            _WRITES,
            "",
            width=12,
        ),
        quantiles(
            "Append to the log: quantiles",
            "StreamhouseWritesSlow fires above the line.",
            _WRITES,
            "",
            width=12,
            thresholds=((WRITE_SECONDS_MAX, BAD),),
        ),
        quantile_by(
            "Calls: p99 by method",
            "From the arrival of a call to its response. A Fetch waits for records: its time is no service time.",
            0.99,
            _CALLS,
            "",
            "method",
            width=12,
        ),
        mean_by(
            "Calls: mean by method", "As beside it. NaN while no call arrives.", _CALLS, "", "method", "s", width=12
        ),
    ),
)

_SERVICE = Row(
    "Calls",
    (
        rates("Calls by method", "All outcomes.", f"{_AGENT}grpc_requests_total", "", "method", "reqps"),
        gauge(
            "Failed calls by code",
            "gRPC's codes. CANCELLED of a Fetch is a consumer that went away while it waited.",
            total_rate(f"{_AGENT}grpc_requests_total", "", "method, code", 'code!="OK"') + " > 0",
            "{{method}} {{code}}",
            "reqps",
            fault="a call has failed",
        ),
        gauge(
            "Connections",
            "Open gRPC connections.",
            f"sum by (instance) ({_AGENT}active_connections{{@}})",
            "{{instance}}",
        ),
    ),
)

_LEASES = Row(
    "Leases and safety",
    (
        gauge(
            "Partitions held",
            "A fall is a lease that was lost or given up, or a topic that was deleted.",
            f"sum by (instance) ({_AGENT}active_partitions{{@}})",
            "{{instance}}",
        ),
        rates(
            "Lease renewals",
            "Attempts to take or renew a lease, one a partition and round of 10 s.",
            f"{_AGENT}lease_renewals_total",
            "",
            "instance",
        ),
        gauge(
            "Committed offsets lowered",
            "Offsets beyond the end of their log when it was opened: records were lost.",
            f"sum by (instance) ({_AGENT}committed_offsets_lowered_total{{@}})",
            "{{instance}}",
            thresholds=((1, BAD),),
        ),
        rates(
            "Damaged records met",
            "Each counts once.",
            f"{_AGENT}records_damaged_total",
            "topic",
            "topic",
            fault="a reader has met damage",
        ),
        gauge(
            "TLS files read again",
            "Refused: the old files stay in use.",
            f"sum by (instance, outcome) ({_AGENT}tls_reloads_total{{@}})",
            "{{instance}} {{outcome}}",
        ),
    ),
)

_LOGS = Row(
    "Logs",
    (
        gauge(
            "Bytes on the disk",
            "Segment files, by topic.",
            f"sum by (topic) ({_AGENT}partition_log_bytes{{@topic}})",
            "{{topic}}",
            "bytes",
        ),
        gauge(
            "Records by partition",
            "The 20 largest: offsets from the start of the log to its end. One high line is a hot key.",
            f"topk(20, {_AGENT}partition_log_end_offset{{@topic}} - {_AGENT}partition_log_start_offset{{@topic}})",
            "{{topic}}/{{partition}}",
        ),
        gauge("Segment files", "By topic.", f"sum by (topic) ({_AGENT}partition_log_segments{{@topic}})", "{{topic}}"),
        gauge(
            "Changes of holder",
            "Of leases within the hour. Each start of an agent is one for each of its partitions.",
            f"sum by (topic) (changes({_AGENT}partition_leader_epoch{{@topic}}[1h]))",
            "{{topic}}",
        ),
    ),
)

_REFRESH = Row(
    "Refresh of the lag",
    (
        quantiles("Duration", "One refresh, every 10 s.", f"{_AGENT}lag_refresh_duration_seconds", "", exemplars=False),
        gauge(
            "Age",
            "No lag is older. StreamhouseLagUnknown fires above the line.",
            f"max by (instance) ({_AGENT}lag_refresh_age_seconds{{@}})",
            "{{instance}}",
            "s",
            thresholds=((REFRESH_SECONDS_MAX, BAD),),
        ),
        rates(
            "Outcomes",
            "Failed: the metadata store was out of reach, and no lag is shown.",
            f"{_AGENT}lag_refreshes_total",
            "",
            "outcome",
        ),
        Panel(
            "Left out",
            "Partitions of groups, and groups, beyond 10,000: they have no series of their own.",
            "short",
            (
                Query(f"sum by (instance) ({_AGENT}lag_series_left_out{{@}})", "partitions {{instance}}"),
                Query(f"sum by (instance) ({_AGENT}lag_groups_left_out{{@}})", "groups {{instance}}"),
            ),
            thresholds=((1, WARN),),
        ),
    ),
)

BROKER = Dashboard(
    "streamhouse-broker",
    "Streamhouse: broker",
    "Agents: what arrives, what is written, how long it takes, and who holds which lease.",
    f"{_AGENT}active_partitions",
    (("topic", f"{_AGENT}records_received_total"),),
    (_NOW, _RECORDS, _LATENCY, _SERVICE, _LEASES, _LOGS, _REFRESH),
)
