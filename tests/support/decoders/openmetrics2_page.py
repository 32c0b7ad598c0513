"""Reads pages of OpenMetrics 2.0: one line a series, also of a histogram or a summary."""

import re

from decoders import native_spans, page_model, text_lines

_FIELD = re.compile(r"(\w+):(\[[^\]]*\]|[^,]*)(?:,|$)")
_NUMBER = text_lines.number


def _composite(text):
    """The fields of `count:1,sum:2,bucket:[…]` as texts."""
    fields, at = {}, 0
    while at < len(text):
        found = _FIELD.match(text, at)
        if not found or found[1] in fields:
            raise ValueError(f"no field, or one twice, at {at} of {text!r}")
        fields[found[1]] = found[2]
        at = found.end()
    return fields


def _pairs(text):
    """[(a, b)] of `[a:b,a:b]`."""
    inner = text[1:-1]
    return [tuple(pair.rsplit(":", 1)) for pair in inner.split(",")] if inner else []


def _buckets(fields, side):
    spans = [(int(offset), int(length)) for offset, length in _pairs(fields.pop(f"{side}_spans", "[]"))]
    counts = fields.pop(f"{side}_buckets", "[]")[1:-1]
    return native_spans.from_counts(spans, [int(count) for count in counts.split(",")] if counts else [])


def _native(fields, total, count):
    return page_model.Native(
        schema=int(fields.pop("schema")),
        zero_threshold=float(fields.pop("zero_threshold")),
        zero_count=int(fields.pop("zero_count")),
        count=count,
        sum=total,
        positive=_buckets(fields, "positive"),
        negative=_buckets(fields, "negative"),
    )


class _Reader:
    def __init__(self):
        self.page = page_model.Page()

    def read(self, text):
        lines = text.removesuffix("\n").split("\n")
        if lines.pop() != "# EOF":
            raise ValueError("no # EOF at the end")
        for line in lines:
            if line.startswith("#"):
                word, name, text = text_lines.metadata(line)
                said = {"TYPE": "family_type", "HELP": "help_text", "UNIT": "unit"}[word]
                self.page.describe(name, **{said: text_lines.unescaped(text) if word == "HELP" else text})
            else:
                self.read_sample(line)
        return self.page

    def read_sample(self, line):
        scanner = text_lines.Scanner(line)
        name, labels = scanner.series()
        scanner.take(" ")
        if scanner.looks_at("{"):
            scanner.take("{")
            self.read_composite(name, labels, _composite(scanner.word("}")))
            scanner.take("}")
        else:
            self.page.add(name, labels, _NUMBER(scanner.word(" ")))
        while scanner.looks_at(" ") and not scanner.looks_at(" #"):
            scanner.take(" ")
            word = scanner.word(" ")
            kept = self.page.starts if word.startswith("st@") else self.page.times
            kept[name, labels] = text_lines.milliseconds(word.removeprefix("st@"))
        while scanner.rest():
            scanner.take(" # ")
            _, pairs = scanner.labels()
            scanner.take(" ")
            value = _NUMBER(scanner.word(" "))
            scanner.take(" ")
            time = text_lines.milliseconds(scanner.word(" "))
            self.page.add_exemplar(name, labels, page_model.Exemplar(page_model.labels_of(pairs), value, time))

    def read_composite(self, name, labels, fields):
        count, total = _NUMBER(fields.pop("count")), _NUMBER(fields.pop("sum"))
        if self.page.types.get(name) == "summary":
            quantiles = [(_NUMBER(q), _NUMBER(value)) for q, value in _pairs(fields.pop("quantile"))]
            self.page.add_summary(name, labels, quantiles, (total, count))
        elif self.page.types.get(name) == "histogram":
            if "schema" in fields:
                self.page.natives[name, labels] = _native(fields, total, int(count))
            buckets = [(_NUMBER(bound), int(n)) for bound, n in _pairs(fields.pop("bucket", "[]"))]
            self.page.add_histogram(name, labels, buckets, (total, count))
        else:
            raise ValueError(f"{name} has no type with several values")
        if fields:
            raise ValueError(f"{name}: left over: {fields}")


def read_openmetrics2(page):
    return _Reader().read(page.decode())
