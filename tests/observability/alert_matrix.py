"""What is done to a system, and the alerts that it fires: exactly these. alert_matrix_test.py tries each row.

Of the alerts that no row fires, WITHOUT_ROW says why.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Row:
    alerts: frozenset = frozenset()
    agent_flags: tuple = ()


def fires(*alerts, agent_flags=()):
    return Row(frozenset(f"Streamhouse{alert}" for alert in alerts), agent_flags)


# A method of Faults -> what it fires.
MATRIX = {
    "nothing": fires(),
    "consumer_hangs": fires("ConsumerStuck", "ConsumerBehind"),
    "consumer_dies": fires("ConsumerStuck", "ConsumerBehind", "TargetDown"),
    # A group that stands still in a topic whose retention comes nearer; without segments there is
    # no margin.
    "retention_is_near": fires(
        "RetentionNear", "ConsumerStuck", "ConsumerBehind", agent_flags=("--segment-bytes", "65536")
    ),
    "agent_dies": fires("TargetDown", "NoAgent", "SendErrors"),
    "lease_is_taken_away": fires("LeaseLost", "NotReady", "RecordsRefused", "SendErrors"),
    "topic_is_deleted": fires("RecordsRefused", "SendErrors", "LeaseLost"),
    "disk_is_full": fires("DiskFull", "SendErrors"),
    "disk_fails": fires("DiskFailing", "CallsFailing", "SendErrors"),
    # The group that meets it stands in front of it.
    "record_is_damaged": fires("RecordsDamaged", "CallsFailing", "ConsumerStuck", "ConsumerBehind"),
    "log_loses_its_end": fires("OffsetsLowered"),
    "partition_is_not_served": fires("LagUnknown", "LeaseLost"),
    "labels_flood": fires("SeriesOverflow"),
    "scrape_is_slow": fires("ScrapeSlow"),
    "scrape_is_blocked": fires("TargetDown"),
    # The agent gives up clients that do not read, and answers Prometheus.
    "scrapers_crowd": fires(),
    "process_hangs": fires("TargetDown"),
}

WITHOUT_ROW = {
    "StreamhouseWritesSlow": "takes a disk that is slow and not full; rules_test.py has made-up latencies",
}
