"""What the readers of servers share: labels as servers show them, and native histograms as their HTTP APIs do."""

import math

from decoders import page_model

# Of whom and when, which a server adds.
ADDED = ("__name__", "job", "instance")


def _rounded(value):
    """Servers and we compute bounds of buckets in ways of their own: the last digits differ."""
    return float(f"{value:.12g}")


def labels_of(metric, left_out=ADDED):
    """Labels without those of a scrape, with bounds and quantiles in one spelling."""
    pairs = ((name, value) for name, value in metric.items() if name not in left_out)
    return page_model.labels_of(
        (name, page_model.number_text(value) if name in ("le", "quantile") else value) for name, value in pairs
    )


def exact_ranges(native):
    """(lower, upper, count) of each bucket of a page_model.Native that has any, without the zero bucket."""
    signed = [(1, index, count) for index, count in native.positive]
    signed += [(-1, index, count) for index, count in native.negative]
    for sign, index, count in signed:
        lower, upper = sorted(sign * bound for bound in _range(native.schema, index))
        yield lower, upper, float(count)


def _range(schema, index):
    base = 2.0 ** (2.0**-schema)
    return base ** (index - 1), base**index


def ranges(native):
    """(count, sum, the ranges of values with their counts) of a page_model.Native, to compare with an API."""
    found = [(_rounded(lower), _rounded(upper), count) for lower, upper, count in exact_ranges(native)]
    if native.zero_count:
        found.append((-_rounded(native.zero_threshold), _rounded(native.zero_threshold), float(native.zero_count)))
    return float(native.count), native.sum, tuple(sorted(found))


def api_ranges(histogram):
    """The same of a histogram of Prometheus' query API."""
    found = [(_rounded(float(b[1])), _rounded(float(b[2])), float(b[3])) for b in histogram.get("buckets", ())]
    return float(histogram["count"]), float(histogram["sum"]), tuple(sorted(found))


def with_ranges(page):
    """The page, with native histograms as ranges."""
    page.natives = {key: ranges(native) for key, native in page.natives.items()}
    return page


def with_custom_buckets(page):
    """The page as it is stored where classic histograms become native ones with bounds of their own."""
    histograms = {}
    for (name, labels), value in page.series.items():
        family, base = page.base_of(name, labels)
        if page.types.get(family) == "histogram":
            histograms.setdefault((family, base), {})[name.removeprefix(family), dict(labels).get("le")] = value
    for (family, base), samples in histograms.items():
        lower, below, found = -math.inf, 0.0, []
        for bound, count in sorted((float(le), count) for (_, le), count in samples.items() if le):
            if count > below:
                found.append((_rounded(lower), _rounded(bound), count - below))
            lower, below = bound, count
        page.natives.setdefault((family, base), (samples["_count", None], samples["_sum", None], tuple(found)))
    return without_classic(page)


def without_classic(page, keep=lambda family: False):
    """The page without the series of the families that it has native histograms of."""
    native = {family for family, _ in page.natives if not keep(family)}
    page.series = {key: value for key, value in page.series.items() if page.base_of(*key)[0] not in native}
    return page


def without_labels(page, *left_out):
    """The page, without labels that a server shows apart from a series."""

    def kept(key):
        return key[0], tuple(pair for pair in key[1] if pair[0] not in left_out)

    for field in ("series", "natives", "exemplars", "starts", "times"):
        setattr(page, field, {kept(key): value for key, value in getattr(page, field).items()})
    return page


def with_labels(page, *pairs):
    """The page, with labels that a server gives to each series."""
    for field in ("series", "natives"):
        found = {}
        for (name, labels), value in getattr(page, field).items():
            found[name, page_model.labels_of([*labels, *pairs])] = value
        setattr(page, field, found)
    return page
