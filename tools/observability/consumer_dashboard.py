"""The dashboard of consumers and of the lag of their groups: as agents tell it, and as consumers do."""

from observability.alerts import BEHIND_SECONDS_MAX, RETENTION_SECONDS_MIN
from observability.grafana import BAD, OK, WARN, WINDOW, Dashboard, Panel, Query, Row
from observability.panels import counts_by, gauge, heatmap, rates, stat

_CONSUMER = "streamhouse_consumer_"
_GROUP = "streamhouse_agent_group_"
_POLL = f"{_CONSUMER}poll_duration_seconds"
# Agents are in other jobs than consumers, so that job and instance do not choose among them.
_OF_TOPICS = '{topic=~"$topic",group=~"$group"}'
_OF_GROUPS = '{group=~"$group"}'
_CLOSED_SEGMENT = "a group is behind in a topic with retention by age, in a segment that takes no more records"

_NOW = Row(
    "Groups, as agents tell it: also without a living consumer, at most one refresh old",
    (
        stat("Groups", "That have committed.", f"count({_GROUP}partitions{_OF_GROUPS})"),
        stat("Members", "Heard of within their session timeout.", f"sum({_GROUP}members{_OF_GROUPS})"),
        stat("Records behind", "Of all chosen groups.", f"sum({_GROUP}lag_sum_records{_OF_GROUPS})"),
        stat("Bytes behind", "Of all chosen groups.", f"sum({_GROUP}lag_sum_bytes{_OF_GROUPS})", "bytes"),
        stat(
            "Time behind",
            "Of the group that is most late.",
            f"max({_GROUP}lag_max_seconds{_OF_GROUPS})",
            "s",
            thresholds=((BEHIND_SECONDS_MAX, BAD),),
        ),
        stat(
            "Lag unknown",
            "Partitions of groups whose lag the agent cannot tell: the sums are without them.",
            f"sum({_GROUP}partitions_unknown{_OF_GROUPS})",
            thresholds=((1, WARN),),
        ),
    ),
)

_LAG = Row(
    "Lag, as agents tell it",
    (
        gauge(
            "Records behind",
            "That the group can still be given. Missing, not 0, where it is not known.",
            f"sum by (topic, group) ({_GROUP}lag_records{_OF_TOPICS})",
            "{{topic}} {{group}}",
        ),
        gauge(
            "Time behind",
            "Age of the first record before the group. StreamhouseConsumerBehind fires above the line.",
            f"max by (topic, group) ({_GROUP}lag_seconds{_OF_TOPICS})",
            "{{topic}} {{group}}",
            "s",
            thresholds=((BEHIND_SECONDS_MAX, BAD),),
        ),
        gauge(
            "Bytes behind",
            "Keys, values and headers.",
            f"sum by (topic, group) ({_GROUP}lag_bytes{_OF_TOPICS})",
            "{{topic}} {{group}}",
            "bytes",
        ),
        gauge(
            "Records behind, by partition",
            "The 20 largest. One high line alone is a hot key, or a slow member.",
            f"topk(20, {_GROUP}lag_records{_OF_TOPICS})",
            "{{topic}}/{{partition}} {{group}}",
        ),
        gauge(
            "Worst partition: records",
            "Of each group, over all its topics.",
            f"{_GROUP}lag_max_records{_OF_GROUPS}",
            "{{group}}",
        ),
        gauge(
            "Worst partition: bytes",
            "Of each group, over all its topics.",
            f"{_GROUP}lag_max_bytes{_OF_GROUPS}",
            "{{group}}",
            "bytes",
        ),
        Panel(
            "Until retention removes unread records",
            "Below 0 the loss is due. StreamhouseRetentionNear fires below the line.",
            "s",
            (
                Query(f"min by (topic, group) ({_GROUP}retention_margin_seconds{_OF_TOPICS})", "{{topic}} {{group}}"),
                Query(f"{_GROUP}retention_margin_min_seconds{_OF_GROUPS}", "{{group}}"),
            ),
            thresholds=((RETENTION_SECONDS_MIN, OK),),
            base=BAD,
            minimum=None,
            fault=_CLOSED_SEGMENT,
        ),
        gauge(
            "Committed records",
            "A second. 0 with a lag is a group that is stuck.",
            f"sum by (topic, group) (deriv({_GROUP}committed_offset{_OF_TOPICS}[{WINDOW}]))",
            "{{topic}} {{group}}",
            "cps",
            minimum=None,
        ),
        gauge(
            "Written minus committed",
            "Records a second. Above 0 the group falls behind.",
            f"sum by (topic, group) (deriv({_GROUP}lag_records{_OF_TOPICS}[{WINDOW}]))",
            "{{topic}} {{group}}",
            "cps",
            minimum=None,
        ),
        gauge(
            "Members",
            "Of each group.",
            f"sum by (group) ({_GROUP}members{_OF_GROUPS})",
            "{{group}}",
        ),
        gauge(
            "Since the last request",
            "Seconds since any member of the group was heard of. A group that is dead has a line that rises.",
            f"time() - max by (group) ({_GROUP}last_request_timestamp_seconds{_OF_GROUPS})",
            "{{group}}",
            "s",
        ),
        gauge(
            "Since the last commit",
            "Seconds. Of a group that is idle it rises, while it asks and has no lag.",
            f"time() - max by (group) ({_GROUP}last_commit_timestamp_seconds{_OF_GROUPS})",
            "{{group}}",
            "s",
        ),
        gauge(
            "Groups by state",
            "awaited: after the agent's start, until members are heard of. changing: an operator moves the group.",
            f"sum by ({_GROUP}state) ({_GROUP}state{_OF_GROUPS})",
            f"{{{{{_GROUP}state}}}}",
        ),
    ),
)

_OWN_LAG = Row(
    "Lag, as consumers tell it: while they live, refreshed every 30 s",
    (
        gauge(
            "Records behind",
            "Of what Poll() has returned, committed or not.",
            f"sum by (topic, group) ({_CONSUMER}lag_records{{@group}})",
            "{{topic}} {{group}}",
        ),
        gauge(
            "Time behind",
            "Age of the oldest record that Poll() has not returned.",
            f"max by (topic, group) ({_CONSUMER}lag_seconds{{@group}})",
            "{{topic}} {{group}}",
            "s",
            thresholds=((BEHIND_SECONDS_MAX, BAD),),
        ),
        gauge(
            "Read and not committed",
            "Records that a group would be given again if its consumer died now.",
            f"sum by (topic, group) ({_CONSUMER}current_offset{{@group}} - {_CONSUMER}last_committed_offset{{@group}})",
            "{{topic}} {{group}}",
        ),
    ),
)

_THROUGHPUT = Row(
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
)

_POLLS = Row(
    "Poll",
    (
        heatmap("Poll()", "A call, waiting for records included.", _POLL, "", width=12, exemplars=False),
        counts_by("Polls", "A second. 0 is a program that hangs in its own code.", _POLL, "", "instance", width=12),
    ),
)

CONSUMER = Dashboard(
    "streamhouse-consumer",
    "Streamhouse: consumer and lag",
    "How far groups are behind, and the programs that read. Job and instance choose among these programs.",
    f"{_CONSUMER}records_consumed_total",
    (("topic", "streamhouse_agent_records_received_total{}"), ("group", f"{_GROUP}partitions{{}}")),
    (_NOW, _LAG, _OWN_LAG, _THROUGHPUT, _POLLS),
)
