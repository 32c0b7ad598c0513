"""The formats of one snapshot: how each is read, and what it keeps of what every_kind.py holds."""

import dataclasses
import pathlib
import re
import subprocess
import typing

import every_kind
from decoders import (
    comparison,
    openmetrics2_page,
    otlp_body,
    page_model,
    protobuf_page,
    remote_write_body,
    statsd_lines,
    text_page,
)

EXPONENTIAL = "relay_wait_seconds"


def _as_registered(name, labels):
    return name, labels


def _with_underscores(name, labels):
    """Of names beyond [A-Za-z0-9_:]; a colon is legal in names of metrics, and in no name of ours."""
    return re.sub(r"\W", "_", name), page_model.labels_of((re.sub(r"\W", "_", key), value) for key, value in labels)


def _cleaned(text):
    return re.sub(rb"[^A-Za-z0-9_-]", b"_", text.encode()).decode()


def _in_plain_names(name, labels):
    """As `.LABEL.VALUE`, in the order of registration; what a kind adds comes last."""
    order = every_kind.LABEL_ORDER.get(name, ())
    added = ("le", "quantile", "relay_mode")

    def place(pair):
        return (pair[0] in added, order.index(pair[0]) if pair[0] in order else 0)

    parts = [f".{_cleaned(key)}.{_cleaned(value)}" for key, value in sorted(labels, key=place)]
    return _cleaned(name) + "".join(parts), ()


def _in_tags(name, labels):
    return name, page_model.labels_of((key, re.sub(r"[:|@#,\x00-\x1f]", "_", value)) for key, value in labels)


# What a series is called, in words.
NAMING = {
    _as_registered: "as registered",
    _with_underscores: "`_` for characters beyond `[A-Za-z0-9_:]`",
    _in_plain_names: "labels stand in the name; `_` for bytes beyond `[A-Za-z0-9_-]`",
    _in_tags: "labels are tags; `_` for `:` `\\|` `@` `#` `,` and control characters in them",
}


@dataclasses.dataclass(frozen=True)
class Format:
    title: str
    file: str
    read: typing.Callable
    named: typing.Callable  # the name and labels under which a series goes out
    chosen: str  # by what a user gets it


FORMATS = (
    Format("text 0.0.4", "text_0.0.4", text_page.read_text, _with_underscores, "a reader that asks for nothing"),
    Format("text 1.0.0", "text_1.0.0", text_page.read_text, _as_registered, "`text/plain;version=1.0.0`"),
    Format(
        title="OpenMetrics 1.0",
        file="openmetrics_1",
        read=text_page.read_openmetrics,
        named=_as_registered,
        chosen="`application/openmetrics-text;version=1.0.0`",
    ),
    Format(
        title="OpenMetrics 1.0 with `created=shown`",
        file="openmetrics_1_created",
        read=text_page.read_openmetrics,
        named=_as_registered,
        chosen="an option of `prometheus://`",
    ),
    Format(
        title="OpenMetrics 2.0",
        file="openmetrics_2",
        read=openmetrics2_page.read_openmetrics2,
        named=_as_registered,
        chosen="`application/openmetrics-text;version=2.0.0`",
    ),
    Format(
        title="Prometheus protobuf",
        file="protobuf",
        read=protobuf_page.read_protobuf,
        named=_as_registered,
        chosen="`application/vnd.google.protobuf`",
    ),
    Format("Pushgateway", "pushgateway", protobuf_page.read_protobuf, _with_underscores, "`pushgateway+http://`"),
    Format(
        title="remote write 2.0",
        file="remote_write_2",
        read=remote_write_body.read_remote_write_2,
        named=_as_registered,
        chosen="`prw+http://`",
    ),
    Format(
        title="remote write 1.0",
        file="remote_write_1",
        read=remote_write_body.read_remote_write_1,
        named=_with_underscores,
        chosen="`prw+http://`, where the receiver knows no 2.0",
    ),
    Format(
        title="remote write 1.0 with `exponential=native`",
        file="remote_write_1_native",
        read=remote_write_body.read_remote_write_1,
        named=_with_underscores,
        chosen="an option of `prw+http://`",
    ),
    Format("OTLP protobuf", "otlp_protobuf", otlp_body.read_otlp_protobuf, _as_registered, "`otlp+http://`"),
    Format("OTLP JSON", "otlp_json", otlp_body.read_otlp_json, _as_registered, "`otlp+http://…?encoding=json`"),
    Format(
        title="OTLP protobuf, delta",
        file="otlp_delta_protobuf",
        read=otlp_body.read_otlp_protobuf,
        named=_as_registered,
        chosen="`otlp+http://…?temporality=delta`",
    ),
    Format(
        title="OTLP JSON, delta",
        file="otlp_delta_json",
        read=otlp_body.read_otlp_json,
        named=_as_registered,
        chosen="`otlp+http://…?temporality=delta&encoding=json`",
    ),
    Format("StatsD, plain", "statsd_plain", statsd_lines.read_statsd, _in_plain_names, "`statsd://`"),
    Format(
        title="DogStatsD",
        file="statsd_dogstatsd",
        read=statsd_lines.read_statsd,
        named=_in_tags,
        chosen="`statsd://…?dialect=dogstatsd`",
    ),
)


def _renamed_back(page, truth, named):
    """The page under the names of the truth."""
    back = {}
    for key in {*truth.series, *truth.natives}:
        other = named(*key)
        if other in back:
            raise ValueError(f"{key} and {back[other]} go out as {other}")
        back[other] = key
    bases = {named(*base): base for base in {truth.base_of(*key) for key in back.values()}}
    families = {named(family, ())[0]: family for family in truth.types}

    def over(items, names):
        return {names.get(key, key): value for key, value in items.items()}

    said = {field: over(getattr(page, field), families) for field in ("types", "helps", "units")}
    of_samples = {field: over(getattr(page, field), back) for field in ("series", "natives")}
    of_series = {field: over(getattr(page, field), bases) for field in ("exemplars", "starts", "times")}
    return page_model.Page(**said, **of_samples, **of_series)


def encode(program, folder):
    """Has the program write every format into the folder."""
    subprocess.run([program, folder], check=True)


def page_of(how, folder):
    """What the format's file says, under the names that it has."""
    return how.read((pathlib.Path(folder) / how.file).read_bytes())


def differences_of(how, folder):
    """What differs from the truth in the format's file, once names are what they were."""
    truth = every_kind.truth()
    page = page_of(how, folder)
    return comparison.differences(truth, _renamed_back(page, truth, how.named))
