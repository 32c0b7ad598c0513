"""The daemon of npm's statsd: what each flush holds, by a backend of ours."""

import collections
import json
import re

import datagrams
import installs
import processes
from cells import Cell, Loss, Outcome
from decoders import page_model, statsd_lines

RECEIVER = "npm statsd 0.9.0"
SAID = ("series",)
_CONFIGURATION = {"address": "127.0.0.1", "flushInterval": 200, "deleteCounters": True}


class Daemon(processes.Process):
    def __init__(self, started):
        self.port = datagrams.free_port()
        management = processes.held_address(started)
        backend = str(installs.SOURCES / "statsd_backend.js")
        configuration = {
            **_CONFIGURATION,
            "port": self.port,
            "mgmt_port": int(management.rpartition(":")[2]),
            "mgmt_address": "127.0.0.1",
            "backends": [backend],
        }
        path = processes.folder_for(started) / "config.js"
        path.write_text(json.dumps(configuration), encoding="utf-8")
        super().__init__(started, ["node", installs.path_of(started.cache, "statsd"), path])
        self.match('"counters"')

    def _flushes(self):
        return [json.loads(line) for line in self.stdout if line.startswith("{")]

    def wait_for_lines(self, relay):
        """Until the flushes hold as many lines as the relay has passed on, and there are some."""

        def are_all_there():
            received = sum(flush["counters"]["statsd.metrics_received"] for flush in self._flushes())
            return 0 < received == relay.lines()

        processes.wait_for(are_all_there, "all lines are flushed")

    def page(self):
        """What all flushes so far add up to, without what the daemon counts itself."""
        gauges, counts = {}, collections.Counter()
        for flush in self._flushes():
            counts.update(flush["counters"])
            gauges.update(flush["gauges"])
        values = {**gauges, **{name: count for name, count in counts.items() if count}}
        own = ("statsd.",)
        return page_model.Page({(name, ()): float(value) for name, value in values.items() if not name.startswith(own)})


def _untagged(line):
    """A line without its time, whose tags stand in the name, as the daemon puts them there, without the characters
    that it removes.
    """
    head, _, tags = re.sub(r"\|T\d+$", "", line).partition("|#")
    name, _, said = head.partition(":")
    # Of each tag, only the first of these.
    parts = [tag.replace(";", "_", 1).replace(":", "=", 1) for tag in tags.split(",")] if tags else []
    key = re.sub(r"\s+", "_", ";".join([name, *parts])).replace("/", "-")
    return f"{re.sub(r'[^a-zA-Z_0-9.;=-]', '', key)}:{said}"


def _sent(kept):
    lines = [_untagged(line) for datagram in kept for line in datagram.decode().splitlines()]
    return statsd_lines.read_statsd("\n".join(lines).encode())


def _is_tagged(key):
    return ";" in key[0]


_IN_NAME = ("names of series with tags", "the time becomes a part of the last tag")
TIMES = (
    Loss("series without tags", "it takes no further field", "series", where=lambda key: not _is_tagged(key)),
    Loss(*_IN_NAME, "series", "lost", _is_tagged),
    Loss(*_IN_NAME, "series", "added", _is_tagged),
)


def pushes(started):
    for options, form, stated in (
        ("dialect=plain", "plain lines", ()),
        ("dialect=dogstatsd", "DogStatsD (tags as ;NAME=VALUE in the name)", ()),
        ("dialect=dogstatsd&timestamps=on", "DogStatsD, timestamps=on", TIMES),
    ):
        with started.part() as part:
            daemon = Daemon(part)
            relay = datagrams.UdpRelay(part, daemon.port)
            datagrams.push_once(part, relay, options)
            daemon.wait_for_lines(relay)
            cell = Cell(RECEIVER, form, "", "none", "delta", stated)
            yield cell, Outcome(_sent(relay.kept), daemon.page(), aspects=SAID)
