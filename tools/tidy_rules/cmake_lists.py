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
LISTS = "CMakeLists.txt"
CONTROL = "tools/debian/control.in"
# Where a library's packages are listed for a build of it.
PACKAGES = "tools/lib/packages.sh"
EMBEDDING = "docs/embedding.md"
_MEND = "python3 tools/tidy_rules/cmake_lists.py mends it"
# A library: the targets that users link. Each holds what these need and the libraries before it
# lack. Its headers are all that a header of such a target leads to.
_CORE = re.compile(r"//metrics_core(/(?!testing:)[\w/]+)?:\w+")
LIBRARIES = {
    "core": _CORE,
    "routes": re.compile(r"//exporters/(http:routes|view:\w+|encoding:\w+)"),
    "exporters": re.compile(r"//exporters:\w+|//exporters/[\w/]+:\w+"),
    "client": re.compile(r"//client:\w+|//client/agent_broker:agent_broker"),
}
_LOCATION = re.compile(r"\$\(location (?P<label>[^)]+)\)")
_NEEDS_OF = re.compile(r"^set\(STREAMHOUSE_(?P<library>\w+)_NEEDS\n(?P<names>[^)]*)\)", re.MULTILINE)
_FOUND_PROGRAM = re.compile(r"\bfind_program\(STREAMHOUSE_(\w+)")
_USED_PROGRAM = re.compile(r"^  COMMAND \$\{STREAMHOUSE_(\w+)\} |=\$\{STREAMHOUSE_(\w+)\} ", re.MULTILINE)
# The packages of a library, in the first line of its file in third_party/.
_DEBIAN = re.compile(r"# Debian: ([^;\n]+)")
_PARAGRAPH = re.compile(r"^Package: (?P<name>\S+)\n(?P<fields>.*?)(?=^\n|\Z)", re.MULTILINE | re.DOTALL)
_DEPENDS = re.compile(r"^Depends: (.*)$", re.MULTILINE)
_PROGRAM = re.compile(r"\$\$\(which (?P<name>\w+)\)")


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


def _outputs(target):
    """Where CMake puts the files that a genrule makes."""
    return [f"${{STREAMHOUSE_BINARY}}/{_path_of(label)}" for label in target.labels("outs")]


def _genrule(target):
    """A genrule as add_custom_command; its paths are those of the source tree, its outputs of the binary tree."""
    labels = target.labels("srcs") + target.labels("tools")
    inputs = {label: f"${{STREAMHOUSE_ROOT}}/{_path_of(label)}" for label in labels}
    outputs = _outputs(target)

    def location(match):
        wanted = match["label"]
        return next(path for label, path in inputs.items() if label in (wanted, f"//{target.package}:{wanted}"))

    command = _LOCATION.sub(location, target.attributes["cmd"])
    command = _PROGRAM.sub(lambda match: f"${{STREAMHOUSE_{match['name'].upper()}}}", command)
    for variable, value in (
        ("$@", outputs[0]),
        ("$(GENDIR)", "${STREAMHOUSE_BINARY}"),
        ("$(SRCS)", " ".join(map(_path_of, target.labels("srcs")))),
    ):
        command = command.replace(variable, value)
    return [
        "add_custom_command(",
        *(["  OUTPUT", *(f"    {one}" for one in outputs)] if len(outputs) > 1 else [f"  OUTPUT {outputs[0]}"]),
        # make, unlike Ninja, does not make the folder of an output.
        f"  COMMAND ${{CMAKE_COMMAND}} -E make_directory {outputs[0].rpartition('/')[0]}",
        f"  COMMAND {command}",
        "  DEPENDS",
        *(f"    {one}" for one in inputs.values()),
        "  WORKING_DIRECTORY ${STREAMHOUSE_ROOT}",
        "  VERBATIM)",
    ]


def _path_of(label):
    package, _, name = label.removeprefix("//").partition(":")
    return f"{package}/{name}"


def _is_source(path):
    return path.endswith((".cc", ".c"))


def _reached(tree, headers):
    """These headers, and those of the tree that they include, in as many steps as it takes."""
    found, todo = set(), list(headers)
    while todo:
        path = todo.pop()
        if path in tree.files and path not in found:
            found.add(path)
            todo += [include.path for include in tree.files[path].includes]
    return found


def _library(name, labels, headers, targets):
    """The lines of one library."""
    genrules = [target for target in targets.values() if target.kind == "genrule"]
    sources, repositories, used = set(), set(), {}
    for label in labels:
        if label.startswith("@"):
            repositories.add(label[1:].partition("//")[0])
        for source in targets[label].labels("srcs") if label in targets else []:
            genrule = next((one for one in genrules if source in (one.label, *one.labels("outs"))), None)
            if genrule is None:
                sources.add(_path_of(source))
            else:
                used[genrule.label] = genrule
                sources.update(_outputs(genrule))
    prefix = f"STREAMHOUSE_{name.upper()}"
    lines = [line for genrule in used.values() for line in _genrule(genrule)]
    for what, names in (("SOURCES", filter(_is_source, sources)), ("HEADERS", headers), ("NEEDS", repositories)):
        lines += [f"set({prefix}_{what}", *(f"  {one}" for one in sorted(names)), ")"]
    return lines


def text_of(tree):
    targets = {target.label: target for package in tree.packages.values() for target in package.targets}
    lines = ["# Written by tools/tidy_rules/cmake_lists.py from the BUILD.bazel files."]
    done, placed = set(), set()
    for name, pattern in LIBRARIES.items():
        roots = _roots(targets, pattern)
        labels = _closure(targets, roots)
        headers = _reached(tree, [path for root in roots for path in targets[root].files("hdrs", "textual_hdrs")])
        own = [label for label in labels if label not in done]
        lines += ["", *_library(name, own, headers - placed, targets)]
        # A library needs what another one needs only where it uses that itself.
        done.update(label for label in labels if not label.startswith("@"))
        placed |= headers
    return "\n".join(lines) + "\n"


def cmake_lists_are_those_of_the_build_files(tree):
    """A file that only Bazel knows is missing in the library of each program that is built with CMake."""
    if LISTS not in tree.files:
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
    for block in _NEEDS_OF.finditer(lists.text):
        for name in block["names"].split():
            if not re.search(rf"\b(?:STREAMHOUSE_PC|add_library\(streamhouse_needs)_{name}\b", needs.text):
                yield Finding(NEEDS, 1, f"does not say where {name} is")


def programs_of_cmake_are_found(tree):
    """A program that CMake does not look for is missed in the middle of a build, and one in vain ends a good one."""
    lists, sources = tree.files.get(LISTS), tree.files.get(PATH)
    if lists is None or sources is None:
        return
    found = set(_FOUND_PROGRAM.findall(lists.text))
    used = {name for names in _USED_PROGRAM.findall(sources.text) for name in names if name}
    for name in sorted(used - found - {"ROOT", "BINARY"}):
        yield Finding(LISTS, 1, f"has no find_program(STREAMHOUSE_{name} …), which {PATH} uses")
    for name in sorted(found - used):
        yield Finding(LISTS, 1, f"looks for STREAMHOUSE_{name}, which no command of {PATH} uses")


def _dependencies(control):
    """Package -> the names in its Depends."""
    found = {}
    for package in _PARAGRAPH.finditer(control):
        listed = ",".join(_DEPENDS.findall(package["fields"])).split(",")
        found[package["name"]] = [re.split(r"[ (|]", one.strip())[0] for one in listed]
    return found


def _reached_packages(dependencies, package):
    """The packages that this one brings, in as many steps as it takes."""
    found, todo = set(), [package]
    while todo:
        new = set(dependencies.get(todo.pop(), ())) - found
        found |= new
        todo += new
    return found


def _packages_of_needs(tree):
    """(library, Debian package) for all that the libraries need."""
    for block in _NEEDS_OF.finditer(tree.files[PATH].text):
        for name in block["names"].split():
            shim = tree.files.get(f"third_party/{name}.BUILD")
            listed = _DEBIAN.match(shim.text) if shim else None
            for package in listed[1].split() if listed else ():
                yield block["library"].lower(), package


def needs_are_packages_of_debian(tree):
    """A library of others that a package does not bring along ends the build of the user's program."""
    if PATH not in tree.files or CONTROL not in tree.files:
        return
    dependencies = _dependencies(tree.files[CONTROL].text)
    for library, package in _packages_of_needs(tree):
        development = f"libstreamhouse-{library}-dev"
        if package not in _reached_packages(dependencies, development):
            yield Finding(CONTROL, 1, f"{development} does not depend on {package}")
        name = re.compile(rf"(?<![\w-]){re.escape(package)}(?![\w-])")
        for path in (PACKAGES, EMBEDDING):
            if path in tree.files and not name.search(tree.files[path].text):
                yield Finding(path, 1, f"has no {package}, which {library} needs")


RULES = (
    cmake_lists_are_those_of_the_build_files,
    needs_of_cmake_are_found,
    programs_of_cmake_are_found,
    needs_are_packages_of_debian,
)


def _write():
    root = pathlib.Path(__file__).resolve().parent.parent.parent
    (root / PATH).write_text(text_of(source_tree.SourceTree(root)), encoding="utf-8")


if __name__ == "__main__":
    _write()
