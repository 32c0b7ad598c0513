"""The sources of the libraries that CMakeLists.txt builds: written from the BUILD.bazel files.

    python3 tools/tidy_rules/cmake_lists.py    writes tools/cmake/sources.cmake
"""

import pathlib
import re
import sys

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from tidy_rules import source_tree

Finding = source_tree.Finding

PATH = "tools/cmake/sources.cmake"
NEEDS = "tools/cmake/needs.cmake"
_MEND = "python3 tools/tidy_rules/cmake_lists.py mends it"
# A library: the targets that users link. Each holds what these need and the libraries before it
# lack.
_CORE = re.compile(r"//metrics_core(/(?!testing:)[\w/]+)?:\w+")
LIBRARIES = {
    "core": _CORE,
    "routes": re.compile(r"//exporters/(http:routes|view:\w+|encoding:\w+)"),
    "exporters": re.compile(r"//exporters:\w+|//exporters/[\w/]+:\w+"),
}
_LOCATION = re.compile(r"\$\(location (?P<label>[^)]+)\)")


def _closure(targets, roots):
    """Labels that the roots need, themselves included, in alphabetical order; those of other repositories too."""
    found, todo = set(), list(roots)
    while todo:
        label = todo.pop()
        if label not in found:
            found.add(label)
            todo += targets[label].deps if label in targets else []
    return sorted(found)


def _roots(targets, pattern):
    return [
        label
        for label, target in targets.items()
        if target.kind == "cc_library" and not target.attributes.get("testonly") and pattern.fullmatch(label)
    ]


def _genrule(target):
    """A genrule as add_custom_command; its paths are those of the source tree, its output one of the binary tree."""

    def path(label):
        package, _, name = label.removeprefix("//").partition(":")
        return f"${{STREAMHOUSE_ROOT}}/{package}/{name}"

    (out,) = target.attributes["outs"]
    output = f"${{STREAMHOUSE_BINARY}}/{target.package}/{out}"
    inputs = [path(label) for label in target.labels("srcs") + target.labels("tools")]

    def location(match):
        labels = [*target.labels("srcs"), *target.labels("tools")]
        wanted = match["label"]
        return path(next(label for label in labels if label in (wanted, f"//{target.package}:{wanted}")))

    command = _LOCATION.sub(location, target.attributes["cmd"]).replace("$@", output)
    # make, unlike Ninja, does not make the folder of an output.
    folder = f"  COMMAND ${{CMAKE_COMMAND}} -E make_directory {output.rpartition('/')[0]}"
    lines = ["add_custom_command(", f"  OUTPUT {output}", folder, f"  COMMAND {command}", "  DEPENDS"]
    return output, [*lines, *(f"    {one}" for one in inputs), "  VERBATIM)"]


def _is_source(path):
    return path.endswith((".cc", ".c"))


def _library(name, labels, targets):
    """The lines of one library."""
    sources, headers, repositories, commands = set(), set(), set(), []
    for label in labels:
        target = targets.get(label)
        if label.startswith("@"):
            repositories.add(label[1:].partition("//")[0])
        elif target:
            for path in target.files("srcs"):
                generator = targets.get("//" + ":".join(path.rsplit("/", 1)))
                if generator and generator.kind == "genrule":
                    output, lines = _genrule(generator)
                    sources.add(output)
                    commands += lines
                else:
                    (sources if _is_source(path) else headers).add(path)
            headers.update(target.files("hdrs", "textual_hdrs"))
    prefix = f"STREAMHOUSE_{name.upper()}"
    lines = []
    for what, names in (("SOURCES", sources), ("HEADERS", headers), ("NEEDS", repositories)):
        lines += [f"set({prefix}_{what}", *(f"  {one}" for one in sorted(names)), ")"]
    return [*commands, *lines]


def text_of(tree):
    targets = {target.label: target for package in tree.packages.values() for target in package.targets}
    lines = ["# Written by tools/tidy_rules/cmake_lists.py from the BUILD.bazel files."]
    done = set()
    for name, pattern in LIBRARIES.items():
        labels = _closure(targets, _roots(targets, pattern))
        lines += ["", *_library(name, [label for label in labels if label not in done], targets)]
        # A library needs what another one needs only where it uses that itself.
        done.update(label for label in labels if not label.startswith("@"))
    return "\n".join(lines) + "\n"


def cmake_lists_are_those_of_the_build_files(tree):
    """A file that only Bazel knows is missing in the library of everybody who builds with CMake."""
    if "CMakeLists.txt" not in tree.files:
        return
    file = tree.files.get(PATH)
    should = text_of(tree).splitlines()
    written = file.text.splitlines() if file else []
    for number in range(max(len(should), len(written))):
        wanted = should[number] if number < len(should) else "nothing"
        if number >= len(written) or written[number] != wanted:
            yield Finding(PATH, number + 1, f"should have here: {wanted} ({_MEND})")
            return


def needs_of_cmake_are_found(tree):
    """A library of others that CMake does not look for ends the build at its first include, on another machine."""
    lists, needs = tree.files.get(PATH), tree.files.get(NEEDS)
    if lists is None or needs is None:
        return
    for block in re.finditer(r"^set\(STREAMHOUSE_\w+_NEEDS\n(?P<names>[^)]*)\)", lists.text, re.MULTILINE):
        for name in block["names"].split():
            if not re.search(rf"\b(?:STREAMHOUSE_PC|add_library\(streamhouse_needs)_{name}\b", needs.text):
                yield Finding(NEEDS, 1, f"does not say where {name} is")


RULES = (cmake_lists_are_those_of_the_build_files, needs_of_cmake_are_found)


def _write():
    root = pathlib.Path(__file__).resolve().parent.parent.parent
    (root / PATH).write_text(text_of(source_tree.SourceTree(root)), encoding="utf-8")


if __name__ == "__main__":
    _write()
