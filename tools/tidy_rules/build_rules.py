"""Manners of BUILD.bazel files."""

import re

from tidy_rules import source_tree

Finding = source_tree.Finding

_PUBLIC = "//visibility:public"
# What an outside user may link: the core, the exporters and the integrations, but not their
# insides.
_PUBLIC_FOLDERS = ("metrics_core", "exporters", "integrations")
_DEPENDENCIES = "dependencies.bzl"
# Headers that third_party/mosquitto.bzl finds, for the plugin, which only this repository builds.
_FOUND_OTHERWISE = {"mosquitto"}
_PUBLIC_HEADERS_TEST = "tests/exporters/public_headers_test.cc"


def packages_are_private(tree):
    """With a private default, every edge of the graph is written down by the one who is depended upon."""
    for package in tree.packages.values():
        if package.targets and package.path.split("/", 1)[0] != "third_party":
            if list(package.default_visibility) != ["//visibility:private"]:
                yield Finding(package.build_file, 1, 'needs package(default_visibility = ["//visibility:private"])')


def public_means_public(tree):
    """//visibility:public is a promise to strangers; inside the project it only switches the layering off."""
    for package in tree.packages.values():
        parts = package.path.split("/")
        if parts[0] == "third_party" or (parts[0] in _PUBLIC_FOLDERS and "internal" not in parts):
            continue
        for target in package.targets:
            if _PUBLIC in (target.attributes.get("visibility") or []):
                yield Finding(package.build_file, target.line, f"{target.label} is public")


def public_headers(tree):
    """(header, its package, its target) of each header that an outside user may include."""
    for package in tree.packages.values():
        if package.path.split("/", 1)[0] not in _PUBLIC_FOLDERS:
            continue
        for target in package.targets:
            if _PUBLIC in (target.attributes.get("visibility") or []):
                for header in target.files("hdrs", "textual_hdrs"):
                    yield header, package, target


def public_headers_are_compiled_together(tree):
    """A public header that the test leaves out is never seen by the stricter warnings of other programs."""
    test = tree.files.get(_PUBLIC_HEADERS_TEST)
    included = {include.path for include in test.includes} if test else set()
    for header, package, target in public_headers(tree):
        if header not in included:
            yield Finding(package.build_file, target.line, f"{_PUBLIC_HEADERS_TEST} does not include {header}")


def libraries_are_found_by_other_repositories(tree):
    """A program of another repository defines its libraries by dependencies.bzl: WORKSPACE alone does not do."""
    listed = tree.files.get(_DEPENDENCIES)
    names = set(re.findall(r'^    "(\w+)": "/', listed.text, re.MULTILINE)) if listed else set()
    for package in tree.packages.values():
        parts = package.path.split("/")
        if parts[0] not in (*source_tree.PRODUCTION_FOLDERS, "proto") or "testing" in parts:
            continue
        for target in package.targets:
            for dep in target.deps:
                name = dep[1:].partition("//")[0]
                if dep.startswith("@") and name not in names | _FOUND_OTHERWISE:
                    yield Finding(package.build_file, target.line, f"{target.label}: {_DEPENDENCIES} has no {name}")


def sources_are_listed(tree):
    """A glob takes in every file of a folder, and hides from review that a target has grown."""
    for package in tree.packages.values():
        for function, line in package.calls:
            if function == "glob":
                yield Finding(package.build_file, line, "glob: list the files")


def tests_have_a_size(tree):
    """Without one a hanging test holds the machine for five minutes instead of one."""
    for package in tree.packages.values():
        for target in package.targets:
            if target.kind.endswith("_test") and not target.attributes.get("size"):
                yield Finding(package.build_file, target.line, f"{target.label} has no size")


RULES = (
    packages_are_private,
    public_means_public,
    public_headers_are_compiled_together,
    libraries_are_found_by_other_repositories,
    sources_are_listed,
    tests_have_a_size,
)
