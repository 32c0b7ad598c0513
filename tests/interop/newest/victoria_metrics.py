"""VictoriaMetrics: scraping, and pushed to by remote write and OTLP."""

import functools
import itertools
import json

import processes
import reading
import relay
import servers
from cells import Cell, Loss, Outcome, Refusal, named
from decoders import otlp_body, page_model, remote_write_body, text_page

RECEIVER = "VictoriaMetrics 1.151"
SAID = ("series", "natives", "types", "helps", "units")
DIGITS = Loss("the last of 17 digits", "it keeps about 15", "series", "changed", named("largest_total"))
LOSSES = (
    DIGITS,
    Loss("the smallest double", "it becomes 0", "series", "changed", lambda key: "smallest" in str(key)),
    Loss("NaN", "it is not stored", "series", "lost", lambda key: "'nan'" in str(key)),
)
UP_AND_DOWN = Loss(
    what="types of up-down counters",
    reason="sums that may fall are gauges",
    aspect="types",
    outcome="changed",
    where=named("waiting|streamhouse_exporter_connections"),
)
IGNORED = Refusal("204 without counts", "it knows 1.0 only; the exporter falls back to it unless the version is fixed")
NO_JSON = Refusal("json encoding isn't supported", "it takes OTLP in protobuf only")


def _start(started, targets=None, settings=None):
    return servers.VictoriaMetrics(started, targets or {}, ("-search.disableCache",), settings)


def _stored(server, job):
    processes.fetch(f"{server.url}/internal/force_flush")
    return server.series(job)


def _page(server, job):
    page = page_model.Page()
    for (name, labels), value in _stored(server, job).items():
        if name != "up" and not name.startswith("scrape_"):
            page.series[name, reading.labels_of(dict(labels))] = float(value)
    for name, (said, *_) in json.loads(processes.fetch(f"{server.url}/api/v1/metadata")[2])["data"].items():
        page.describe(name, said.get("type"), said.get("help"), otlp_body.unit_word(said.get("unit")))
    return page


def scrapes(started):
    """It asks for text 0.0.4 only."""
    for compression in ("none", "gzip"):
        with started.part() as part:
            page = relay.PageRelay(part, part.program["http"])
            settings = {"page": {"disable_compression": compression == "none"}}
            server = _start(part, {"page": page.address}, settings)
            processes.wait_for(functools.partial(_stored, server, "page"), "a page is stored")
            sent = text_page.read_text(page.kept.decoded())
            cell = Cell(RECEIVER, "text 0.0.4", "", page.kept.coding, stated=LOSSES)
            yield cell, Outcome(sent, _page(server, "page"), aspects=SAID)


def _as_ranges(page):
    """The page with native histograms as it stores them: buckets with the label vmrange."""
    for (name, labels), native in page.natives.items():
        threshold = native.zero_threshold
        zeros = [(-threshold, threshold, float(native.zero_count))] if native.zero_count else []
        for lower, upper, count in [*zeros, *reading.exact_ranges(native)]:
            ranged = page_model.labels_of([*labels, ("vmrange", f"{lower:.3e}...{upper:.3e}")])
            page.add(f"{name}_bucket", ranged, count)
        page.add(f"{name}_sum", labels, native.sum)
        page.add(f"{name}_count", labels, float(native.count))
    page.natives = {}
    return page


def _with_resource(page):
    """The page with the attributes of the resource and of the scope as labels of each series."""
    scope = {"scope.name": "streamhouse", "scope.version": page.target["telemetry.sdk.version"]}
    return reading.with_labels(_as_ranges(page), *page.target.items(), *scope.items())


def _pushed(started, line, read, stored, push=relay.taken):
    with started.part() as part:
        server = _start(part)
        kept = push(part, line, server.url.removeprefix("http://"))
        if kept.status >= 300:
            return Outcome(refusal=f"{kept.status} {kept.answer.decode(errors='replace')}")
        if "version=2" in line:
            return _ignored(server, kept)
        sent = stored(reading.without_labels(read(kept.decoded()), "job"))
        processes.wait_for(lambda: _stored(server, "page"), "the push is stored")
        return Outcome(sent, _page(server, "page"), aspects=SAID)


def _ignored(server, kept):
    """Of a push that is answered with success and without the counts that 2.0 prescribes."""
    server.give("marker 1\n", job="marker")
    processes.wait_for(lambda: _stored(server, "marker"), "what came later is stored")
    counts = [name for name in kept.asked if name.lower().endswith("-written")]
    if counts or _stored(server, "page"):
        raise AssertionError(f"{counts}, {len(_stored(server, 'page'))} series are stored")
    return Outcome(refusal="204 without counts, and nothing is stored")


def remote_write(started):
    native = "remote write 1.0, native histograms (stored as vmrange)"
    for form, options, read, stated in (
        ("remote write 2.0", "version=2", remote_write_body.read_remote_write_2, (IGNORED,)),
        ("remote write 1.0", "version=1", remote_write_body.read_remote_write_1, LOSSES),
        (native, "version=1&exponential=native", remote_write_body.read_remote_write_1, LOSSES),
    ):
        line = f"prw+http://{{}}/api/v1/write?interval=100ms&label=job:page&{options}"
        yield Cell(RECEIVER, form, "", "snappy", "", stated), _pushed(started, line, read, _as_ranges)
    line = "prw+http://{}/api/v1/write?interval=100ms&label=job:page&version=auto"
    cell = Cell(RECEIVER, "remote write, version=auto: it becomes 1.0", "", "snappy", "", LOSSES)
    yield cell, _pushed(started, line, remote_write_body.read_remote_write_1, _as_ranges, relay.fallen_back)


def otlp(started):
    read = {"protobuf": otlp_body.read_otlp_protobuf, "json": otlp_body.read_otlp_json}
    ways = itertools.product(read, ("none", "gzip", "zstd"), ("cumulative", "delta"))
    for encoding, compression, temporality in ways:
        line = f"otlp+http://{{}}/opentelemetry/v1/metrics?interval=100ms&encoding={encoding}&compression={compression}"
        stated = (*LOSSES, UP_AND_DOWN) if encoding == "protobuf" else (NO_JSON,)
        cell = Cell(RECEIVER, "OTLP (resource as labels)", encoding, compression, temporality, stated)
        line += f"&temporality={temporality}&label=job:page"
        yield cell, _pushed(started, line, read[encoding], _with_resource)
