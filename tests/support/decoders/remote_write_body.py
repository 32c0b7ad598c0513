"""Reads decompressed requests of Prometheus remote write, 1.0 and 2.0."""

from decoders import native_spans, page_model, wire

_TYPES = ("", "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset")
STALE_BITS = 0x7FF0000000000002


def _native(histogram):
    deltas = [wire.from_zigzag(delta) for delta in histogram.packed(12)]
    negative = [wire.from_zigzag(delta) for delta in histogram.packed(9)]

    def spans(number):
        return [(span.zigzag(1), span.integer(2)) for span in histogram.messages(number)]

    return page_model.Native(
        schema=histogram.zigzag(4),
        zero_threshold=histogram.double(5),
        zero_count=histogram.integer(6),
        count=histogram.integer(1),
        sum=wire.to_double(histogram.integer(3)),
        positive=native_spans.from_deltas(spans(11), deltas),
        negative=native_spans.from_deltas(spans(8), negative),
    )


def _named(pairs):
    """(name, labels) of the labels of a series."""
    named = dict(pairs)
    return named.pop("__name__"), page_model.labels_of(named.items())


class _Series:
    """What the samples of a series have in common in both versions."""

    def __init__(self, page, name, labels):
        self.page, self.name, self.labels = page, name, labels

    def add_sample(self, bits, time, start):
        """A stale marker ends the series, and is no value."""
        if bits == STALE_BITS:
            return
        family = page_model.family_of(self.name, self.page.types)
        self.page.add(self.name, self.labels, wire.to_double(bits), self.page.types.get(family))
        self.add_times(time, start)

    def add_native(self, histogram, start):
        if histogram.integer(3) == STALE_BITS:
            return
        self.page.natives[self.name, self.labels] = _native(histogram)
        self.add_times(histogram.signed(15), start)

    def add_times(self, time, start):
        base = self.page.base_of(self.name, self.labels)
        self.page.times[base] = time
        if start:
            self.page.starts[base] = start

    def add_exemplar(self, labels, value, time):
        exemplar = page_model.Exemplar(page_model.labels_of(labels), value, time)
        self.page.add_exemplar(self.name, self.labels, exemplar)


def _add_1(page, series):
    name, labels = _named([(label.text(1), label.text(2)) for label in series.messages(1)])
    reader = _Series(page, name, labels)
    for sample in series.messages(2):
        reader.add_sample(sample.integer(1), sample.signed(2), 0)
    for exemplar in series.messages(3):
        pairs = [(label.text(1), label.text(2)) for label in exemplar.messages(1)]
        reader.add_exemplar(pairs, exemplar.double(2), exemplar.signed(3))
    for histogram in series.messages(4):
        reader.add_native(histogram, 0)


def read_remote_write_1(*bodies):
    """One page of all requests of a push."""
    page = page_model.Page()
    requests = [wire.Message(body) for body in bodies]
    for request in requests:
        for said in request.messages(3):
            page.describe(said.text(2), _TYPES[said.integer(1)], said.text(4), said.text(5))
    for request in requests:
        for series in request.messages(1):
            _add_1(page, series)
    return page


def _pairs(symbols, refs):
    texts = [symbols[ref] for ref in refs]
    return list(zip(texts[::2], texts[1::2]))


def _add_2(page, symbols, series):
    name, labels = _named(_pairs(symbols, series.packed(1)))
    reader = _Series(page, name, labels)
    for sample in series.messages(2):
        reader.add_sample(sample.integer(1), sample.signed(2), sample.signed(3))
    for histogram in series.messages(3):
        reader.add_native(histogram, histogram.signed(17))
    for exemplar in series.messages(4):
        reader.add_exemplar(_pairs(symbols, exemplar.packed(1)), exemplar.double(2), exemplar.signed(3))


def _describe_2(page, symbols, series):
    """The metadata of a series is about its family."""
    name, labels = _named(_pairs(symbols, series.packed(1)))
    said = series.message(5)
    kind = _TYPES[said.integer(1)]
    # A sample of a histogram, such as x_bucket, has the metadata of x.
    endings = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}.get(kind, ())
    if 3 not in series and not (kind == "summary" and any(key == "quantile" for key, _ in labels)):
        for ending in endings:
            if name.endswith(ending):
                name = name.removesuffix(ending)
                break
    page.describe(name, kind, symbols[said.integer(3)], symbols[said.integer(4)])


def read_remote_write_2(*bodies):
    page = page_model.Page()
    requests = [wire.Message(body) for body in bodies]
    for read in (_describe_2, _add_2):
        for request in requests:
            symbols = request.texts(4)
            for series in request.messages(5):
                read(page, symbols, series)
    return page
