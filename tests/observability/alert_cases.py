"""For each alert, a fault in which it fires and a normal day on which it does not, as Prometheus has stored them.

A row has a sample a minute: `0+5x3` is 0 5 10 15, `_` is no sample, `stale` the end of a series.
"""

import dataclasses

AGENT = 'job="streamhouse-agent",instance="a:1"'
CLIENT = 'job="streamhouse-client",instance="c:1"'
ORDERS = 'topic="orders"'
PARTITION = 'topic="orders",partition="0",group="billing"'
_UP = {f"up{{{AGENT}}}": "1x60"}


def _labels(text):
    return dict(pair.replace('"', "").split("=") for pair in filter(None, text.split(",")))


@dataclasses.dataclass(frozen=True)
class Case:
    fault: dict  # series -> samples
    normal: dict
    fires_with: str  # labels
    at_minutes: int = 40

    @property
    def labels(self):
        return _labels(self.fires_with)


def counter(name, labels):
    """A counter that is there from the start, and moves at the 38th minute or not."""
    series = f"streamhouse_{name}_total{{{labels}}}"
    return Case({series: "7x37 9x10", **_UP}, {series: "7x60", **_UP}, labels)


def first_event(name, labels):
    """A counter whose series begins with what it counts."""
    series = f"streamhouse_{name}_total{{{labels}}}"
    return Case({series: "_x38 3x10", **_UP}, {series: "3x60", **_UP}, labels)


def histogram(name, labels, seconds):
    """Ten observations a minute, all within (seconds / 2, seconds]."""
    bounds = {seconds / 2: "0x60", seconds: "0+10x60", "+Inf": "0+10x60"}
    return {f'streamhouse_{name}_bucket{{{labels},le="{bound}"}}': samples for bound, samples in bounds.items()}


_PARTITIONS = f"streamhouse_agent_active_partitions{{{AGENT}}}"
_POSITION = f"streamhouse_consumer_current_offset{{{CLIENT},{PARTITION}}}"
_COMMITTED = f"streamhouse_agent_group_committed_offset{{{AGENT},{PARTITION}}}"
_LAG = f"streamhouse_agent_group_lag_records{{{AGENT},{PARTITION}}}"
_LATE = f"streamhouse_agent_group_lag_seconds{{{AGENT},{PARTITION}}}"
_MARGIN = f"streamhouse_agent_group_retention_margin_seconds{{{AGENT},{PARTITION}}}"
_UNKNOWN = f'streamhouse_agent_group_partitions_unknown{{{AGENT},group="billing"}}'
_REFRESH_AGE = f"streamhouse_agent_lag_refresh_age_seconds{{{AGENT}}}"
_REFUSED = f'{AGENT},{ORDERS},reason="%s"'
_SCRAPE = f"scrape_duration_seconds{{{AGENT}}}"
_LOWERED = f"streamhouse_agent_committed_offsets_lowered_total{{{AGENT}}}"
_OVERFLOWED = f'streamhouse_metrics_overflowed_lookups_total{{{AGENT},family="x_total"}}'
_CALLS = f'{AGENT},method="Produce",code="%s"'

# Alert -> its cases.
CASES = {
    "StreamhouseTargetDown": [Case({f"up{{{AGENT}}}": "1x37 0x10"}, _UP, AGENT)],
    "StreamhouseNoAgent": [
        # What a client's page has is no agent.
        Case({_POSITION: "5x60"}, {_PARTITIONS: "3x60"}, ""),
        Case({_PARTITIONS: "3x30 stale"}, {_PARTITIONS: "0x60"}, ""),
    ],
    "StreamhouseNotReady": [
        Case({_PARTITIONS: "3x30 0x30"}, {_PARTITIONS: "3x60"}, AGENT),
        Case(
            {f'streamhouse_exporter_requests_total{{{AGENT},path="/ready",code="503"}}': "0x30 0+6x30"},
            {f'streamhouse_exporter_requests_total{{{AGENT},path="/ready",code="200"}}': "0+6x60"},
            AGENT,
        ),
    ],
    "StreamhouseLeaseLost": [
        Case({_PARTITIONS: "3x30 2x30"}, {_PARTITIONS: "2x30 3x30"}, AGENT),
    ],
    "StreamhouseConsumerStuck": [
        # A group that has read everything does not move either.
        Case({_LAG: "1+1x60", _COMMITTED: "5x60"}, {_LAG: "0x60", _COMMITTED: "5x60"}, f"{AGENT},{PARTITION}"),
        # One that is slow moves; of one whose lag is unknown this alert says nothing.
        Case({_LAG: "9x60", _COMMITTED: "5+1x10 16x50"}, {_LAG: "9x60", _COMMITTED: "5+1x60"}, f"{AGENT},{PARTITION}"),
        Case({_LAG: "9x60", _COMMITTED: "5x60"}, {_COMMITTED: "5x60"}, f"{AGENT},{PARTITION}"),
    ],
    "StreamhouseConsumerBehind": [
        Case({_LATE: "0x20 310+60x60"}, {_LATE: "0x30 310x3 0x60"}, 'topic="orders",group="billing"'),
    ],
    "StreamhouseRetentionNear": [
        # Without a margin no record is in danger.
        Case({_MARGIN: "7200-120x60"}, {_MARGIN: "7200x60"}, 'topic="orders",group="billing"'),
        Case({_MARGIN: "_x20 600x40"}, {_LATE: "9000x60"}, 'topic="orders",group="billing"'),
    ],
    "StreamhouseLagUnknown": [
        Case({_UNKNOWN: "0x30 1x30"}, {_UNKNOWN: "0x60"}, f'{AGENT},group="billing"'),
        Case({_REFRESH_AGE: "5x20 10+60x40"}, {_REFRESH_AGE: "9x60"}, AGENT),
    ],
    "StreamhouseRecordsRefused": [
        counter("agent_records_refused", _REFUSED % "too_large"),
        first_event("agent_records_refused", _REFUSED % "unknown_topic"),
    ],
    "StreamhouseDiskFull": [
        counter("agent_records_refused", _REFUSED % "full"),
        first_event("agent_records_refused", _REFUSED % "full"),
    ],
    "StreamhouseDiskFailing": [
        counter("agent_records_refused", _REFUSED % "unavailable"),
        first_event("agent_records_refused", _REFUSED % "failed"),
    ],
    "StreamhouseRecordsDamaged": [
        first_event("agent_records_damaged", f"{AGENT},{ORDERS}"),
        first_event("agent_records_refused", _REFUSED % "damaged"),
    ],
    "StreamhouseOffsetsLowered": [Case({_LOWERED: "2x60"}, {_LOWERED: "0x60"}, AGENT)],
    "StreamhouseSendErrors": [counter("producer_send_errors", f'{AGENT},{ORDERS},reason="timeout"')],
    "StreamhouseCallsFailing": [
        Case(
            {f"streamhouse_agent_grpc_requests_total{{{_CALLS % 'UNAVAILABLE'}}}": "0x35 1+1x20"},
            {f"streamhouse_agent_grpc_requests_total{{{_CALLS % 'NOT_FOUND'}}}": "0x35 1+1x20"},
            _CALLS % "UNAVAILABLE",
        ),
        # One call, as when a topic is deleted under a consumer, is no trouble.
        Case(
            {f"streamhouse_agent_grpc_requests_total{{{_CALLS % 'INTERNAL'}}}": "0+1x60"},
            {f"streamhouse_agent_grpc_requests_total{{{_CALLS % 'UNAVAILABLE'}}}": "0x36 1x20"},
            _CALLS % "INTERNAL",
        ),
    ],
    "StreamhouseWritesSlow": [
        Case(
            histogram("agent_write_latency_seconds", AGENT, 2.0),
            histogram("agent_write_latency_seconds", AGENT, 0.02),
            AGENT,
        )
    ],
    "StreamhouseSeriesOverflow": [
        Case({_OVERFLOWED: "_x30 1x30"}, {f"streamhouse_metrics_lost_recordings_total{{{AGENT}}}": "0x60"},
             f'{AGENT},family="x_total"'),
    ],
    "StreamhouseScrapeSlow": [
        Case({_SCRAPE: "0.01x20 7x40", **_UP}, {_SCRAPE: "0.01x20 7x2 0.01x40", **_UP}, AGENT),
        # A target that hangs is down, and its scrapes last until the timeout.
        Case({_SCRAPE: "7x60", **_UP}, {_SCRAPE: "0.01x20 10x40", f"up{{{AGENT}}}": "1x20 0x40"}, AGENT),
    ],
}  # fmt: skip
