"""Queries of histograms that work for both ways in which a Prometheus may store them.

Classic: series ending with _bucket, _sum and _count, as pages have them. Native: one series without an ending, as a
server has it that converts histograms (convert_classic_histograms_to_nhcb), where `_bucket` finds nothing. A query asks
for classic series, or else for native ones; a server that has both takes the classic ones.
"""


def _by(labels, *more):
    names = ", ".join((*more, *labels))
    return f" by ({names})" if names else ""


def quantile(share, family, selector, window, labels=()):
    classic = f"histogram_quantile({share}, sum{_by(labels, 'le')} (rate({family}_bucket{selector}[{window}])))"
    return f"{classic} or histogram_quantile({share}, sum{_by(labels)} (rate({family}{selector}[{window}])))"


def mean(family, selector, window, labels=()):
    total, count = (f"sum{_by(labels)} (rate({family}_{part}{selector}[{window}]))" for part in ("sum", "count"))
    native = f"sum{_by(labels)} (rate({family}{selector}[{window}]))"
    return f"{total} / {count} or histogram_sum({native}) / histogram_count({native})"


def count_rate(family, selector, window, labels=()):
    classic = f"sum{_by(labels)} (rate({family}_count{selector}[{window}]))"
    return f"{classic} or histogram_count(sum{_by(labels)} (rate({family}{selector}[{window}])))"


def bucket_rates(family, selector, window):
    """For a heat map, which needs native_rates() beside it: the two are of different shapes."""
    return f"sum by (le) (rate({family}_bucket{selector}[{window}]))"


def native_rates(family, selector, window):
    return f"sum (rate({family}{selector}[{window}]))"
