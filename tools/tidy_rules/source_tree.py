"""The files under check, and what every rule needs to read them."""

import dataclasses
import functools
import os
import pathlib
import re
import subprocess

from tidy_rules import build_files

# C and C++: their comments, literals and includes are alike.
CPP_SUFFIXES = (".h", ".cc", ".c")
PRODUCTION_FOLDERS = ("metrics_core", "exporters", "client", "agent", "integrations")

# Longest alternative first: a number may hold ' as a digit separator, and a raw string may hold
# anything.
_TOKEN = re.compile(
    r"""(?P<number>\b\d(?:'?[\w.])*)
      | (?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<raw>R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)")
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<char>'(?:\\.|[^'\\\n])+')""",
    re.DOTALL | re.VERBOSE,
)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)
# Behind a quotation and brackets too, not behind an abbreviation.
SENTENCE_END = re.compile(r"(?<!\be\.g)(?<!\bi\.e)(?<!\bcf)(?<!\bvs)[.!?](?:\*\*|[)\]\"'`])*(?:\s+|$)")


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    message: str


@dataclasses.dataclass(frozen=True)
class Include:
    line: int
    path: str
    quoted: bool


def blank(text):
    """The same text as spaces, so that lines and columns stay where they were."""
    return re.sub(r"[^\n]", " ", text)


@dataclasses.dataclass(frozen=True)
class SourceFile:
    path: str
    text: str

    @property
    def folder(self):
        """The top-level folder; empty for files at the root."""
        return self.path.split("/", 1)[0] if "/" in self.path else ""

    @property
    def suffix(self):
        return pathlib.PurePosixPath(self.path).suffix

    @functools.cached_property
    def code(self):
        """C++ with comments and the contents of literals blanked out."""
        return _TOKEN.sub(lambda m: m.group() if m["number"] else blank(m.group()), self.text)

    @functools.cached_property
    def comments(self):
        """C++ with all but its comments blanked out."""
        pieces = []
        end = 0
        for match in _TOKEN.finditer(self.text):
            if match["comment"]:
                pieces += [blank(self.text[end : match.start()]), match.group()]
                end = match.end()
        return "".join(pieces) + blank(self.text[end:])

    @functools.cached_property
    def literals(self):
        """(line number, text between the quotes) of each string of C++."""
        found = (match for match in _TOKEN.finditer(self.text) if match["string"] or match["raw"])
        return [(line_of(self.text, match.start()), match.group().split('"', 1)[1][:-1]) for match in found]

    @functools.cached_property
    def includes(self):
        uncommented = _TOKEN.sub(lambda m: blank(m.group()) if m["comment"] else m.group(), self.text)
        return [
            Include(line_of(uncommented, m.start(2)), m.group(2), m.group(1) == '"')
            for m in _INCLUDE.finditer(uncommented)
        ]


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def differences_between_marks(file, begin, end, lines, what):
    """A finding where the text between two marks of a file is not these lines."""
    if begin not in file.text or end not in file.text:
        yield Finding(file.path, 1, f"has no {what}")
        return
    offset = file.text.index(begin) + len(begin)
    written = file.text[offset : file.text.index(end)].strip().splitlines()
    for number in range(max(len(lines), len(written))):
        should = lines[number] if number < len(lines) else "nothing"
        if number >= len(written) or written[number] != should:
            yield Finding(file.path, line_of(file.text, offset) + 1 + number, f"{what} should have here: {should}")
            return


class SourceTree:
    """A checkout: its text files by their path from the root."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.files = {}
        for path in sorted(_list_files(self.root)):
            if (self.root / path).is_symlink():
                continue  # what it leads to is in the tree, or is a folder
            try:
                self.files[path] = SourceFile(path, (self.root / path).read_text(encoding="utf-8"))
            except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
                continue  # binary; deleted but still tracked; another repository

    def cpp_files(self, folders=None):
        for file in self.files.values():
            if file.suffix in CPP_SUFFIXES and (folders is None or file.folder in folders):
                yield file

    def own_files(self):
        """Everything but the stand-ins for other people's code."""
        return (file for file in self.files.values() if file.folder != "third_party")

    @functools.cached_property
    def packages(self):
        return build_files.load_packages(self)


def _list_files(root):
    """What git tracks or would offer to track; every file where there is no repository of this very folder."""
    if (root / ".git").exists():
        command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return {path for path in listing.split("\0") if path}
    found = set()
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [name for name in subfolders if not name.startswith("bazel-")]
        found.update((pathlib.Path(folder) / name).relative_to(root).as_posix() for name in names)
    return found
