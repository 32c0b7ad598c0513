"""The alerts, each with its runbook. rules.py writes them for Prometheus, runbooks.py for people."""

import dataclasses

CRITICAL = "critical"  # records are refused or about to be lost, or no one can tell
WARNING = "warning"  # something gets worse, or was lost already
# The scrape jobs of the product. `up` and `scrape_duration_seconds` are there for all jobs.
JOBS = '{job=~"streamhouse.*"}'
WRITE_SECONDS_MAX = 0.5
BEHIND_SECONDS_MAX = 300
SCRAPE_SECONDS_MAX = 5
RETENTION_SECONDS_MIN = 3600
REFRESH_SECONDS_MAX = 60


@dataclasses.dataclass(frozen=True)
class Alert:
    name: str
    expression: str
    lasting: str  # how long it must hold before the alert fires
    severity: str
    summary: str  # {{ $labels.x }} as in Prometheus
    meaning: str  # what has happened, for the runbook
    steps: tuple  # what to do, in this order


def grew(counter):
    """The counter moved within five minutes; also where its first sample is that first move, which increase() misses.

    For five minutes after the server's own first scrape of a target, a series counts as old.
    """
    return (
        f"increase({counter}[5m]) > 0 or ({counter} > 0 unless {counter} offset 5m) and on (job, instance) up offset 5m"
    )


ALERTS = (
    Alert(
        "StreamhouseTargetDown",
        f"up{JOBS} == 0",
        "1m",
        CRITICAL,
        "Prometheus cannot scrape {{ $labels.instance }} of {{ $labels.job }}",
        "The process is gone, hangs, or refuses Prometheus. Its metrics end, so other alerts about it end too.",
        (
            "Look at the error of the target: page Status, Targets of Prometheus.",
            "`connection refused`: the process is gone or serves elsewhere. Start it; its log says why it ended.",
            "`context deadline exceeded`: it hangs or the page takes longer than the scrape timeout. Ask "
            "`/health` by hand.",
            "`401` or a TLS error: compare the job's `basic_auth` and `tls_config` with the agent's web configuration.",
        ),
    ),
    Alert(
        "StreamhouseNoAgent",
        "absent(streamhouse_agent_active_partitions)",
        "2m",
        CRITICAL,
        "Prometheus has no metrics of any agent",
        "No target has the families of an agent: all are down, or the scrape configuration has lost them. A "
        "target that "
        "is no longer configured has no `up` either, which is why this alert exists beside StreamhouseTargetDown.",
        (
            "Ask Prometheus for `up`: are the agents there, and 1?",
            "If they are missing, see to `scrape_configs` and the files of `file_sd_configs`.",
            "If a page is scraped and has no `streamhouse_agent_*`, the address is that of a client, not of an agent.",
        ),
    ),
    Alert(
        "StreamhouseNotReady",
        "streamhouse_agent_active_partitions == 0 or"
        ' sum by (job, instance) (increase(streamhouse_exporter_requests_total{path="/ready",code="503"}[5m])) > 0',
        "2m",
        CRITICAL,
        "{{ $labels.instance }} is not ready",
        "The agent holds no lease at all, or it answers 503 to clients that ask `/ready`.",
        (
            "Ask it: `curl http://HOST:PORT/ready` says why.",
            "Find the reason in the table of [When /ready says no](operations.md#when-ready-says-no), and do "
            "what it says.",
        ),
    ),
    Alert(
        "StreamhouseLeaseLost",
        "streamhouse_agent_active_partitions < max_over_time(streamhouse_agent_active_partitions[1h])",
        "1m",
        WARNING,
        "{{ $labels.instance }} holds {{ $value }} partitions, fewer than within the last hour",
        "The agent has lost the lease of a partition, or has given it up because its disk failed. Producers of that "
        "partition get FAILED_PRECONDITION. A topic that was deleted has the same effect, for an hour.",
        (
            "Was a topic deleted within the hour? Then nothing is wrong.",
            "`curl http://HOST:PORT/ready` and the agent's log name the partitions and the reason.",
            "If another agent uses the same metadata store, stop one of the two.",
            "If a log takes no more batches, see to the disk, then restart the agent.",
        ),
    ),
    Alert(
        "StreamhouseConsumerStuck",
        "streamhouse_agent_group_lag_records > 0 and changes(streamhouse_agent_group_committed_offset[10m]) == 0",
        "5m",
        CRITICAL,
        "Group {{ $labels.group }} has not moved in {{ $labels.topic }}/{{ $labels.partition }} for 10 minutes",
        "There are records to read, and the group has committed nothing in this partition. No consumer has to live for "
        "the alert.",
        (
            "Who reads: `streamhouse groups describe --group NAME`. Without members, no consumer runs: start one, or "
            "delete a group that is no longer needed. "
            "`time() - streamhouse_agent_group_last_request_timestamp_seconds` says since when.",
            "Does the consumer poll? `rate(streamhouse_consumer_poll_duration_seconds_count[5m])` is 0 when it does "
            "not: the program hangs in its own code.",
            "Does it poll and fail? Its log names the error. Damaged records stop a group in front of them: see "
            "StreamhouseRecordsDamaged.",
            "Does `streamhouse_consumer_current_offset` move? Then it reads and does not commit.",
        ),
    ),
    Alert(
        "StreamhouseConsumerBehind",
        f"max by (topic, group) (streamhouse_agent_group_lag_seconds) > {BEHIND_SECONDS_MAX}",
        "5m",
        WARNING,
        "Group {{ $labels.group }} is {{ $value | humanizeDuration }} behind in {{ $labels.topic }}",
        "The next record that the group has not committed is older than five minutes.",
        (
            "Compare the rates of topic and group: if the group is faster than the topic, it had a pause and catches "
            "up.",
            "If it is slower, add members (as many as there are partitions), or make each record cheaper.",
            "If one partition alone is behind, its key is hot, or the member that reads it is slow.",
        ),
    ),
    Alert(
        "StreamhouseRetentionNear",
        f"min by (topic, group) (streamhouse_agent_group_retention_margin_seconds) < {RETENTION_SECONDS_MIN}",
        "5m",
        CRITICAL,
        "Group {{ $labels.group }} loses records of {{ $labels.topic }} in {{ $value | humanizeDuration }}",
        "Retention by age removes records that the group has not read. It may be late by a minute, and takes whole "
        "segments. Below 0 the loss is due.",
        (
            "Keep the records for longer, at once: `streamhouse topics retention --topic NAME --retention-time 30d`. "
            "Look at the room on the disk.",
            "Then see why the group is behind: StreamhouseConsumerStuck, StreamhouseConsumerBehind.",
            "A topic that keeps records for less than an hour is always in the alert while a group is behind: leave it "
            "out in your copy.",
        ),
    ),
    Alert(
        "StreamhouseLagUnknown",
        "streamhouse_agent_group_partitions_unknown > 0 or"
        f" streamhouse_agent_lag_refresh_age_seconds > {REFRESH_SECONDS_MAX}",
        "5m",
        WARNING,
        "{{ $labels.instance }} does not know the lag of a group",
        "A partition is not served, or the agent cannot read its metadata. The alerts on lag do not see this group, or "
        "this partition of it.",
        (
            "`curl http://HOST:PORT/ready` names the partition, or the error of the metadata store.",
            "If the refresh is old and none has failed, the machine is too busy: look at "
            "`streamhouse_agent_lag_refresh_duration_seconds`.",
        ),
    ),
    Alert(
        "StreamhouseRecordsRefused",
        grew('streamhouse_agent_records_refused_total{reason!~"full|unavailable|failed|damaged"}'),
        "0s",
        WARNING,
        "Records for {{ $labels.topic }} are refused: {{ $labels.reason }}",
        "Producers send what the agent does not take. The records are not lost silently: each producer got an error.",
        (
            "`unknown_topic`, `unknown_partition`: create the topic, or correct the producer.",
            "`too_large`, `invalid`: the producer sends records over the limits of "
            "[limits.md](limits.md).",
            "`not_holder`, `fenced`: see StreamhouseLeaseLost.",
            "`out_of_sequence`: a producer of an older batch came late; if it goes on, restart that producer.",
        ),
    ),
    Alert(
        "StreamhouseDiskFull",
        grew('streamhouse_agent_records_refused_total{reason="full"}'),
        "0s",
        CRITICAL,
        "The disk of {{ $labels.instance }} is full: records for {{ $labels.topic }} are refused",
        "The agent refuses records until there is room again. Consumers go on reading and committing.",
        (
            "Make room on the disk of `--data`: within two seconds the agent takes records again, without a restart.",
            "Give topics a retention, or a shorter one: `streamhouse topics retention --topic NAME "
            "--retention-bytes N`.",
        ),
    ),
    Alert(
        "StreamhouseDiskFailing",
        grew('streamhouse_agent_records_refused_total{reason=~"unavailable|failed"}'),
        "0s",
        CRITICAL,
        "{{ $labels.instance }} cannot write records of {{ $labels.topic }}",
        "Writing or syncing has failed, and the log of a partition takes no more batches. A planned stop of the agent "
        "refuses its last records for the same reason.",
        (
            "Was the agent stopped just now? Then nothing is wrong.",
            "`curl http://HOST:PORT/ready` names the file and the error of the system. `dmesg` tells about the disk.",
            "See to the disk, then restart the agent: a failed sync is never retried on its own "
            "([why](decisions/failed_sync.md)).",
        ),
    ),
    Alert(
        "StreamhouseRecordsDamaged",
        grew("streamhouse_agent_records_damaged_total")
        + " or "
        + grew('streamhouse_agent_records_refused_total{reason="damaged"}'),
        "0s",
        CRITICAL,
        "Records of {{ $labels.topic }} on {{ $labels.instance }} are damaged",
        "Bytes on the disk differ from the bytes that were written. Groups stop in front of damaged records, unless "
        "they skip them.",
        (
            "`curl http://HOST:PORT/ready` names the file and the offsets; `streamhouse verify` reads the whole "
            "folder.",
            "Put back a copy of the file if there is one, and restart the agent.",
            "Without a copy, let groups go on behind the damage: `streamhouse consume --skip-damaged`.",
        ),
    ),
    Alert(
        "StreamhouseOffsetsLowered",
        "streamhouse_agent_committed_offsets_lowered_total > 0",
        "0s",
        WARNING,
        "{{ $labels.instance }} has lost records that groups had read",
        "When the agent started, a log ended before an offset that a group had committed: its end was lost, as "
        "by a power "
        "cut. The alert stays until the agent starts again.",
        (
            "The agent's log names group, topic and partition.",
            "Decide by [--sync](operations.md) whether a power cut may cost the last second.",
        ),
    ),
    Alert(
        "StreamhouseSendErrors",
        grew("streamhouse_producer_send_errors_total"),
        "0s",
        WARNING,
        "Records of {{ $labels.instance }} for {{ $labels.topic }} fail: {{ $labels.reason }}",
        "Send() has given up on records. The program has got the error of each.",
        (
            "`unavailable`, `timeout`: the agent is unreachable or slow; see the alerts about it. After `timeout` and "
            "`internal` a record may be in the log.",
            "`buffer_full`: the program sends faster than the agent takes records.",
            "`rejected`: the agent refuses them; StreamhouseRecordsRefused tells why.",
            "`record_too_large`, `invalid_partition`, `unknown_topic`: correct the program.",
        ),
    ),
    Alert(
        "StreamhouseCallsFailing",
        "sum by (job, instance, method, code)"
        ' (increase(streamhouse_agent_grpc_requests_total{code=~"INTERNAL|UNAVAILABLE|DATA_LOSS|UNKNOWN"}[2m])) > 0',
        "3m",
        WARNING,
        "{{ $labels.method }} on {{ $labels.instance }} ends with {{ $labels.code }}",
        "The agent itself is in trouble; codes that are a client's fault do not count here.",
        (
            "`UNAVAILABLE`: the disk fails, a partition is damaged, or the agent is stopping; `/ready` says which.",
            "`DATA_LOSS`: a reader has met damage; see StreamhouseRecordsDamaged.",
            "`INTERNAL`, `UNKNOWN`: the agent's log has the error.",
        ),
    ),
    Alert(
        "StreamhouseWritesSlow",
        f"instance:streamhouse_agent_write_latency_seconds:p99_5m > {WRITE_SECONDS_MAX}",
        "10m",
        WARNING,
        "1 % of the batches of {{ $labels.instance }} take longer than {{ $value | humanizeDuration }}",
        "Appending to the log is slow, syncs included. Producers wait, and their buffers fill.",
        (
            "Which disk is busy: `iostat -x 1`. Is another program writing to it?",
            "With `--sync each-batch`, every batch waits for the disk; larger batches or `--sync interval` help.",
            'An exemplar of the panel "Append to the log" leads to the trace of a slow batch.',
        ),
    ),
    Alert(
        "StreamhouseSeriesOverflow",
        "streamhouse_metrics_overflowed_lookups_total > 0 or streamhouse_metrics_lost_recordings_total > 0",
        "0s",
        WARNING,
        "{{ $labels.instance }} has more label sets than it shows",
        "A family has reached its limit of series: new label sets share the series `_overflow`. Or a thread found no "
        "memory for its values. The alert stays until the process starts again.",
        (
            "The label `family` says which. More than 10,000 topics or groups? Then the page is as large as it gets.",
            "Labels that a program made up itself: take values from a small set, never ids or texts of users.",
            "Values are not wrong, but they are in one sum.",
        ),
    ),
    Alert(
        "StreamhouseScrapeSlow",
        # A scrape that failed is StreamhouseTargetDown's: at the timeout it has taken long, too.
        f"scrape_duration_seconds{JOBS} > {SCRAPE_SECONDS_MAX} and up{JOBS} == 1",
        "5m",
        WARNING,
        "Scraping {{ $labels.instance }} takes {{ $value | humanizeDuration }}",
        "At the scrape timeout, 10 s unless configured, the target counts as down and its samples are lost.",
        (
            "How large is the page: `scrape_samples_scraped`. Let the agent sum labels away: "
            "`aggregate=partition,group` "
            "in [endpoints.md](endpoints.md#options-of-prometheus).",
            "Is the machine busy: `rate(process_cpu_seconds_total[5m])`.",
            "Do many scrapers ask at once: `streamhouse_exporter_limits_reached_total` counts what was refused.",
        ),
    ),
)
