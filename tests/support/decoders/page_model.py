"""What a page says, in any format: flat samples, native histograms, and what is said about them."""

import dataclasses
import math

# Endings of the samples of a family, by its type.
_ENDINGS = {
    "histogram": ("_bucket", "_sum", "_count", "_created"),
    "gaugehistogram": ("_bucket", "_gsum", "_gcount"),
    "summary": ("_sum", "_count", "_created"),
    "counter": ("_created",),
}
_ADDED = {"histogram": "le", "gaugehistogram": "le", "summary": "quantile"}


def labels_of(pairs):
    """Labels as a key: sorted, and without empty ones, which are none by the data model."""
    return tuple(sorted((name, value) for name, value in pairs if value))


def number_text(value):
    """A number in a label, in one spelling."""
    value = float(value)
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(value)


def with_number(labels, name, value):
    return labels_of([*labels, (name, number_text(value))])


def with_plain_numbers(labels, family_type):
    """The labels, with the bound or quantile in one spelling."""
    added = _ADDED.get(family_type)
    return tuple((name, number_text(value)) if name == added else (name, value) for name, value in labels)


def family_of(name, types):
    """The family that a sample belongs to."""
    if name in types:
        return name
    for ending in ("_bucket", "_sum", "_count", "_gsum", "_gcount", "_created"):
        family = name.removesuffix(ending)
        if family != name and ending in _ENDINGS.get(types.get(family), ()):
            return family
    return name


@dataclasses.dataclass(frozen=True)
class Native:
    """A native histogram: counts by bucket index, without the empty ones."""

    schema: int
    zero_threshold: float
    zero_count: int
    count: int
    sum: float
    positive: tuple  # of (index, count)
    negative: tuple = ()


@dataclasses.dataclass(frozen=True)
class Exemplar:
    labels: tuple
    value: float
    milliseconds: int  # None where the format brought no time


@dataclasses.dataclass
class Page:
    """`series` and `natives` are by (sample name, labels); what is below them by (family, labels of the series)."""

    series: dict = dataclasses.field(default_factory=dict)
    natives: dict = dataclasses.field(default_factory=dict)
    exemplars: dict = dataclasses.field(default_factory=dict)  # to a set
    starts: dict = dataclasses.field(default_factory=dict)  # to Unix milliseconds
    times: dict = dataclasses.field(default_factory=dict)  # to Unix milliseconds
    types: dict = dataclasses.field(default_factory=dict)  # by family
    helps: dict = dataclasses.field(default_factory=dict)
    units: dict = dataclasses.field(default_factory=dict)
    temporalities: dict = dataclasses.field(default_factory=dict)  # by family, of OTLP
    target: dict = dataclasses.field(default_factory=dict)  # attributes of a resource

    def add(self, name, labels, value, family_type=None):
        key = (name, with_plain_numbers(labels, family_type))
        if key in self.series:
            raise ValueError(f"twice: {key}")
        self.series[key] = value

    def add_histogram(self, name, labels, buckets, totals):
        """Cumulative `buckets` as (bound, count), and the sum (None where there is none) and count of `totals`."""
        for bound, count in buckets:
            self.add(f"{name}_bucket", with_number(labels, "le", bound), float(count))
        total, count = totals
        if total is not None:
            self.add(f"{name}_sum", labels, total)
        self.add(f"{name}_count", labels, float(count))

    def add_summary(self, name, labels, quantiles, totals):
        for quantile, value in quantiles:
            self.add(name, with_number(labels, "quantile", quantile), value)
        self.add(f"{name}_sum", labels, totals[0])
        self.add(f"{name}_count", labels, float(totals[1]))

    def add_exemplar(self, name, labels, exemplar):
        """Of a series, or of one of its buckets."""
        self.exemplars.setdefault(self.base_of(name, labels), set()).add(exemplar)

    def base_of(self, name, labels):
        family = family_of(name, self.types)
        added = _ADDED.get(self.types.get(family))
        return family, tuple(pair for pair in labels if pair[0] != added)

    def describe(self, name, family_type=None, help_text=None, unit=None):
        """An empty text is none."""
        for kept, text in ((self.types, family_type), (self.helps, help_text), (self.units, unit)):
            if text:
                kept[name] = text

    def without(self, leaves_out):
        """The page without the families whose names `leaves_out` tells."""
        fields = {}
        for field in dataclasses.fields(self):
            items = getattr(self, field.name).items()
            fields[field.name] = {
                key: value
                for key, value in items
                if not leaves_out(family_of(key[0] if isinstance(key, tuple) else key, self.types))
            }
        return Page(**fields)
