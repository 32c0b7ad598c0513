"""Reads pages of Prometheus text (0.0.4, 1.0.0) and of OpenMetrics 1.0."""

from decoders import page_model, text_lines

_TYPES = {"untyped": "unknown"}
# What OpenMetrics 1.0 leaves out of the name of a family.
_SUFFIXES = {"counter": "_total", "info": "_info"}


def _timed(scanner, per_second):
    """The time behind a value, in milliseconds; None where there is none."""
    if not scanner.looks_at(" ") or scanner.looks_at(" #"):
        return None
    scanner.take(" ")
    return round(float(scanner.word(" ")) * 1000 / per_second)


class _Reader:
    def __init__(self, is_openmetrics):
        self.page = page_model.Page()
        self.is_openmetrics = is_openmetrics
        self.full_names = {}  # of families, by those on the page

    def read(self, text):
        lines = text.split("\n")
        if lines.pop() != "":
            raise ValueError("the last line has no end")
        if self.is_openmetrics and (not lines or lines.pop() != "# EOF"):
            raise ValueError("no # EOF at the end")
        for line in lines:
            if line.startswith("#"):
                self.read_metadata(line)
            else:
                self.read_sample(line)
        return self.page

    def read_metadata(self, line):
        word, name, text = text_lines.metadata(line)
        name = self.full_names.get(name, name)
        if word == "TYPE":
            kind = _TYPES.get(text, text)
            if self.is_openmetrics:
                self.full_names[name] = name + _SUFFIXES.get(kind, "")
                name = self.full_names[name]
            self.page.describe(name, family_type=kind)
        elif word == "HELP":
            self.page.describe(name, help_text=text_lines.unescaped(text))
        elif word == "UNIT" and self.is_openmetrics:
            self.page.describe(name, unit=text)
        else:
            raise ValueError(f"not understood: {line!r}")

    def read_sample(self, line):
        scanner = text_lines.Scanner(line)
        name, labels = scanner.series()
        scanner.take(" ")
        value = text_lines.number(scanner.word(" "))
        time = _timed(scanner, 1 if self.is_openmetrics else 1000)
        base = name.removesuffix("_created")
        created = self.full_names.get(base)
        if self.is_openmetrics and base != name and created:
            self.page.starts[created, labels] = round(value * 1000)
            return
        family = page_model.family_of(name, self.page.types)
        self.page.add(name, labels, value, self.page.types.get(family))
        if time is not None:
            self.page.times[self.page.base_of(name, labels)] = time
        if scanner.rest():
            self.read_exemplar(scanner, name, labels)

    def read_exemplar(self, scanner, name, labels):
        if not self.is_openmetrics:
            raise ValueError(f"an exemplar in {scanner.line!r}")
        scanner.take(" # ")
        _, pairs = scanner.labels()
        scanner.take(" ")
        value = text_lines.number(scanner.word(" "))
        time = _timed(scanner, 1)
        if scanner.rest():
            raise ValueError(f"more behind the exemplar of {scanner.line!r}")
        self.page.add_exemplar(name, labels, page_model.Exemplar(page_model.labels_of(pairs), value, time))


def read_text(page):
    return _Reader(is_openmetrics=False).read(page.decode())


def read_openmetrics(page):
    return _Reader(is_openmetrics=True).read(page.decode())
