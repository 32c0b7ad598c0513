"""What the text formats share: series with labels in quotes, numbers, and lines of metadata."""

from decoders import page_model

_ESCAPES = {"n": "\n", '"': '"', "\\": "\\"}


def unescaped(text):
    """A help text or a label value without its backslashes."""
    out, at = [], 0
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text):
            out.append(_ESCAPES.get(text[at + 1], text[at : at + 2]))
            at += 2
        else:
            out.append(text[at])
            at += 1
    return "".join(out)


def number(text):
    lowered = text.lower()
    if "_" in text or lowered.strip() != lowered:
        raise ValueError(f"no number: {text!r}")
    return float(lowered)


def milliseconds(text):
    return round(float(text) * 1000)


class Scanner:
    """Walks over one line."""

    def __init__(self, line):
        self.line = line
        self.at = 0

    def rest(self):
        return self.line[self.at :]

    def looks_at(self, text):
        return self.line.startswith(text, self.at)

    def take(self, text):
        if not self.looks_at(text):
            raise ValueError(f"{text!r} expected at {self.at} of {self.line!r}")
        self.at += len(text)

    def word(self, ends):
        """What stands before one of these characters, or before the end."""
        start = self.at
        while self.at < len(self.line) and self.line[self.at] not in ends:
            self.at += 1
        if start == self.at:
            raise ValueError(f"nothing at {start} of {self.line!r}")
        return self.line[start : self.at]

    def quoted(self):
        self.take('"')
        start = self.at
        while not self.looks_at('"'):
            if self.at >= len(self.line):
                raise ValueError(f"no closing quote in {self.line!r}")
            self.at += 2 if self.looks_at("\\") else 1
        self.take('"')
        return unescaped(self.line[start : self.at - 1])

    def name(self, ends):
        return self.quoted() if self.looks_at('"') else self.word(ends)

    def labels(self):
        """(a name among them, the labels as pairs); the scanner stands behind the closing brace."""
        self.take("{")
        name, pairs = None, []
        while not self.looks_at("}"):
            key = self.name("=,}")
            if self.looks_at("="):
                self.take("=")
                pairs.append((key, self.quoted()))
            elif name is None and not pairs:
                name = key
            else:
                raise ValueError(f"a label without a value in {self.line!r}")
            if not self.looks_at("}"):
                self.take(",")
        self.take("}")
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError(f"a label twice in {self.line!r}")
        return name, pairs

    def series(self):
        """(name, labels)."""
        name, pairs = (None, []) if self.looks_at("{") else (self.word("{ "), [])
        if self.looks_at("{"):
            quoted, pairs = self.labels()
            if (name is None) == (quoted is None):
                raise ValueError(f"no name, or two, in {self.line!r}")
            name = name if quoted is None else quoted
        return name, page_model.labels_of(pairs)


def metadata(line):
    """(word, family, text) of a line such as `# HELP name text`."""
    scanner = Scanner(line)
    scanner.take("# ")
    word = scanner.word(" ")
    scanner.take(" ")
    name = scanner.name(" ")
    if scanner.rest():
        scanner.take(" ")
    return word, name, scanner.rest()
