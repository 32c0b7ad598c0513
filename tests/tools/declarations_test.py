"""Includes that a target does not declare are found, and files that no target names."""

import pathlib
import unittest

from rule_test_case import PRIVATE, RuleTestCase, cc_library
from tidy_rules import declarations, source_tree


class IncludesAreDeclared(RuleTestCase):
    rule = staticmethod(declarations.includes_are_declared)

    def files(self, deps, text='#include "a/a.h"\n', **more):
        files = {
            "a/BUILD.bazel": cc_library("a"),
            "b/BUILD.bazel": cc_library("b", 'deps = ["//a"]'),
            "c/BUILD.bazel": cc_library("c", f"deps = {deps}"),
            "c/c.cc": "\n" + text,
        }
        return files | more

    def test_finds_a_header_that_only_comes_along(self):
        self.assertFinds(self.rule, self.files(["//b"]), "c/c.cc:2")

    def test_lets_a_direct_dep_be(self):
        self.assertClean(self.rule, self.files(["//a"]))

    def test_lets_a_target_include_its_own_files(self):
        self.assertClean(self.rule, self.files([], '#include "c/c.h"\n'))

    def test_finds_a_header_that_no_target_offers(self):
        self.assertFinds(self.rule, self.files(["//a"], '#include "a/hidden.h"\n'), "c/c.cc:2")

    def test_finds_a_library_without_its_repository(self):
        self.assertFinds(self.rule, self.files(["//a"], "#include <fmt/core.h>\n"), "c/c.cc:2")
        self.assertClean(self.rule, self.files(["@fmt"], "#include <fmt/core.h>\n"))

    def test_looks_into_headers_too(self):
        self.assertFinds(self.rule, self.files(["//b"], "", **{"c/c.h": '#include "a/a.h"\n'}), "c/c.h:1")

    def test_follows_an_alias(self):
        alias = 'alias(name = "again", actual = "//a")\n'
        self.assertClean(self.rule, self.files(["//b:again"], **{"b/BUILD.bazel": alias}))


class FilesHaveTargets(RuleTestCase):
    rule = staticmethod(declarations.files_have_targets)

    def test_finds_a_file_that_no_target_names(self):
        self.assertFinds(self.rule, {"a/BUILD.bazel": cc_library("a"), "a/a.h": "", "a/b.h": ""}, "a/b.h:1")

    def test_finds_a_build_file_that_cannot_be_read(self):
        self.assertFinds(self.rule, {"a/BUILD.bazel": "cc_library(", "a/a.h": ""}, "a/BUILD.bazel:1")

    def test_lets_test_data_be(self):
        files = {
            "a/BUILD.bazel": 'sh_test(name = "t", size = "small", srcs = ["t.sh"], data = ["x.cc"])\n',
            "a/x.cc": "",
        }
        self.assertClean(self.rule, files)

    def test_looks_at_a_file_once_that_a_link_leads_to(self):
        folder = pathlib.Path(self.checkout({"a/BUILD.bazel": PRIVATE + cc_library("a"), "a/a.cc": "", "a/a.h": ""}))
        (folder / "a" / "b.cc").symlink_to("a.cc")
        self.assertEqual([], list(self.rule(source_tree.SourceTree(folder))))


if __name__ == "__main__":
    unittest.main()
