"""Bad manners in BUILD files are found."""

import unittest

from rule_test_case import PRIVATE, RuleTestCase, cc_library
from tidy_rules import build_rules

PUBLIC = 'visibility = ["//visibility:public"]'


class PackagesArePrivate(RuleTestCase):
    rule = staticmethod(build_rules.packages_are_private)

    def test_finds_a_package_without_a_default(self):
        self.assertFinds(self.rule, {"a/BUILD.bazel": cc_library("a")}, "a/BUILD.bazel:1")

    def test_finds_a_package_that_is_public_by_default(self):
        text = PRIVATE.replace("private", "public") + cc_library("a")
        self.assertFinds(self.rule, {"a/BUILD.bazel": text}, "a/BUILD.bazel:1")

    def test_lets_private_and_empty_packages_be(self):
        self.assertClean(self.rule, {"a/BUILD.bazel": PRIVATE + cc_library("a"), "BUILD.bazel": ""})

    def test_lets_a_folder_be_that_is_another_workspace(self):
        files = {"a/b/BUILD.bazel": cc_library("b"), "a/bc/BUILD.bazel": cc_library("c")}
        self.assertFinds(self.rule, files | {".bazelignore": "# Why.\na/b\n"}, "a/bc/BUILD.bazel:1")


class PublicMeansPublic(RuleTestCase):
    rule = staticmethod(build_rules.public_means_public)

    def test_finds_public_targets_that_no_outside_user_may_link(self):
        text = "\n" + cc_library("a", PUBLIC)
        files = {"client/BUILD.bazel": text, "metrics_core/internal/BUILD.bazel": text}
        self.assertFinds(self.rule, files, "client/BUILD.bazel:2", "metrics_core/internal/BUILD.bazel:2")

    def test_lets_the_public_libraries_be(self):
        text = cc_library("a", PUBLIC)
        self.assertClean(self.rule, {"metrics_core/BUILD.bazel": text, "exporters/http/BUILD.bazel": text})


class LibrariesAreFoundByOtherRepositories(RuleTestCase):
    rule = staticmethod(build_rules.libraries_are_found_by_other_repositories)

    def test_finds_a_library_that_only_this_workspace_defines(self):
        text = cc_library("a", 'deps = ["@zlib//:zlib"]') + cc_library("b", 'deps = ["@pq//:pq"]')
        files = {"dependencies.bzl": '_LIBRARIES = {\n    "zlib": "/usr/share/doc/zlib1g-dev",\n}\n'}
        files["WORKSPACE"] = 'new_local_repository(name = "pq", path = "/usr/include/postgresql")\n'
        self.assertFinds(self.rule, files | {"agent/BUILD.bazel": text}, "agent/BUILD.bazel:2")
        self.assertClean(self.rule, files | {"apps/BUILD.bazel": text, "agent/testing/BUILD.bazel": text})


class PublicHeadersAreCompiledTogether(RuleTestCase):
    rule = staticmethod(build_rules.public_headers_are_compiled_together)
    build_file = PRIVATE + cc_library("a", PUBLIC) + cc_library("b") + cc_library("c", PUBLIC)

    def test_finds_a_public_header_that_the_test_leaves_out(self):
        test = {"tests/exporters/public_headers_test.cc": '#include "metrics_core/a.h"\n'}
        self.assertFinds(self.rule, {"metrics_core/BUILD.bazel": self.build_file} | test, "metrics_core/BUILD.bazel:4")
        self.assertFinds(
            self.rule, {"exporters/BUILD.bazel": PRIVATE + cc_library("a", PUBLIC)}, "exporters/BUILD.bazel:2"
        )

    def test_lets_private_headers_be_and_public_ones_that_are_included(self):
        test = {"tests/exporters/public_headers_test.cc": '#include "metrics_core/a.h"\n#include "metrics_core/c.h"\n'}
        self.assertClean(
            self.rule, {"metrics_core/BUILD.bazel": self.build_file, "client/BUILD.bazel": self.build_file} | test
        )


class SourcesAreListed(RuleTestCase):
    rule = staticmethod(build_rules.sources_are_listed)

    def test_finds_a_glob(self):
        text = 'cc_library(\n    name = "a",\n    srcs = glob(["*.cc"]),\n)\n'
        self.assertFinds(self.rule, {"a/BUILD.bazel": text}, "a/BUILD.bazel:3")

    def test_lets_lists_and_comments_be(self):
        self.assertClean(self.rule, {"a/BUILD.bazel": "# no glob( here\n" + cc_library("a")})


class TestsHaveASize(RuleTestCase):
    rule = staticmethod(build_rules.tests_have_a_size)

    def test_finds_a_test_without_one(self):
        self.assertFinds(self.rule, {"t/BUILD.bazel": '\ncc_test(name = "t")\n'}, "t/BUILD.bazel:2")

    def test_lets_a_test_with_a_size_be(self):
        self.assertClean(self.rule, {"t/BUILD.bazel": 'cc_test(name = "t", size = "small")\n'})


if __name__ == "__main__":
    unittest.main()
