"""Reads OTLP requests (ExportMetricsServiceRequest), in protobuf and in JSON."""

import itertools
import json

from decoders import page_model, wire

# Of messages: the key in JSON, and how the field is read, by its number.
_KEY_VALUE = {1: ("key", "text"), 2: ("value", {1: ("stringValue", "text")})}
_EXEMPLAR = {
    2: ("timeUnixNano", "integer"),
    3: ("asDouble", "double"),
    4: ("spanId", "hex"),
    5: ("traceId", "hex"),
    6: ("asInt", "signed"),
    7: ("filteredAttributes", [_KEY_VALUE]),
}
_NUMBER = {
    2: ("startTimeUnixNano", "integer"),
    3: ("timeUnixNano", "integer"),
    4: ("asDouble", "double"),
    5: ("exemplars", [_EXEMPLAR]),
    6: ("asInt", "signed"),
    7: ("attributes", [_KEY_VALUE]),
}
_HISTOGRAM = {
    2: ("startTimeUnixNano", "integer"),
    3: ("timeUnixNano", "integer"),
    4: ("count", "integer"),
    5: ("sum", "double"),
    6: ("bucketCounts", "fixed64s"),
    7: ("explicitBounds", "doubles"),
    8: ("exemplars", [_EXEMPLAR]),
    9: ("attributes", [_KEY_VALUE]),
}
_BUCKETS = {1: ("offset", "zigzag"), 2: ("bucketCounts", "integers")}
_EXPONENTIAL = {
    1: ("attributes", [_KEY_VALUE]),
    2: ("startTimeUnixNano", "integer"),
    3: ("timeUnixNano", "integer"),
    4: ("count", "integer"),
    5: ("sum", "double"),
    6: ("scale", "zigzag"),
    7: ("zeroCount", "integer"),
    8: ("positive", _BUCKETS),
    9: ("negative", _BUCKETS),
    11: ("exemplars", [_EXEMPLAR]),
    14: ("zeroThreshold", "double"),
}
_SUMMARY = {
    2: ("startTimeUnixNano", "integer"),
    3: ("timeUnixNano", "integer"),
    4: ("count", "integer"),
    5: ("sum", "double"),
    6: ("quantileValues", [{1: ("quantile", "double"), 2: ("value", "double")}]),
    7: ("attributes", [_KEY_VALUE]),
}
_TEMPORALITY = {2: ("aggregationTemporality", "integer")}
_METRIC = {
    1: ("name", "text"),
    2: ("description", "text"),
    3: ("unit", "text"),
    5: ("gauge", {1: ("dataPoints", [_NUMBER])}),
    7: ("sum", {1: ("dataPoints", [_NUMBER]), 3: ("isMonotonic", "integer"), **_TEMPORALITY}),
    9: ("histogram", {1: ("dataPoints", [_HISTOGRAM]), **_TEMPORALITY}),
    10: ("exponentialHistogram", {1: ("dataPoints", [_EXPONENTIAL]), **_TEMPORALITY}),
    11: ("summary", {1: ("dataPoints", [_SUMMARY])}),
    12: ("metadata", [_KEY_VALUE]),
}
_SCOPE = {1: ("name", "text"), 2: ("version", "text")}
_RESOURCE_METRICS = {
    1: ("resource", {1: ("attributes", [_KEY_VALUE])}),
    2: ("scopeMetrics", [{1: ("scope", _SCOPE), 2: ("metrics", [_METRIC])}]),
}
_REQUEST = {1: ("resourceMetrics", [_RESOURCE_METRICS])}

# UCUM, as OTLP has units, in the words of Prometheus.
_UNITS = {"s": "seconds", "By": "bytes", "1": "ratio", "J": "joules", "Cel": "celsius"}
_TEMPORALITIES = {1: "delta", "AGGREGATION_TEMPORALITY_DELTA": "delta"}
_TEMPORALITIES |= {2: "cumulative", "AGGREGATION_TEMPORALITY_CUMULATIVE": "cumulative"}


def _read(message, number, how):
    if isinstance(how, list):
        return [_as_json(one, how[0]) for one in message.messages(number)]
    if isinstance(how, dict):
        return _as_json(message.message(number), how)
    if how == "hex":
        return message.data(number).hex()
    if how == "fixed64s":
        return message.packed_fixed64(number)
    if how == "doubles":
        return [wire.to_double(bits) for bits in message.packed_fixed64(number)]
    if how == "integers":
        return message.packed(number)
    return getattr(message, how)(number)


def _as_json(message, schema):
    return {key: _read(message, number, how) for number, (key, how) in schema.items() if number in message}


def _attributes(owner, key="attributes"):
    return [(pair["key"], pair["value"].get("stringValue", "")) for pair in owner.get(key, ())]


def _time(point, key):
    """In milliseconds, rounded: a receiver may have made nanoseconds of a double."""
    return (int(point.get(key, 0)) + 500_000) // 1_000_000


def _number(point):
    return float(point["asDouble"]) if "asDouble" in point else float(int(point["asInt"]))


def _exemplar(found):
    labels = _attributes(found, "filteredAttributes")
    labels += [("trace_id", found.get("traceId", "")), ("span_id", found.get("spanId", ""))]
    return page_model.Exemplar(page_model.labels_of(labels), _number(found), _time(found, "timeUnixNano"))


def _add_number(page, name, labels, point):
    page.add(name, labels, _number(point))


def _add_histogram(page, name, labels, point):
    bounds = [float(bound) for bound in point.get("explicitBounds", ())] + [float("inf")]
    counts = list(itertools.accumulate(int(count) for count in point.get("bucketCounts", ())))
    if counts and len(counts) != len(bounds):
        raise ValueError(f"{name}: {len(counts)} buckets, {len(bounds)} bounds")
    total = float(point["sum"]) if "sum" in point else None
    page.add_histogram(name, labels, zip(bounds, counts), (total, int(point.get("count", 0))))


def _add_exponential(page, name, labels, point):
    def side(key):
        buckets = point.get(key, {})
        # A bucket is named for its upper bound in Prometheus, for its lower one in OTLP.
        first = int(buckets.get("offset", 0)) + 1
        counts = [int(count) for count in buckets.get("bucketCounts", ())]
        return tuple((first + i, count) for i, count in enumerate(counts) if count)

    page.natives[name, labels] = page_model.Native(
        schema=int(point.get("scale", 0)),
        zero_threshold=float(point.get("zeroThreshold", 0)),
        zero_count=int(point.get("zeroCount", 0)),
        count=int(point.get("count", 0)),
        sum=float(point.get("sum", 0)),
        positive=side("positive"),
        negative=side("negative"),
    )


def _add_summary(page, name, labels, point):
    values = [
        (float(one.get("quantile", 0)), float(one.get("value", 0))) for one in point.get("quantileValues", ())
    ]
    page.add_summary(name, labels, values, (float(point.get("sum", 0)), int(point.get("count", 0))))


_KINDS = {
    "gauge": ("gauge", _add_number),
    "sum": ("up-down counter", _add_number),
    "histogram": ("histogram", _add_histogram),
    "exponentialHistogram": ("histogram", _add_exponential),
    "summary": ("summary", _add_summary),
}


def _temporality(name, data):
    """Receivers write it as a number or as a name."""
    found = _TEMPORALITIES.get(data.get("aggregationTemporality"))
    if not found:
        raise ValueError(f"{name} has no temporality")
    return found


def unit_word(unit):
    """A unit of UCUM in the words of Prometheus, where it has one."""
    return _UNITS.get(unit, unit)


def _add_metric(page, metric):
    name = metric["name"]
    key = next(key for key in _KINDS if key in metric)
    kind, add = _KINDS[key]
    data = metric[key]
    if data.get("isMonotonic"):
        kind = "counter"
    if key in ("sum", "histogram", "exponentialHistogram"):
        page.temporalities[name] = _temporality(name, data)
    kind = dict(_attributes(metric, "metadata")).get("prometheus.type", kind)
    page.describe(name, kind, metric.get("description"), unit_word(metric.get("unit", "")))
    for point in data.get("dataPoints", ()):
        labels = page_model.labels_of(_attributes(point))
        add(page, name, labels, point)
        base = page.base_of(name, labels)
        if _time(point, "timeUnixNano"):
            page.times[base] = _time(point, "timeUnixNano")
        if _time(point, "startTimeUnixNano"):
            page.starts[base] = _time(point, "startTimeUnixNano")
        for exemplar in point.get("exemplars", ()):
            page.add_exemplar(name, labels, _exemplar(exemplar))


def read_otlp_request(request):
    """Of a request as JSON has it, parsed."""
    page = page_model.Page()
    for resource in request.get("resourceMetrics", ()):
        page.target |= dict(_attributes(resource.get("resource", {})))
        for scope in resource.get("scopeMetrics", ()):
            for metric in scope.get("metrics", ()):
                _add_metric(page, metric)
    return page


def read_otlp_json(body):
    return read_otlp_request(json.loads(body))


def read_otlp_protobuf(body):
    return read_otlp_request(_as_json(wire.Message(body), _REQUEST))
