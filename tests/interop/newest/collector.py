"""The Collector of OpenTelemetry: scraping, and pushed to by OTLP and StatsD. What it has read, it writes to a file."""

import dataclasses
import itertools
import json
import re

import datagrams
import installs
import processes
import prometheus_scrapes
import reading
import relay
import secure
import servers
from cells import Cell, Loss, Outcome, Refusal, named
from decoders import otlp_body, page_model, statsd_lines

RECEIVER = "OpenTelemetry Collector 0.165"
SAID = ("series", "natives", "types", "helps", "units", "exemplars", "starts")


_SUFFIX = ("the ending _info of infos", "it takes the name of the family of OpenMetrics 1.0")


def _renamed(aspect):
    yield Loss(*_SUFFIX, aspect, "lost", named("build_info"))
    yield Loss(*_SUFFIX, aspect, "added", named("build"))


# By protocol.
STATED = {
    "OpenMetricsText1.0.0": tuple(loss for aspect in ("series", "types", "helps") for loss in _renamed(aspect)),
    "OpenMetricsText2.0.0": (
        Refusal("invalid metric type", "it can be told to ask for 2.0, and reads the page as text 0.0.4"),
    ),
    "PrometheusProto": (Loss("start times", "it ignores those of protobuf", "starts"),),
}


OVERFLOW = Loss(
    what="counts of 2^63 and more",
    reason="it makes each an int64, which becomes negative",
    aspect="series",
    outcome="changed",
    where=named("joules_total|largest_total"),
)


# With timestamps=on.
UNTIMELY = (
    Loss("times of gauges", "it takes the time when the line came", "times", "lost"),
    Loss("start times of counts", "it begins a count after its end", "starts", "added"),
)
EXTERNAL = Refusal("unrecognized message part: e:", "it drops lines with the data of DD_EXTERNAL_ENV")
STATSD = {"endpoint": "127.0.0.1:0", "aggregation_interval": "1s", "is_monotonic_counter": True}


class Collector(processes.Process):
    """`name` is that of the receiver."""

    def __init__(self, started, name, configuration, log_level="info"):
        folder = processes.folder_for(started)
        self.path = folder / "read.json"
        settings = {
            "receivers": {name: configuration},
            "exporters": {"file": {"path": str(self.path), "flush_interval": "50ms"}},
            "service": {
                "telemetry": {"metrics": {"level": "none"}, "logs": {"level": log_level}},
                "pipelines": {"metrics": {"receivers": [name], "exporters": ["file"]}},
            },
        }
        (folder / "config.yaml").write_text(json.dumps(settings), encoding="utf-8")
        super().__init__(started, [installs.path_of(started.cache, "collector"), f"--config={folder}/config.yaml"])
        self.match("Everything is ready", "stderr")

    def port(self, protocol):
        return processes.wait_for(lambda: servers.listening_port(self.pid, protocol), "the Collector listens")

    def requests(self):
        """What was written so far, as OTLP's JSON."""
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def page_of(self, address):
        """The first that was read of a target; None before."""
        for request in self.requests():
            for resource in request["resourceMetrics"]:
                page = otlp_body.read_otlp_request({"resourceMetrics": [resource]})
                if page.target.get("server.port") == address.rpartition(":")[2]:
                    return page.without(_is_of_scrape)
        return None

    def wait_for_series(self, count):
        processes.wait_for(lambda: len(_added_up(self.requests()).series) >= count > 0, "the lines are written")

    def refusal_of(self, address):
        """What its log says of a target that could not be read; empty if nothing."""
        lines = [line for line in self.stderr if "Failed to scrape" in line and address in line]
        return re.sub(r'.*"error": "(.*?)", "scrape_t.*', r"\1", lines[0]) if lines else ""


def _is_of_scrape(family):
    return family == "up" or family.startswith("scrape_")


def _stored(page):
    """The page as it reads it: native histograms in place of classic ones, target_info as the resource."""
    reading.without_classic(page)
    for name, labels in [key for key in page.series if key[0] == "target_info"]:
        page.target = dict(labels)
        del page.series[name, labels]
    for said in (page.types, page.helps):
        said.pop("target_info", None)
    return page


def _jobs():
    """(job, protocol, source, cell)."""
    for protocol, (form, _, _) in prometheus_scrapes.FORMS.items():
        source = "created" if protocol == "OpenMetricsText1.0.0" else "http"
        for compression in ("none", "gzip"):
            cell = Cell(RECEIVER, form, "", compression, stated=STATED.get(protocol, ()))
            yield f"{protocol} {compression}", protocol, source, cell


def scrapes(started):
    jobs = list(_jobs())
    relays = {job: relay.PageRelay(started, started.program[source]) for job, _, source, _ in jobs}
    scrape_configs = [
        {
            "job_name": job,
            "scrape_interval": "1s",
            "scrape_protocols": [protocol],
            "scrape_native_histograms": True,
            "enable_compression": cell.compression == "gzip",
            "static_configs": [{"targets": [relays[job].address]}],
        }
        for job, protocol, _, cell in jobs
    ]
    collector = Collector(started, "prometheus", {"config": {"scrape_configs": scrape_configs}})
    for job, protocol, _, cell in jobs:
        arrived = processes.wait_for(lambda job=job: collector.page_of(relays[job].address), f"{job} is read")
        kept = relays[job].kept
        sent = _stored(prometheus_scrapes.FORMS[protocol][2](kept.decoded()))
        arrived.target = {key: value for key, value in arrived.target.items() if key in sent.target}
        refusal = collector.refusal_of(relays[job].address)
        yield cell, Outcome(sent, arrived, refusal, aspects=(*SAID, "target"))


def otlp(started):
    read = {"protobuf": otlp_body.read_otlp_protobuf, "json": otlp_body.read_otlp_json}
    ways = itertools.product(read, ("none", "gzip", "zstd"), ("cumulative", "delta"))
    for encoding, compression, temporality in ways:
        with started.part() as part:
            collector = Collector(part, "otlp", {"protocols": {"http": {"endpoint": "127.0.0.1:0"}}})
            address = f"127.0.0.1:{collector.port('tcp')}"
            line = f"otlp+http://{{}}?interval=100ms&encoding={encoding}&compression={compression}"
            line += f"&temporality={temporality}"
            kept = relay.taken(part, line, address)
            processes.wait_for(collector.requests, "the push is written")
            sent, arrived = read[encoding](kept.decoded()), otlp_body.read_otlp_request(collector.requests()[0])
            cell = Cell(RECEIVER, "OTLP", encoding, compression, temporality)
            yield cell, Outcome(sent, arrived, aspects=(*SAID, "times", "target", "temporalities"))


def otlp_by_tls(started):
    with started.part() as part:
        files = secure.Certificates(part)
        tls = {"cert_file": files.server.file, "key_file": files.server.key, "client_ca_file": files.client.file}
        collector = Collector(part, "otlp", {"protocols": {"http": {"endpoint": "127.0.0.1:0", "tls": tls}}})
        kept = secure.pushed_beside(part, "otlp+http://{}?interval=100ms", f"127.0.0.1:{collector.port('tcp')}", files)
        processes.wait_for(collector.requests, "the push is written")
        sent = otlp_body.read_otlp_protobuf(kept.decoded()).without(secure.is_counted)
        arrived = otlp_body.read_otlp_request(collector.requests()[0]).without(secure.is_counted)
        cell = Cell(RECEIVER, f"OTLP {secure.WAY}", "protobuf", "none", "cumulative")
        yield cell, Outcome(sent, arrived, aspects=(*SAID, "target", "temporalities"))


def _added_up(requests):
    """A page of the deltas and the last gauges of all requests. A start time is told where it is behind the time."""
    page = page_model.Page()
    for request in requests:
        read = otlp_body.read_otlp_request(request)
        page.types |= read.types
        for (name, labels), value in read.series.items():
            key = name, reading.labels_of(dict(labels))
            is_gauge = read.types[name] == "gauge"
            page.series[key] = value if is_gauge else page.series.get(key, 0.0) + value
            page.times[key] = read.times[name, labels]
            if read.starts.get((name, labels), 0) > page.times[key]:
                page.starts[key] = read.starts[name, labels]
    return page


def _types_of(kept, monotonic):
    """Of the names of all lines: what they become."""
    counts = "counter" if monotonic else "up-down counter"
    types = {}
    for line in b"\n".join(kept).decode().splitlines():
        name, _, said = line.partition(":")
        types[name] = counts if said.split("|")[1] == "c" else "gauge"
    return types


def _pushed(part, collector, passed, options, around=()):
    """(what was sent, what arrived) of a push through a relay."""
    datagrams.push_once(part, passed, options, around)
    sent = statsd_lines.read_statsd(*passed.kept)
    sent.types = _types_of(passed.kept, True)
    collector.wait_for_series(len(sent.series))
    return sent, _added_up(collector.requests())


def statsd(started):
    for dialect, form in (("plain", "StatsD, plain lines"), ("dogstatsd", "DogStatsD")):
        for monotonic in (True, False):
            with started.part() as part:
                collector = Collector(part, "statsd", {**STATSD, "is_monotonic_counter": monotonic})
                passed = datagrams.UdpRelay(part, collector.port("udp"))
                sent, arrived = _pushed(part, collector, passed, f"dialect={dialect}")
                sent.types = _types_of(passed.kept, monotonic)
                said = form if monotonic else f"{form}, as sums that may fall (is_monotonic_counter off)"
                cell = Cell(RECEIVER, said, "", "none", "delta", (OVERFLOW,))
                yield cell, Outcome(sent, arrived, aspects=("series", "types"))


def statsd_sockets(started):
    for dialect, form in (("plain", "StatsD, plain lines"), ("dogstatsd", "DogStatsD")):
        with started.part() as part:
            path = processes.folder_for(part) / "statsd.sock"
            collector = Collector(part, "statsd", {**STATSD, "transport": "unixgram", "endpoint": str(path)})
            passed = datagrams.UnixRelay(part, path)
            sent, arrived = _pushed(part, collector, passed, f"dialect={dialect}")
            cell = Cell(RECEIVER, f"{form} to a Unix socket", "", "none", "delta", (OVERFLOW,))
            yield cell, Outcome(sent, arrived, aspects=("series", "types"))


def statsd_times(started):
    with started.part() as part:
        collector = Collector(part, "statsd", STATSD)
        passed = datagrams.UdpRelay(part, collector.port("udp"))
        sent, arrived = _pushed(part, collector, passed, "dialect=dogstatsd&timestamps=on")
        gauges = {key for key in sent.times if sent.types[key[0]] == "gauge"}
        counts = set(sent.times) - gauges
        # By chance, a few times of its own are whole seconds too.
        for keys in (gauges, counts):
            if any(arrived.times.get(key) != sent.times[key] for key in keys):
                arrived.times = {key: time for key, time in arrived.times.items() if key not in keys}
        stated = [dataclasses.replace(UNTIMELY[0], where=gauges.__contains__)]
        stated += [dataclasses.replace(UNTIMELY[1], where=counts.__contains__)]
        cell = Cell(RECEIVER, "DogStatsD, timestamps=on", "", "none", "delta", (OVERFLOW, *stated))
        yield cell, Outcome(sent, arrived, aspects=("series", "types", "times", "starts"))


def statsd_origin(started):
    """Of a program in a cgroup namespace of its own, as in a container that hides its ID."""
    with started.part() as part:
        collector = Collector(part, "statsd", STATSD)
        passed = datagrams.UdpRelay(part, collector.port("udp"))
        around = datagrams.in_container(DD_ENTITY_ID="pod")
        sent, arrived = _pushed(part, collector, passed, "dialect=dogstatsd&origin=on", around)
        if not all("container.id" in dict(labels) for _, labels in sent.series):
            raise AssertionError("lines without a container were sent")
        cell = Cell(RECEIVER, "DogStatsD, origin=on (the container as container.id)", "", "none", "delta", (OVERFLOW,))
        yield cell, Outcome(sent, arrived, aspects=("series", "types"))
    with started.part() as part:
        collector = Collector(part, "statsd", STATSD, "debug")
        passed = datagrams.UdpRelay(part, collector.port("udp"))
        datagrams.push_once(part, passed, "dialect=dogstatsd&origin=on", ("env", "DD_EXTERNAL_ENV=cn-broker"))
        refusal = collector.match("unrecognized message part.*", "stderr")[0]
        cell = Cell(RECEIVER, "DogStatsD, origin=on with DD_EXTERNAL_ENV", "", "none", "delta", (EXTERNAL,))
        yield cell, Outcome(refusal=refusal)
