"""Includes against BUILD files: what a file uses, its target declares."""

from tidy_rules import build_files, layering, source_tree

Finding = source_tree.Finding


def _providers(tree):
    """Header path -> labels of the targets that offer it to others, aliases included."""
    providers = {}
    aliases = {}
    for package in tree.packages.values():
        for target in package.targets:
            for path in target.files("hdrs", "textual_hdrs"):
                providers.setdefault(path, set()).add(target.label)
            if target.kind == "alias":
                actual = build_files.absolute_label(package.path, target.attributes["actual"])
                aliases.setdefault(actual, set()).add(target.label)
    for labels in providers.values():
        for label in list(labels):
            labels |= aliases.get(label, set())
    return providers


def _undeclared(target, includes, providers):
    """(include, what is wrong with it) for each of `includes` that `target` uses without saying so."""
    own = set(target.files("srcs", "hdrs", "textual_hdrs"))
    deps = set(target.deps)
    repositories = {dep[1:].partition("//")[0] for dep in deps if dep.startswith("@")}
    for include in includes:
        repository = layering.third_party_of(include.path)
        if repository:
            if repository not in repositories:
                yield include, f"but {target.label} has no dep on @{repository}"
        elif include.quoted and include.path not in own:
            offered = providers.get(include.path)
            if not offered:
                yield include, "but no target has that header in its hdrs"
            elif not offered & deps:
                yield include, f"but {target.label} has no dep on {sorted(offered)[0]}"


def includes_are_declared(tree):
    """A header that only comes along with another dep vanishes when that dep drops it; and GCC builds check nothing."""
    providers = _providers(tree)
    for package in tree.packages.values():
        for target in package.cc_targets():
            for path in target.files("srcs", "hdrs", "textual_hdrs"):
                if path in tree.files:
                    for include, problem in _undeclared(target, tree.files[path].includes, providers):
                        yield Finding(path, include.line, f"includes {include.path}, {problem}")


def files_have_targets(tree):
    """A file that no target names is not compiled, not tested, and rots."""
    named = set()
    for package in tree.packages.values():
        if package.error:
            yield Finding(package.build_file, 1, package.error)
        for target in package.targets:
            named.update(target.files("srcs", "hdrs", "textual_hdrs", "data", "outs"))
    if any(package.error for package in tree.packages.values()):
        return
    for file in tree.cpp_files():
        if file.path not in named and file.folder != "third_party":
            yield Finding(file.path, 1, "no target in a BUILD.bazel names this file")


RULES = (includes_are_declared, files_have_targets)
