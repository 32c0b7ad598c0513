"""Prometheus, scraping: pages in every form that it negotiates, with every compression and escaping."""

import itertools
import json

import processes
import prometheus
import prometheus_reader
import reading
import relay
from cells import Cell, Loss, Outcome
from decoders import openmetrics2_page, protobuf_page, text_page

RECEIVER = "Prometheus 3.16"
# Protocol of scrape_protocols: the name of the form, the media type of its pages, and their reader.
FORMS = {
    "PrometheusText0.0.4": ("text 0.0.4", "text/plain; version=0.0.4", text_page.read_text),
    "PrometheusText1.0.0": ("text 1.0.0", "text/plain; version=1.0.0", text_page.read_text),
    "OpenMetricsText1.0.0": (
        "OpenMetrics 1.0",
        "application/openmetrics-text; version=1.0.0",
        text_page.read_openmetrics,
    ),
    "OpenMetricsText2.0.0": (
        "OpenMetrics 2.0",
        "application/openmetrics-text; version=2.0.0",
        openmetrics2_page.read_openmetrics2,
    ),
    "PrometheusProto": ("protobuf", "application/vnd.google.protobuf", protobuf_page.read_protobuf),
}
OPENMETRICS = ("OpenMetricsText1.0.0", "OpenMetricsText2.0.0")
ESCAPED = ("PrometheusText1.0.0", *OPENMETRICS)
FLAGS = ("--scrape.discovery-reload-interval=100ms",)
FEATURES = "exemplar-storage,openmetrics2"


class Job:
    """One way to scrape: a cell with its protocol, the lines of its job, and how the page is stored."""

    def __init__(self, protocol, cell, settings="", source="http", stored=lambda page: page):
        self.protocol, self.cell, self.source, self.stored = protocol, cell, source, stored
        self.settings = f"scrape_protocols: ['{protocol}']\n{settings}"


class Scrapes:
    """A server with its flags, and a job for each cell."""

    def __init__(self, started, jobs, features=FEATURES, flags=()):
        self.jobs = {f"job{i}": job for i, job in enumerate(jobs)}
        self.relays = {name: relay.PageRelay(started, started.program[job.source]) for name, job in self.jobs.items()}
        self.server = prometheus.Prometheus(
            started,
            {name: page.address for name, page in self.relays.items()},
            (*FLAGS, f"--enable-feature={features}", *flags),
            {name: job.settings for name, job in self.jobs.items()},
        )
        processes.wait_for(self.are_scraped, "every job is scraped")

    def targets(self):
        found = self.server.api("targets", state="active")["activeTargets"]
        return {target["labels"]["job"]: target for target in found}

    def are_scraped(self):
        targets = self.targets()
        return len(targets) == len(self.jobs) and all(target["health"] != "unknown" for target in targets.values())

    def outcomes(self, aspects, read=prometheus_reader.read):
        targets = self.targets()
        for name, job in self.jobs.items():
            yield job.cell, self.outcome(name, job, targets[name], aspects, read)

    def outcome(self, name, job, target, aspects, read):
        kept = self.relays[name].kept
        _, media_type, decode = FORMS[job.protocol]
        if not kept.content_type.startswith(media_type):
            raise AssertionError(f"{job.cell.name} is {kept.content_type}, asked for by {kept.asked}")
        if kept.coding != job.cell.compression:
            raise AssertionError(f"{job.cell.name} is compressed by {kept.coding}, asked for by {kept.asked}")
        if target["health"] != "up":
            return Outcome(refusal=target["lastError"])
        sent = job.stored(reading.with_ranges(decode(kept.decoded())))
        return Outcome(sent, read(self.server, name, sent), aspects=aspects)


SAID = ("series", "natives", "types", "helps", "units", "exemplars")
# A server without native histograms stores the classic ones of a page that has both.
CLASSIC_ONLY = Loss("native buckets", "native histograms are off", "natives")


def _without_natives(protocol):
    return (CLASSIC_ONLY,) if protocol in ("OpenMetricsText2.0.0", "PrometheusProto") else ()


def negotiated(started):
    """Every form, escaping and compression that the server asks for without further flags."""
    jobs = []
    for protocol, (form, _, _) in FORMS.items():
        schemes = ("allow-utf-8", "underscores", "dots", "values") if protocol in ESCAPED else ("",)
        for scheme, compression in itertools.product(schemes, ("none", "gzip")):
            lines = f"metric_name_escaping_scheme: {scheme}\n" if scheme else ""
            lines += f"enable_compression: {json.dumps(compression == 'gzip')}\n"
            cell = Cell(RECEIVER, form, scheme, compression, stated=_without_natives(protocol))
            jobs.append(Job(protocol, cell, lines))
    yield from Scrapes(started, jobs).outcomes(SAID)


def zstd(started):
    jobs = [
        Job(protocol, Cell(RECEIVER, form, "", "zstd", stated=_without_natives(protocol)))
        for protocol, (form, _, _) in FORMS.items()
    ]
    yield from Scrapes(started, jobs, f"{FEATURES},zstd-scrape").outcomes(SAID)


NATIVE = "scrape_native_histograms: true\n"
BOTH = NATIVE + "always_scrape_classic_histograms: true\n"
CUSTOM = NATIVE + "convert_classic_histograms_to_nhcb: true\n"


def native(started):
    """Native histograms, alone and beside the classic ones, and classic ones that become native."""
    jobs = []
    for protocol in ("OpenMetricsText2.0.0", "PrometheusProto"):
        form = FORMS[protocol][0]
        cell = Cell(RECEIVER, f"{form}, native histograms on", "", "gzip")
        jobs.append(Job(protocol, cell, NATIVE, stored=reading.without_classic))
        cell = Cell(RECEIVER, f"{form}, native and classic histograms", "", "gzip")
        jobs.append(Job(protocol, cell, BOTH))
    for protocol, (form, _, _) in FORMS.items():
        cell = Cell(RECEIVER, f"{form}, classic histograms made native", "", "gzip")
        jobs.append(Job(protocol, cell, CUSTOM, stored=reading.with_custom_buckets))
    yield from Scrapes(started, jobs).outcomes(SAID)


def starts(started):
    """Start times, which a server keeps by a flag."""
    features = f"{FEATURES},st-storage,promql-experimental-functions,use-start-timestamps"
    jobs = []
    for protocol, source in (*((one, "created") for one in OPENMETRICS), ("PrometheusProto", "http")):
        cell = Cell(RECEIVER, f"{FORMS[protocol][0]}, start times on", "", "gzip")
        jobs.append(Job(protocol, cell, BOTH, source))
    scrapes = Scrapes(started, jobs, features)
    yield from scrapes.outcomes((*SAID, "starts"), prometheus_reader.read_starts)


def types_and_units(started):
    """Types and units as labels of series."""
    jobs = []
    for protocol, (form, _, _) in FORMS.items():
        jobs.append(Job(protocol, Cell(RECEIVER, f"{form}, types and units as labels", "", "gzip"), BOTH))
    yield from Scrapes(started, jobs, f"{FEATURES},type-and-unit-labels").outcomes(SAID, prometheus_reader.read_labels)
