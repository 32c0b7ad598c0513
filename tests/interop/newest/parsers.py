"""Parsers of other languages: Prometheus' own in Go, the clients' in Python and Java."""

import base64
import itertools
import json
import subprocess

import installs
import relay
from cells import Cell, Outcome, Refusal
from decoders import openmetrics2_page, otlp_body, page_model, protobuf_page, text_page

GO = "Go textparse 0.316"
PYTHON = "Python prometheus-client 0.26"
PYTHON_OTLP = "Python opentelemetry-proto 1.45.2"
JAVA = "Java client_java 1.10"
PROTOBUF = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
FORMS = {
    "text 0.0.4": ("text/plain;version=0.0.4", text_page.read_text),
    "text 1.0.0": ("text/plain;version=1.0.0;escaping={}", text_page.read_text),
    "OpenMetrics 1.0": ("application/openmetrics-text;version=1.0.0;escaping={}", text_page.read_openmetrics),
    "OpenMetrics 2.0": ("application/openmetrics-text;version=2.0.0;escaping={}", openmetrics2_page.read_openmetrics2),
    "protobuf": (PROTOBUF + ";escaping={}", protobuf_page.read_protobuf),
}
# What is asked of pages, without the times of their scrapes.
SAID = ("series", "natives", "types", "helps", "units", "exemplars", "starts")
_REFUSED = 1
NEGATIVE_SUM = Refusal(
    "negative|Negative|_sum", "a histogram with negative bounds has a sum, which Prometheus wants, the standard forbids"
)


def _fetch(address, form, escaping, names=()):
    """(content type, body) of a page; `names` are families, all of them unless told."""
    accept = FORMS[form][0].format(escaping)
    query = "&".join(f"name[]={name}" for name in names)
    status, headers, body = relay.exchange(f"http://{address}/metrics?{query}", "GET", {"Accept": accept})
    if status != 200:
        raise AssertionError(f"{status}: {body!r}")
    return headers["Content-Type"], body


def _run(command, body):
    """(output, the last line of its errors where it refuses)."""
    done = subprocess.run(list(map(str, command)), input=body, capture_output=True, check=False)
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return done.stdout, (said or ["no reason"])[-1] if done.returncode == _REFUSED else ""


def _native(said):
    def side(key):
        return tuple((int(index), int(count)) for index, count in said[key] if int(count))

    return page_model.Native(
        schema=said["schema"],
        zero_threshold=said["zero_threshold"],
        zero_count=int(said["zero_count"]),
        count=int(said["count"]),
        sum=float(said["sum"]),
        positive=side("positive"),
        negative=side("negative"),
    )


def _full_name(name, sent):
    """With the suffix that OpenMetrics 1.0 leaves out of names of families."""
    suffixes = () if name in sent.types else ("_total", "_info")
    return next((name + suffix for suffix in suffixes if name + suffix in sent.types), name)


def _add_series(page, line, sent):
    labels = line["labels"]
    name = labels.pop("__name__")
    key = page_model.labels_of(
        (label, page_model.number_text(value) if label in ("le", "quantile") else value)
        for label, value in labels.items()
    )
    base = sent.base_of(name, key)
    if line.get("native"):
        page.natives[name, key] = _native(line["native"])
    elif name.endswith("_created") and sent.base_of(name.replace("_created", "_total"), key)[0] in sent.types:
        return
    else:
        page.series[name, key] = float(line["value"])
    if line.get("start"):
        page.starts[base] = line["start"]
    for one in line.get("exemplars") or ():
        exemplar = page_model.Exemplar(page_model.labels_of(one["labels"].items()), float(one["value"]), one["time"])
        page.exemplars.setdefault(base, set()).add(exemplar)


def _page_of(lines, sent):
    page = page_model.Page()
    for line in map(json.loads, lines.splitlines()):
        said = {"type": "family_type", "help": "help_text", "unit": "unit"}.get(line["entry"])
        if said:
            page.describe(_full_name(line["name"], sent), **{said: line.get("text")})
        else:
            _add_series(page, line, sent)
    return page


def textparse(started):
    """Every form that it reads, in every escaping, with start times."""
    program = installs.path_of(started.cache, "textparse")
    for form, how in FORMS.items():
        for escaping in ("allow-utf-8", "underscores", "dots", "values") if "{}" in how[0] else ("",):
            content_type, body = _fetch(started.program["created"], form, escaping)
            sent = how[1](body)
            lines, refusal = _run([program, content_type], body)
            yield Cell(GO, form, escaping), Outcome(sent, _page_of(lines, sent), refusal, SAID)


def _python(started, form, body):
    return _run([installs.path_of(started.cache, "python"), installs.SOURCES / "read_by_python.py", form], body)


def _without(page, family):
    """Names of the families of a page, but for one and the families that the server counts itself."""
    return [name for name in page.types if name != family and not name.startswith("streamhouse_exporter_")]


def python(started):
    """Pages of text, and of OpenMetrics 1.0 with and without a histogram that has a negative sum."""
    for form, reader in (("text 0.0.4", "text"), ("OpenMetrics 1.0", "openmetrics")):
        for escaping in ("allow-utf-8", "underscores") if reader == "openmetrics" else ("",):
            _, body = _fetch(started.program["http"], form, escaping)
            sent = FORMS[form][1](body)
            lines, refusal = _python(started, reader, body)
            stated = (NEGATIVE_SUM,) if reader == "openmetrics" else ()
            yield Cell(PYTHON, form, escaping, stated=stated), Outcome(sent, _page_of(lines, sent), refusal, SAID)
    _, body = _fetch(started.program["http"], "OpenMetrics 1.0", "allow-utf-8", _without(sent, "change"))
    sent = text_page.read_openmetrics(body)
    lines, refusal = _python(started, "openmetrics", body)
    cell = Cell(PYTHON, "OpenMetrics 1.0 without negative bounds", "allow-utf-8")
    yield cell, Outcome(sent, _page_of(lines, sent), refusal, SAID)


def python_otlp(started):
    """Requests of OTLP, by the official schema, in protobuf and in JSON."""
    readers = {"protobuf": otlp_body.read_otlp_protobuf, "json": otlp_body.read_otlp_json}
    for encoding, temporality in itertools.product(readers, ("cumulative", "delta")):
        options = f"interval=100ms&encoding={encoding}&temporality={temporality}"
        kept = relay.taken(started, f"otlp+http://{{}}/v1/metrics?{options}")
        output, refusal = _python(started, f"otlp_{encoding}", kept.decoded())
        arrived = otlp_body.read_otlp_json(_with_hex_ids(output, encoding)) if output else None
        aspects = (*SAID, "times", "target", "temporalities")
        outcome = Outcome(readers[encoding](kept.decoded()), arrived, refusal, aspects)
        yield Cell(PYTHON_OTLP, "OTLP", encoding, temporality=temporality), outcome


def _with_hex_ids(text, encoding):
    """The schema's JSON has ids in base64, also ids that it read as hex digits."""
    request = json.loads(text)
    if encoding == "protobuf":
        _turn_ids(request)
    return json.dumps(request)


def _turn_ids(found):
    for value in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        _turn_ids(value)
    if isinstance(found, dict):
        for key in ("traceId", "spanId"):
            if key in found:
                found[key] = base64.b64decode(found[key]).hex()


def java(started):
    """Pages of protobuf, by the classes of client_java."""
    folder = installs.path_of(started.cache, "client_java").parent
    command = ["java", "-cp", f"{folder}/classes:{folder}/jars/*", "ReadProtobuf"]
    for escaping in ("allow-utf-8", "underscores", "dots", "values"):
        _, body = _fetch(started.program["http"], "protobuf", escaping)
        output, refusal = _run(command, body)
        sent = protobuf_page.read_protobuf(body)
        yield Cell(JAVA, "protobuf", escaping), Outcome(sent, protobuf_page.read_protobuf(output), refusal, SAID)
