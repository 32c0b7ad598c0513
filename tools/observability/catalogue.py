"""What people need to know of each family beyond its help: its meaning, and when it has no series. In groups.

A family without a row here, and a row without a family, are errors of tools/tidy.py.
"""

import dataclasses

NEVER = "never"
_TOPIC = "the topic does not exist"
_LOG = "the topic does not exist, its log cannot be opened, or another agent has the lease"
_COMMIT = "the group has no commit there, or the metadata cannot be read"
_GROUP = "the group has neither commits nor members, or the metadata cannot be read"
_SUM = "a part is unknown, or the group has no commit"
_MAX = "no part is known"
_PRODUCER = "no record was sent to the topic yet"
_CONSUMER = "no consumer in the process reads the topic"
_FIRST = "nothing was counted yet"
_NO_PUSH = "there is no `--exporter` that writes or sends"
_NO_RECEIVER = "no receiver has taken anything yet"
_SCRAPE = "no page was sent in that format yet"
_UNREADABLE = "the kernel does not tell"


@dataclasses.dataclass(frozen=True)
class Row:
    meaning: str
    absent: str = NEVER


@dataclasses.dataclass(frozen=True)
class Group:
    title: str
    before: str  # text above the table
    rows: dict  # name -> Row
    after: str = ""  # text below it


_AGENT_RECORDS = Group(
    "Agent: records",
    """What becomes of each record that producers send. For each topic, whenever no request is under way:

- received = written + duplicate + refused
- records that the logs hold = found + written - removed

The series of a topic begin at 0 when the agent opens the topic, and end when it is deleted. All topics that do not
exist share the label value `(unknown)`. Beyond 10,000 topics, further ones share the series `_overflow`.""",
    {
        "streamhouse_agent_records_received_total": Row("records of Produce requests", _TOPIC),
        "streamhouse_agent_records_written_total": Row("records appended to a log", _TOPIC),
        "streamhouse_agent_records_duplicate_total": Row(
            "records of a retried batch that was in the log already", _TOPIC
        ),
        "streamhouse_agent_records_refused_total": Row(
            "received records that are neither written nor duplicate; reasons below",
            "no record of the topic was refused for that reason yet",
        ),
        "streamhouse_agent_records_removed_total": Row("records removed by `retention`", _TOPIC),
        "streamhouse_agent_records_found": Row("records that the logs held when they were opened", _TOPIC),
        "streamhouse_agent_records_damaged_total": Row(
            "records that readers could not read because of damage; each counts once while the agent runs "
            "(again after 10,000 damaged ranges)",
            "no reader has met damage in the topic",
        ),
        "streamhouse_agent_committed_offsets_lowered_total": Row(
            "committed offsets that were beyond the end of their log when it was opened: records were lost. "
            "The log names group, topic and partition"
        ),
        "streamhouse_agent_write_latency_seconds": Row(
            "appending one batch to the log, syncs by policy included, the network not"
        ),
    },
    """The reasons of a refusal, and the code that the client gets:

| reason | code |
|---|---|
| `unknown_topic`, `unknown_partition` | NOT_FOUND; INVALID_ARGUMENT for a name that no topic can have |
| `too_large` | RESOURCE_EXHAUSTED for a request, INVALID_ARGUMENT for a record |
| `invalid` | INVALID_ARGUMENT |
| `not_holder` | FAILED_PRECONDITION |
| `fenced` | ABORTED |
| `out_of_sequence` | OUT_OF_RANGE |
| `full` | RESOURCE_EXHAUSTED, with details that tell it from a request over a limit |
| `damaged` | UNAVAILABLE: the log of the partition was damaged when the agent opened it; /ready names it |
| `unavailable` | UNAVAILABLE: the disk fails, a log takes no more batches, or the agent is stopping |
| `failed` | INTERNAL and all other codes; after a failed sync, the next opening of the log may find the records |

DEADLINE_EXCEEDED from the agent itself: the lease ran out while the records were written; they count as written or
duplicate.""",
)

_AGENT_SERVICE = Group(
    "Agent: leases, calls and connections",
    "",
    {
        "streamhouse_agent_active_partitions": Row("partitions whose lease it holds"),
        "streamhouse_agent_lease_renewals_total": Row("attempts to take or renew a lease, one a partition and round"),
        "streamhouse_agent_active_connections": Row("open gRPC connections, counted once a second"),
        "streamhouse_agent_grpc_requests_total": Row(
            "calls by outcome; code is gRPC's: `OK`, `NOT_FOUND` and so on; every method and code from the start"
        ),
        "streamhouse_agent_grpc_request_duration_seconds": Row(
            "a call from arrival to response; for Fetch, waiting for records included"
        ),
        "streamhouse_agent_tls_reloads_total": Row("changes of TLS files while serving: `taken`, `refused`"),
    },
    """Every call of a method of the agent moves one series of `streamhouse_agent_grpc_requests_total`. A Fetch whose
caller cancels, or whose deadline passes, counts as CANCELLED: the agent sees no difference. A Produce goes on without
its caller, and counts by its own outcome. gRPC refuses some calls before the agent sees them, and no counter moves:

- clients that fail the TLS handshake, for example without a certificate where one is required;
- calls with too much metadata;
- methods that do not exist;
- messages over twice the limit of a request.""",
)

_AGENT_LOGS = Group(
    "Agent: logs",
    """Refreshed every `--lag-interval` (10 s) with the lag of groups; `0s`: never, and then they have no series. At
most 10,000 partitions have series.""",
    {
        "streamhouse_agent_partition_log_start_offset": Row("offset of the first record of the log", _LOG),
        "streamhouse_agent_partition_log_end_offset": Row("offset after the last record", _LOG),
        "streamhouse_agent_partition_log_bytes": Row("bytes of the segment files", _LOG),
        "streamhouse_agent_partition_log_segments": Row("segment files", _LOG),
        "streamhouse_agent_partition_leader_epoch": Row("epoch of the lease", "this agent does not hold the lease"),
    },
)

_AGENT_LAG = Group(
    "Agent: lag of groups",
    """Of every topic, partition and group with a commit, also when none of its consumers lives. A refresh comes every
`--lag-interval` (10 s; `0s`: never), and soon after topics or groups were made, moved or deleted. No value is older
than `streamhouse_agent_lag_refresh_age_seconds`. A page that is taken during a refresh may show values of this
refresh beside those of the one before.""",
    {
        "streamhouse_agent_group_committed_offset": Row("offset of the next record of the group", _COMMIT),
        "streamhouse_agent_group_lag_records": Row(
            "records that the group has before it: from its commit to the end of the log, without records that "
            "retention has removed or that are known to be damaged",
            "the group has no commit there, or the log or the metadata cannot be read",
        ),
        "streamhouse_agent_group_lag_bytes": Row(
            "keys, values and headers of these records, as clients count them", "as lag_records, and see below"
        ),
        "streamhouse_agent_group_lag_seconds": Row(
            "age of the first of these records, by its timestamp; 0 without one",
            "as lag_records, or that record cannot be read",
        ),
        "streamhouse_agent_group_retention_margin_seconds": Row(
            "time until retention by age may remove the first of these records; below 0 once it may",
            "the lag is 0 or unknown, the record is in the last segment, or the topic has no retention by age",
        ),
        "streamhouse_agent_group_lag_sum_records": Row("sum over the partitions", _SUM),
        "streamhouse_agent_group_lag_max_records": Row("the largest of a partition, where it is known", _MAX),
        "streamhouse_agent_group_lag_sum_bytes": Row("sum over the partitions", _SUM),
        "streamhouse_agent_group_lag_max_bytes": Row("the largest of a partition, where it is known", _MAX),
        "streamhouse_agent_group_lag_max_seconds": Row("the largest of a partition, where it is known", _MAX),
        "streamhouse_agent_group_retention_margin_min_seconds": Row(
            "the smallest of a partition", "no partition has one"
        ),
        "streamhouse_agent_group_partitions": Row("partitions with a commit of the group", _GROUP),
        "streamhouse_agent_group_partitions_unknown": Row("those whose lag in records is unknown", _GROUP),
        "streamhouse_agent_group_members": Row("members that were heard of within their session timeout", _GROUP),
        "streamhouse_agent_group_state": Row(
            "`empty`: no members; `active`: has members; `awaited`: may have members that were not heard of since the "
            "agent started; `changing`: an operator moves it",
            _GROUP,
        ),
        "streamhouse_agent_group_last_request_timestamp_seconds": Row(
            "Unix time of the last heartbeat or commit, or of the last look-up of a commit",
            "the group has asked for nothing since the agent started",
        ),
        "streamhouse_agent_group_last_commit_timestamp_seconds": Row(
            "Unix time of the last commit that a consumer has made", "none has committed since the agent started"
        ),
        "streamhouse_agent_lag_series_left_out": Row(
            "partitions of groups beyond 10,000: they have no series of their own"
        ),
        "streamhouse_agent_lag_groups_left_out": Row("groups beyond 10,000: they have no series of their own"),
        "streamhouse_agent_lag_refresh_duration_seconds": Row("one refresh of logs and lag"),
        "streamhouse_agent_lag_refresh_age_seconds": Row(
            "since the last complete refresh began", "no refresh was complete yet"
        ),
        "streamhouse_agent_lag_refreshes_total": Row(
            "refreshes: `complete`, and `failed` where the metadata were out of reach"
        ),
    },
    """- **A value that is not known has no series.** While the log of a partition cannot be opened,
  `streamhouse_agent_group_committed_offset` is there and `streamhouse_agent_group_lag_records` is not. A group that
  does not exist has neither. While the metadata are out of reach, no group has series.
- **Damage**: a consumer's own lag counts damaged records until the consumer has skipped them.
- **Bytes** are also unknown where damaged records are ahead, or were close before. After a restart they are unknown for
  a group that is behind by more than the last segment, until the segments between were read once: 64 MiB a refresh.
  Places of bytes take 24 bytes of memory for each 64 KiB of a log, 24 KiB for a segment of 64 MiB.
- **Idle or dead**: an idle group sends requests and no commits, as it has nothing to read; a dead group sends neither.
  A Fetch does not name its group, so the last commit stands for the last record that was read: a consumer commits what
  it has read, and commits nothing twice. Commands of operators change neither time. The times are those of the agent's
  clock.
- **The margin** goes by the last append to the segment, as retention does.
- **Limits**: of all partitions of groups, and of all groups, the first 10,000 in the order of names have series. The
  others stay in the sums and maxima of their group.
- **Takeovers**: an agent tells the partitions whose lease no other agent has. It tells those of an agent that was
  killed once their leases have ended.""",
)

_PRODUCER_GROUP = Group(
    "Producer",
    """Of the program that sends, on its own page. Every record ends in exactly one of
`streamhouse_producer_records_sent_total` and `streamhouse_producer_send_errors_total`.""",
    {
        "streamhouse_producer_records_sent_total": Row("records that the agent has acknowledged", _PRODUCER),
        "streamhouse_producer_bytes_sent_total": Row("their keys, values and headers", _PRODUCER),
        "streamhouse_producer_send_duration_seconds": Row("a record, from Send() to its acknowledgement", _PRODUCER),
        "streamhouse_producer_batch_flush_duration_seconds": Row(
            "a batch, from its first attempt to its acknowledgement, retries included", _PRODUCER
        ),
        "streamhouse_producer_batch_size_records": Row("records of a delivered batch", _PRODUCER),
        "streamhouse_producer_batch_size_bytes": Row(
            "keys, values and headers of a delivered batch, before compression", _PRODUCER
        ),
        "streamhouse_producer_send_errors_total": Row("records refused, or failed for good; reasons below", _PRODUCER),
        "streamhouse_producer_pending_records": Row("accepted by Send(), without a result yet", _PRODUCER),
    },
    """The reasons: `unknown_topic`, `invalid_partition`, `record_too_large`, `buffer_full`, `closed`, `unavailable`,
`not_leader`, `timeout`, `rejected`, `internal`. After `timeout` and `internal` the record may be in the log.""",
)

_CONSUMER_GROUP = Group(
    "Consumer",
    "Of the program that reads, on its own page.",
    {
        "streamhouse_consumer_records_consumed_total": Row("records that Poll() has returned", _CONSUMER),
        "streamhouse_consumer_bytes_consumed_total": Row("their keys, values and headers", _CONSUMER),
        "streamhouse_consumer_poll_duration_seconds": Row(
            "a call of Poll(), waiting included; a consumer of several topics has their names, joined by commas",
            _CONSUMER,
        ),
        "streamhouse_consumer_damaged_records_skipped_total": Row(
            "offsets of damaged records that were skipped (`--skip-damaged`)", _CONSUMER
        ),
        "streamhouse_consumer_lag_records": Row(
            "records that can be read and were not read yet, as of the last refresh (30 s)",
            "no consumer reads the partition, it has not refreshed yet, or the agent cannot be asked",
        ),
        "streamhouse_consumer_lag_seconds": Row(
            "age of the next unread record; 0 when there is none",
            "as `streamhouse_consumer_lag_records`",
        ),
        "streamhouse_consumer_last_committed_offset": Row(
            "where the group would start again", "the consumer has not committed there, or is closed"
        ),
        "streamhouse_consumer_current_offset": Row("the offset of the next record", "no consumer reads the partition"),
    },
    """The four gauges of a partition appear with their first value and go when the consumer closes. A missing lag
means that no consumer measures it, not that it is 0. While the agent cannot be asked, both gauges of the lag are
missing as well: an old value is never shown.""",
)

_EXPORTER_GROUP = Group(
    "Page and text files",
    "What the page itself does, on every page.",
    {
        "streamhouse_exporter_requests_total": Row(
            "all requests; `other`: paths that do not exist, and requests refused before their path is looked at",
            "no such request was answered yet",
        ),
        "streamhouse_exporter_scrapes_total": Row("pages of metrics asked for, by format and status", _SCRAPE),
        "streamhouse_exporter_scrapes_failed_total": Row(
            "of these, pages that were begun and not sent to the end", "no page of that format has failed"
        ),
        "streamhouse_exporter_scrape_duration_seconds": Row(
            "from the request to the last byte handed to the system", _SCRAPE
        ),
        "streamhouse_exporter_scrape_bytes_total": Row("pages as they were sent, compressed or not", _SCRAPE),
        "streamhouse_exporter_limits_reached_total": Row("times that a client has reached a [limit](limits.md)"),
        "streamhouse_exporter_connections": Row("HTTP connections that are open"),
        "streamhouse_exporter_certificate_reloads_total": Row(
            "changes of the files of a web configuration while serving: `ok`, `failed`"
        ),
        "streamhouse_exporter_pushes_total": Row(
            "text files written and pushes to receivers, by exporter and outcome: `ok`, `failed`", _NO_PUSH
        ),
        "streamhouse_exporter_samples_sent_total": Row(
            "series, data points and lines of StatsD that a receiver has taken; each push sends all again", _NO_RECEIVER
        ),
        "streamhouse_exporter_samples_dropped_total": Row(
            "samples that are not known to have arrived, by reason: `refused`, `too_large`, `rejected` (a part of a "
            "request), `unavailable` (the receiver asks to come later, or its queue is full), `unreachable`, "
            "`bad_response`, `unusable` (a file of this program, or TLS), `stopped`, `name_is_taken` (series that "
            "StatsD cannot tell apart); the next push has newer values",
            "no sample was dropped",
        ),
        "streamhouse_exporter_sent_bytes_total": Row(
            "bodies that a receiver has taken, compressed or not", _NO_RECEIVER
        ),
        "streamhouse_exporter_retries_total": Row("retries of bodies within a push", "no body was retried"),
        "streamhouse_exporter_last_success_timestamp_seconds": Row(
            "when a push has last succeeded, in seconds since 1970", "no push has succeeded"
        ),
        "streamhouse_exporter_families_left_out_total": Row(
            "pages made without a family; reason `reader_has_it`, `name_is_taken` or `group_label`",
            "no page lacked a family",
        ),
    },
)

_CORE_GROUP = Group(
    "The metrics themselves",
    """What the metrics cost and lose, on every page. A series of `streamhouse_metrics_overflowed_lookups_total`, or
anything but 0 in `streamhouse_metrics_lost_recordings_total`, says that the page is not complete. The counters with
the label `family` have a series for each family that lost something.""",
    {
        "streamhouse_metrics_series": Row("series on the page, by type"),
        "streamhouse_metrics_series_bytes": Row("memory of labels and their indexes"),
        "streamhouse_metrics_cell_bytes": Row("memory of the values of all recording threads"),
        "streamhouse_metrics_cells": Row("cells numbered so far, for all series that lived at once"),
        "streamhouse_metrics_cells_max": Row("the limit on these; beyond it new series record nothing"),
        "streamhouse_metrics_free_runs": Row("runs of cells of removed series, waiting for new series"),
        "streamhouse_metrics_removed_series": Row("removed series whose memory a snapshot or a look-up still holds"),
        "streamhouse_metrics_shards": Row("threads that have recorded, at the same time at most"),
        "streamhouse_metrics_overflowed_lookups_total": Row(
            "look-ups of label sets beyond a limit of a family", _FIRST
        ),
        "streamhouse_metrics_cut_label_values_total": Row("label values that were cut to their limit", _FIRST),
        "streamhouse_metrics_refused_lookups_total": Row(
            "look-ups with another number of values than there are labels", _FIRST
        ),
        "streamhouse_metrics_failed_callbacks_total": Row("callbacks that threw an exception or gave nonsense", _FIRST),
        "streamhouse_metrics_dropped_observations_total": Row(
            "observations of histograms and amounts of counters that were dropped"
        ),
        "streamhouse_metrics_lost_recordings_total": Row("recordings that found no memory for a thread's cells"),
    },
    """Label values have at most 1,024 bytes: a longer one ends with an ellipsis and a hash of the whole value. The
label texts of a family have at most 2.56 MB (256 bytes for each series that it may have); then new label sets get the
series `_overflow`.""",
)

_PROCESS_GROUP = Group(
    "Process",
    "On every page, under the names that all Prometheus clients use. Text files for node_exporter are without "
    "`process_*`.",
    {
        "process_cpu_seconds_total": Row("user and system time", _UNREADABLE),
        "process_resident_memory_bytes": Row("memory in use", _UNREADABLE),
        "process_virtual_memory_bytes": Row("address space in use", _UNREADABLE),
        "process_virtual_memory_max_bytes": Row("its limit; 1.8e19 without one", _UNREADABLE),
        "process_open_fds": Row("open file descriptors", _UNREADABLE),
        "process_max_fds": Row("their limit", _UNREADABLE),
        "process_start_time_seconds": Row("when the process started, in Unix time", _UNREADABLE),
        "process_threads": Row("threads", _UNREADABLE),
        "target_info": Row(
            "always 1; its labels name what the page describes: `streamhouse-agent` with its `--id`, "
            "`streamhouse-demo` with its own, or `streamhouse-produce` and `streamhouse-consume`, which have no id"
        ),
        "streamhouse_build_info": Row("always 1; version and compiler are its labels"),
    },
)

GROUPS = (
    _AGENT_RECORDS,
    _AGENT_SERVICE,
    _AGENT_LOGS,
    _AGENT_LAG,
    _PRODUCER_GROUP,
    _CONSUMER_GROUP,
    _EXPORTER_GROUP,
    _CORE_GROUP,
    _PROCESS_GROUP,
)


def all_rows():
    """Name -> Row of every group."""
    return {name: row for group in GROUPS for name, row in group.rows.items()}
