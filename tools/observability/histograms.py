"""Queries of histograms that work for both ways in which a Prometheus may store them.

Classic: series ending with _bucket, _sum and _count, as pages have them. Native: one series without an ending, as a server
has it that converts histograms (convert_classic_histograms_to_nhcb), where `_bucket` finds nothing. A query asks for
classic series, or else for native ones; a server that has both takes the classic ones.
"""


def _by(labels, *more):
    names = ", ".join((*more, *labels))
    return f" by ({names})" if names else ""


def native_quantile(quantile, family, selector, window, labels=()):
    return f"histogram_quantile({quantile}, sum{_by(labels)} (rate({family}{selector}[{window}])))"


def quantile(quantile, family, selector, window, labels=()):
    classic = f"histogram_quantile({quantile}, sum{_by(labels, 'le')} (rate({family}_bucket{selector}[{window}])))"
    return f"{classic} or {native_quantile(quantile, family, selector, window, labels)}"


def native_mean(family, selector, window, labels=()):
    rate = f"sum{_by(labels)} (rate({family}{selector}[{window}]))"
    return f"histogram_sum({rate}) / histogram_count({rate})"


def mean(family, selector, window, labels=()):
    total, count = (f"sum{_by(labels)} (rate({family}_{part}{selector}[{window}]))" for part in ("sum", "count"))
    return f"{total} / {count} or {native_mean(family, selector, window, labels)}"


def native_rates(family, selector, window):
    return f"sum (rate({family}{selector}[{window}]))"


def bucket_rates(family, selector, window):
    """Of a heat map. A server with native histograms needs native_rates() beside it: they are of another shape."""
    return f"sum by (le) (rate({family}_bucket{selector}[{window}]))"
