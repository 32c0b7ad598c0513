"""Short ways to write panels: the rate of a counter, quantiles, heat maps."""

from observability import histograms
from observability.grafana import WINDOW, Panel, Query


def total_rate(counter, selector, by, more=""):
    return f"sum by ({by}) (rate({counter}{{@{selector}{',' + more if more else ''}}}[{WINDOW}]))"


def rates(title, meaning, counter, selector, by, unit="cps", **options):
    legend = " ".join(f"{{{{{label}}}}}" for label in by.split(", "))
    return Panel(title, meaning, unit, (Query(total_rate(counter, selector, by), legend),), **options)


def gauge(title, meaning, expression, legend, unit="short", **options):
    return Panel(title, meaning, unit, (Query(expression, legend),), **options)


def stat(title, meaning, expression, unit="short", **options):
    return Panel(title, meaning, unit, (Query(expression, title),), kind="stat", width=4, **options)


def quantiles(title, meaning, family, selector, unit="s", exemplars=True, **options):
    """The median, p99 and p99.9 of all series together."""

    def query(quantile, legend):
        at = f"{{@{selector}}}"
        return Query(histograms.quantile(quantile, family, at, WINDOW), legend, exemplars)

    return Panel(title, meaning, unit, (query(0.5, "p50"), query(0.99, "p99"), query(0.999, "p99.9")), **options)


def quantile_by(title, meaning, quantile, family, selector, by, unit="s", exemplars=True, **options):
    """One quantile, a line for each value of a label."""
    at = f"{{@{selector}}}"
    query = Query(histograms.quantile(quantile, family, at, WINDOW, (by,)), f"{{{{{by}}}}}", exemplars)
    return Panel(title, meaning, unit, (query,), **options)


def mean_by(title, meaning, family, selector, by, unit, **options):
    at = f"{{@{selector}}}"
    query = Query(histograms.mean(family, at, WINDOW, (by,)), f"{{{{{by}}}}}")
    return Panel(title, meaning, unit, (query,), **options)


def heatmap(title, meaning, family, selector, unit="s", exemplars=True, **options):
    at = f"{{@{selector}}}"
    query = Query(
        histograms.bucket_rates(family, at, WINDOW), "{{le}}", exemplars, histograms.native_rates(family, at, WINDOW)
    )
    return Panel(title, meaning, unit, (query,), kind="heatmap", **options)


def counts_by(title, meaning, family, selector, by, unit="cps", **options):
    """Observations a second."""
    query = Query(histograms.count_rate(family, f"{{@{selector}}}", WINDOW, (by,)), f"{{{{{by}}}}}")
    return Panel(title, meaning, unit, (query,), **options)
