"""BUILD.bazel files as data.

A BUILD file is valid Python, so it is run with every rule name bound to a recorder. That follows variables, list
sums and comprehensions, which a pattern could not.
"""

import builtins
import dataclasses
import sys

# Rules that name C++ files, and therefore have includes to declare.
CC_RULES = ("cc_library", "cc_binary", "cc_test")
_STARLARK_BUILTINS = {
    name: getattr(builtins, name)
    for name in "all any bool dict enumerate int len list max min range reversed sorted str tuple zip".split()
}


@dataclasses.dataclass(frozen=True)
class Target:
    package: str
    kind: str
    line: int
    attributes: dict

    @property
    def name(self):
        return self.attributes.get("name", "")

    @property
    def label(self):
        return f"//{self.package}:{self.name}"

    @property
    def build_file(self):
        return build_path(self.package)

    def labels(self, attribute):
        return [absolute_label(self.package, label) for label in self.attributes.get(attribute) or []]

    def files(self, *attributes):
        """The files of this package that the attributes name, as paths from the root."""
        for attribute in attributes:
            for label in self.labels(attribute):
                package, _, name = label.removeprefix("//").partition(":")
                if label.startswith("//") and package == self.package:
                    yield f"{package}/{name}" if package else name

    @property
    def deps(self):
        return self.labels("deps")


@dataclasses.dataclass(frozen=True)
class Package:
    path: str
    targets: list  # in file order
    calls: list  # (function, line) of everything called, rules included
    default_visibility: list
    error: str = ""

    @property
    def build_file(self):
        return build_path(self.path)

    def cc_targets(self):
        return [target for target in self.targets if target.kind in CC_RULES]


def build_path(package):
    return f"{package}/BUILD.bazel" if package else "BUILD.bazel"


def absolute_label(package, label):
    """`:x` and `x` of package p as //p:x; //a/b as //a/b:b; @r as @r//:r."""
    if label.startswith("@"):
        repository, separator, _ = label.partition("//")
        return label if separator else f"{repository}//:{repository[1:]}"
    if not label.startswith("//"):
        return f"//{package}:{label.removeprefix(':')}"
    return label if ":" in label else f"{label}:{label.rsplit('/', 1)[-1]}"


class _Recorder(dict):
    """The names that a BUILD file sees: a name that is no variable and no builtin is a rule."""

    def __init__(self, package):
        super().__init__(_STARLARK_BUILTINS, __builtins__={})
        self._package = package
        self.targets = []
        self.calls = []
        self.default_visibility = []

    def __missing__(self, kind):
        def record(*_, **attributes):
            line = sys._getframe(1).f_lineno  # pylint: disable=protected-access
            self.calls.append((kind, line))
            if kind == "package":
                self.default_visibility = attributes.get("default_visibility", [])
            elif kind in ("glob", "select", "load"):
                return []  # select and load are not used for sources; glob is a finding of its own
            elif "name" in attributes:
                self.targets.append(Target(self._package, kind, line, attributes))
            return None

        return record


def load_packages(tree):
    ignored = tree.files.get(".bazelignore")
    folders = tuple(f"{line}/" for line in ignored.text.split("\n") if line[:1] not in ("", "#")) if ignored else ()
    packages = {}
    for path, file in tree.files.items():
        if (path == "BUILD.bazel" or path.endswith("/BUILD.bazel")) and not path.startswith(folders):
            packages[path.removesuffix("BUILD.bazel").rstrip("/")] = _load(path, file.text)
    return packages


def _load(path, text):
    package = path.removesuffix("BUILD.bazel").rstrip("/")
    recorder = _Recorder(package)
    error = ""
    try:
        exec(compile(text, path, "exec"), recorder)  # pylint: disable=exec-used
    except Exception as problem:  # pylint: disable=broad-except
        error = f"cannot be read: {problem}"
    return Package(package, recorder.targets, recorder.calls, recorder.default_visibility, error)
