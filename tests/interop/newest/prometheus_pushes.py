"""Prometheus, pushed to: remote write 2.0 and 1.0, and OTLP by encoding and compression."""

import functools
import itertools
import re

import processes
import prometheus
import prometheus_reader
import reading
import relay
from cells import Cell, Loss, Outcome, Refusal, named
from decoders import otlp_body, page_model, remote_write_body

RECEIVER = "Prometheus 3.16"
FEATURES = "exemplar-storage,st-storage,promql-experimental-functions,use-start-timestamps,type-and-unit-labels"
FLAGS = ("--web.enable-remote-write-receiver", "--web.enable-otlp-receiver")
SAID = ("series", "natives", "types", "helps", "units", "exemplars", "starts")
# Types and units are stored as labels; help texts have no place.
NO_HELPS = Loss("help texts", "a receiver of pushes keeps none", "helps")
VERSION_1, VERSION_2 = remote_write_body.read_remote_write_1, remote_write_body.read_remote_write_2
NO_METADATA = "the server ignores the metadata of 1.0"
WRITE_LOSSES = {
    "remote write 2.0": (NO_HELPS,),
    "remote write 1.0": (NO_HELPS, Loss("types", NO_METADATA, "types"), Loss("units", NO_METADATA, "units")),
}
def _has_zeros(key):
    return key == ("fetch_seconds", (("topic", "orders"),))


SUMS = named("build_info|mode|waiting|streamhouse_exporter_connections")
OTLP_LOSSES = (
    NO_HELPS,
    Loss("types of up-down counters, infos, state sets", "sums that may fall are gauges", "types", "changed", SUMS),
    Loss("width of the zero bucket", "zero_threshold is ignored", "natives", "changed", _has_zeros),
)
OTLP = "otlp+http://{}/api/v1/otlp/v1/metrics?interval=100ms"
NO_ZSTD = Refusal("zstd", "it takes gzip or none")
NO_DELTAS = Refusal("temporality", "it takes cumulative values only")
WITHOUT_TRANSLATION = "\notlp: {translation_strategy: NoTranslation}\n"


def _outcome(started, line, job, stored, sections="", features=FEATURES):
    """Of a program that pushes by `line`; `stored` gives the page that should arrive of a push that was taken."""
    with started.part() as part:
        server = prometheus.Prometheus(part, {}, (*FLAGS, f"--enable-feature={features}"), sections=sections)
        kept = relay.taken(part, line, server.url.removeprefix("http://"))
        if kept.status >= 300:
            return Outcome(refusal=f"{kept.status} {kept.answer.decode(errors='replace')}")
        sent = stored(kept)
        processes.wait_for(lambda: server.api("query", query=f'{{job="{job}"}}')["result"], "the push is stored")
        return Outcome(sent, _read(server, job, sent), aspects=SAID)


def _read(server, job, sent):
    page = prometheus_reader.read_labels(server, job, sent)
    prometheus_reader.add_starts(server, job, sent, page)
    return page


def remote_write(started):
    for form, options, read in (
        ("remote write 2.0", "version=2", VERSION_2),
        ("remote write 2.0, classic histograms", "version=2&exponential=classic", VERSION_2),
        ("remote write 1.0", "version=1", VERSION_1),
        ("remote write 1.0, native histograms", "version=1&exponential=native", VERSION_1),
    ):
        line = f"prw+http://{{}}/api/v1/write?interval=100ms&label=job:page&{options}"

        def stored(kept, read=read):
            return reading.without_labels(reading.with_ranges(read(kept.decoded())), "job")

        cell = Cell(RECEIVER, form, "", "snappy", stated=WRITE_LOSSES[form[:16]])
        yield cell, _outcome(started, line, "page", stored)


def _with_target(page, change=lambda text: text):
    """The page, with the series target_info that the server makes of the resource. Of whom it is stands in job."""
    attributes = [(change(key), value) for key, value in page.target.items() if not key.startswith("service.")]
    page.series[change("target_info"), page_model.labels_of(attributes)] = 1.0
    return page


def _underscored(page):
    """The page as the default translation stores it: names have their units and endings already."""

    def text(name):
        """What is legal in it, joined by underscores."""
        return "_".join(part for part in re.split(r"[^a-zA-Z0-9:]+", name) if part)

    def key(found):
        return text(found[0]), page_model.labels_of((re.sub(r"\W", "_", label), value) for label, value in found[1])

    for field in ("series", "natives", "exemplars", "starts", "times"):
        setattr(page, field, {key(found): value for found, value in getattr(page, field).items()})
    for field in ("types", "helps", "units"):
        setattr(page, field, {text(name): value for name, value in getattr(page, field).items()})
    return _with_target(page, text)


def otlp(started):
    read = {"protobuf": otlp_body.read_otlp_protobuf, "json": otlp_body.read_otlp_json}

    def page(kept, encoding, change):
        return change(reading.with_ranges(read[encoding](kept.decoded())))

    for encoding, compression in itertools.product(read, ("none", "gzip", "zstd")):
        line = f"{OTLP}&encoding={encoding}&compression={compression}"
        stated = (NO_ZSTD,) if compression == "zstd" else OTLP_LOSSES
        cell = Cell(RECEIVER, "OTLP, names untranslated", encoding, compression, "cumulative", stated)
        stored = functools.partial(page, encoding=encoding, change=_with_target)
        yield cell, _outcome(started, line, "relay", stored, WITHOUT_TRANSLATION)
    cell = Cell(RECEIVER, "OTLP, names translated", "protobuf", "none", "cumulative", OTLP_LOSSES)
    yield cell, _outcome(started, OTLP, "relay", functools.partial(page, encoding="protobuf", change=_underscored))


def otlp_deltas(started):
    """Refused, unless a feature adds them up; the first push is what they add up to."""
    for encoding, compression in itertools.product(("protobuf", "json"), ("none", "gzip")):
        line = f"{OTLP}&encoding={encoding}&compression={compression}&temporality=delta"
        cell = Cell(RECEIVER, "OTLP", encoding, compression, "delta", (NO_DELTAS,))
        yield cell, _outcome(started, line, "relay", lambda kept: None, WITHOUT_TRANSLATION)

    def stored(kept):
        return _with_target(reading.with_ranges(otlp_body.read_otlp_protobuf(kept.decoded())))

    cell = Cell(RECEIVER, "OTLP, added up (otlp-deltatocumulative)", "protobuf", "none", "delta", OTLP_LOSSES)
    features = f"{FEATURES},otlp-deltatocumulative"
    yield cell, _outcome(started, f"{OTLP}&temporality=delta", "relay", stored, WITHOUT_TRANSLATION, features)
