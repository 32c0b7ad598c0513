"""Reads pages of Prometheus' protobuf: MetricFamily messages, each behind its length."""

from decoders import native_spans, page_model, wire

_TYPES = ("counter", "gauge", "summary", "unknown", "histogram", "gaugehistogram")
_MILLION = 1_000_000


def _labels(metric):
    return page_model.labels_of((pair.text(1), pair.text(2)) for pair in metric.messages(1))


def _milliseconds(timestamp):
    return timestamp.signed(1) * 1000 + timestamp.signed(2) // _MILLION


def _exemplar(message):
    time = _milliseconds(message.message(3)) if 3 in message else None
    return page_model.Exemplar(_labels(message), message.double(2), time)


def _spans(histogram, number):
    return [(span.zigzag(1), span.integer(2)) for span in histogram.messages(number)]


def _side(histogram, spans, deltas):
    read = [wire.from_zigzag(delta) for delta in histogram.packed(deltas)]
    return native_spans.from_deltas(_spans(histogram, spans), read)


def _native(histogram):
    return page_model.Native(
        schema=histogram.zigzag(5),
        zero_threshold=histogram.double(6),
        zero_count=histogram.integer(7),
        count=histogram.integer(1),
        sum=histogram.double(2),
        positive=_side(histogram, 12, 13),
        negative=_side(histogram, 9, 10),
    )


def _add_histogram(page, name, labels, histogram):
    if 9 in histogram or 12 in histogram or histogram.double(6) > 0 or histogram.integer(7) > 0:
        page.natives[name, labels] = _native(histogram)
    buckets = [(bucket.double(2), bucket.integer(1)) for bucket in histogram.messages(3)]
    # The overflow bucket may be left out.
    if buckets and buckets[-1][0] != float("inf"):
        buckets.append((float("inf"), histogram.integer(1)))
    page.add_histogram(name, labels, buckets, (histogram.double(2), histogram.integer(1)))
    for bucket in histogram.messages(3):
        if 3 in bucket:
            page.add_exemplar(name, labels, _exemplar(bucket.message(3)))
    for exemplar in histogram.messages(16):
        page.add_exemplar(name, labels, _exemplar(exemplar))


def _add_metric(page, name, kind, metric):
    labels = _labels(metric)
    start = None
    if kind == "counter":
        counter = metric.message(3)
        page.add(name, labels, counter.double(1))
        if 2 in counter:
            page.add_exemplar(name, labels, _exemplar(counter.message(2)))
        start = counter.message(3) if 3 in counter else None
    elif kind == "gauge":
        page.add(name, labels, metric.message(2).double(1))
    elif kind == "unknown":
        page.add(name, labels, metric.message(5).double(1))
    elif kind == "summary":
        summary = metric.message(4)
        quantiles = [(one.double(1), one.double(2)) for one in summary.messages(3)]
        page.add_summary(name, labels, quantiles, (summary.double(2), summary.integer(1)))
        start = summary.message(4) if 4 in summary else None
    else:
        histogram = metric.message(7)
        _add_histogram(page, name, labels, histogram)
        start = histogram.message(15) if 15 in histogram else None
    if start is not None:
        page.starts[name, labels] = _milliseconds(start)
    if 6 in metric:
        page.times[name, labels] = metric.signed(6)


def read_protobuf(data):
    page = page_model.Page()
    for family in wire.delimited(data):
        name, kind = family.text(1), _TYPES[family.integer(3)]
        page.describe(name, kind, family.text(2), family.text(5))
        for metric in family.messages(4):
            _add_metric(page, name, kind, metric)
    return page
