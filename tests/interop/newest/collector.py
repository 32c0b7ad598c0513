"""The Collector of OpenTelemetry: scraping, and pushed to by OTLP and StatsD. What it has read, it writes to a file."""

import itertools
import json
import re

import installs
import processes
import prometheus_scrapes
import reading
import relay
import servers
from cells import Cell, Loss, Outcome, Refusal, named
from decoders import otlp_body

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


class Collector(processes.Process):
    """`receiver` is (name, configuration)."""

    def __init__(self, started, name, configuration):
        folder = processes.folder_for(started)
        self.path = folder / "read.json"
        settings = {
            "receivers": {name: configuration},
            "exporters": {"file": {"path": str(self.path), "flush_interval": "50ms"}},
            "service": {
                "telemetry": {"metrics": {"level": "none"}},
                "pipelines": {"metrics": {"receivers": [name], "exporters": ["file"]}},
            },
        }
        (folder / "config.yaml").write_text(json.dumps(settings), encoding="utf-8")
        super().__init__(started, [installs.path_of(started.cache, "collector"), f"--config={folder}/config.yaml"])
        self.match("Everything is ready", "stderr")

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
    for encoding, compression in itertools.product(read, ("none", "gzip", "zstd")):
        with started.part() as part:
            collector = Collector(part, "otlp", {"protocols": {"http": {"endpoint": "127.0.0.1:0"}}})
            address = f"127.0.0.1:{servers.listening_port(collector.pid)}"
            line = f"otlp+http://{{}}?interval=100ms&encoding={encoding}&compression={compression}"
            kept = relay.taken(part, line, address)
            processes.wait_for(collector.requests, "the push is written")
            sent, arrived = read[encoding](kept.decoded()), otlp_body.read_otlp_request(collector.requests()[0])
            cell = Cell(RECEIVER, "OTLP", encoding, compression, "cumulative")
            yield cell, Outcome(sent, arrived, aspects=(*SAID, "times", "target"))
