"""Forbidden edges are found, in includes, in deps and in visibility; allowed ones are not."""

import unittest

from rule_test_case import RuleTestCase
from tidy_rules import layering


def include(path):
    return f'#include "{path}"\n'


class LayeringOfIncludes(RuleTestCase):
    rule = staticmethod(layering.layering_of_includes)

    def test_finds_an_exporter_in_the_client(self):
        self.assertFinds(self.rule, {"client/p.cc": "\n" + include("exporters/http/server.h")}, "client/p.cc:2")

    def test_finds_client_and_agent_in_each_other(self):
        files = {"client/p.cc": include("agent/agent.h"), "agent/a.cc": include("client/producer.h")}
        self.assertFinds(self.rule, files, "client/p.cc:1", "agent/a.cc:1")

    def test_finds_anything_of_the_project_in_the_core(self):
        self.assertFinds(self.rule, {"metrics_core/a.h": include("proto/s.pb.h")}, "metrics_core/a.h:1")

    def test_finds_third_party_headers_in_the_core(self):
        files = {"metrics_core/a.h": "#include <fmt/core.h>\n", "metrics_core/b.h": "#include <unknown/thing.h>\n"}
        self.assertFinds(self.rule, files, "metrics_core/a.h:1", "metrics_core/b.h:1")

    def test_lets_the_core_use_the_standard_library_and_libc(self):
        text = "#include <atomic>\n#include <sys/mman.h>\n#include <pthread.h>\n"
        self.assertClean(self.rule, {"metrics_core/a.h": text})

    def test_finds_the_core_s_internals_in_an_exporter(self):
        files = {"exporters/e.cc": include("metrics_core/internal/cells/cell.h")}
        self.assertFinds(self.rule, files, "exporters/e.cc:1")

    def test_lets_tests_benches_and_the_core_use_the_internals(self):
        text = include("metrics_core/internal/cells/cell.h")
        self.assertClean(
            self.rule, {"metrics_core/c.h": text, "tests/metrics_core/c_test.cc": text, "bench/c.cc": text}
        )

    def test_finds_a_library_that_a_folder_has_no_claim_to(self):
        files = {"client/p.cc": "#include <boost/asio.hpp>\n", "exporters/e.cc": "#include <grpcpp/grpcpp.h>\n"}
        self.assertFinds(self.rule, files, "client/p.cc:1", "exporters/e.cc:1")

    def test_finds_a_snapshot_outside_the_exporters(self):
        files = {
            path: include("metrics_core/reading/snapshot.h") for path in ("client/p.cc", "agent/a.cc", "exporters/e.cc")
        }
        self.assertFinds(self.rule, files, "client/p.cc:1", "agent/a.cc:1")

    def test_finds_test_helpers_in_production_code(self):
        files = {
            "client/p.cc": include("client/testing/broker.h"),
            "client/testing/b.cc": include("client/testing/b.h"),
        }
        self.assertFinds(self.rule, files, "client/p.cc:1")

    def test_ignores_an_include_in_a_comment(self):
        self.assertClean(
            self.rule, {"client/p.cc": "// " + include("agent/a.h") + "/*\n" + include("agent/a.h") + "*/\n"}
        )

    def test_lets_programs_use_everything(self):
        text = (
            "".join(include(path) for path in ("agent/a.h", "client/c.h", "exporters/e.h")) + "#include <CLI/CLI.hpp>\n"
        )
        self.assertClean(self.rule, {"apps/main.cc": text})


class LayeringOfDeps(RuleTestCase):
    rule = staticmethod(layering.layering_of_deps)

    def test_finds_an_exporter_among_the_client_s_deps(self):
        files = {"client/BUILD.bazel": 'cc_library(\n    name = "p",\n    deps = ["//exporters/http:server"],\n)\n'}
        self.assertFinds(self.rule, files, "client/BUILD.bazel:1")

    def test_follows_variables_and_comprehensions(self):
        text = 'D = ["//agent"]\n[cc_library(name = n, deps = ["//metrics_core:counter"] + D) for n in ["a"]]\n'
        self.assertFinds(self.rule, {"client/BUILD.bazel": text}, "client/BUILD.bazel:2")

    def test_finds_a_repository_that_a_folder_has_no_claim_to(self):
        text = 'cc_library(name = "c", deps = ["@boost"])\n'
        files = {"metrics_core/BUILD.bazel": text, "exporters/BUILD.bazel": text}
        self.assertFinds(self.rule, files, "metrics_core/BUILD.bazel:1")

    def test_finds_internals_and_test_helpers(self):
        text = 'cc_library(name = "c", deps = ["//metrics_core/internal/cells:cell", "//agent/testing:file_system"])\n'
        self.assertFinds(self.rule, {"agent/BUILD.bazel": text}, "agent/BUILD.bazel:1", "agent/BUILD.bazel:1")

    def test_lets_allowed_edges_be(self):
        text = 'cc_library(name = "c", deps = ["//metrics_core:counter", "//proto:p", "@grpc", ":d"])\n'
        self.assertClean(self.rule, {"client/BUILD.bazel": text, "agent/BUILD.bazel": text})


class LayeringOfVisibility(RuleTestCase):
    rule = staticmethod(layering.layering_of_visibility)

    def test_finds_a_grant_to_a_folder_that_must_not_use_it(self):
        text = 'cc_library(name = "s", visibility = ["//client:__subpackages__", "//apps:__pkg__"])\n'
        self.assertFinds(self.rule, {"exporters/http/BUILD.bazel": text}, "exporters/http/BUILD.bazel:1")

    def test_finds_such_a_grant_in_a_package_group(self):
        text = 'package_group(name = "users", packages = ["//agent/..."])\n'
        self.assertFinds(self.rule, {"client/BUILD.bazel": text}, "client/BUILD.bazel:1")

    def test_finds_internals_opened_to_an_exporter(self):
        text = 'cc_library(name = "s", visibility = ["//exporters:__subpackages__", "//tests:__subpackages__"])\n'
        self.assertFinds(self.rule, {"metrics_core/internal/BUILD.bazel": text}, "metrics_core/internal/BUILD.bazel:1")

    def test_lets_allowed_grants_be(self):
        text = 'cc_library(name = "s", visibility = ["//visibility:public"])\n'
        text += 'cc_library(name = "t", visibility = ["//exporters:__subpackages__", ":group"])\n'
        self.assertClean(self.rule, {"metrics_core/BUILD.bazel": text})


class OverviewNamesTheEdges(RuleTestCase):
    rule = staticmethod(layering.overview_names_the_edges)

    def test_finds_a_library_that_is_missing_and_one_that_is_not_allowed(self):
        row = "| client | producer and consumer | metrics_core without snapshots, proto, SQLite |\n"
        self.assertFinds(self.rule, {"docs/overview.md": f"# A\n\n{row}"}, "docs/overview.md:3", "docs/overview.md:3")

    def test_lets_the_edges_be_in_any_spelling(self):
        row = "| client | producer and consumer | metrics_core without snapshots, proto, gRPC |\n"
        self.assertClean(self.rule, {"docs/overview.md": row + "| apps | x | all |\n| other | table |\n"})


class OverviewNamesTheFolders(RuleTestCase):
    rule = staticmethod(layering.overview_names_the_folders)
    page = "# A\n\n| in agent | what it is |\n|---|---|\n| the folder itself | x |\n| log/ | y |\n\nlag/\n"
    files = {"agent/agent.h": "", "agent/log/a.h": "", "apps/top/a.h": ""}

    def test_finds_a_folder_without_a_row_and_a_row_without_a_folder(self):
        files = {"docs/overview.md": self.page, "agent/agent.h": "", "agent/lag/a.cc": ""}
        self.assertFinds(self.rule, files, "docs/overview.md:1", "docs/overview.md:6")

    def test_lets_a_page_with_every_folder_be(self):
        self.assertClean(self.rule, self.files | {"docs/overview.md": self.page})
        table = "| in {} | x |\n|---|---|\n| {}/ | y |\n\n"
        nested = table.format("exporters", "http") + table.format("exporters/http", "tls")
        self.assertClean(
            self.rule, {"docs/overview.md": nested, "exporters/http/a.h": "", "exporters/http/tls/a.cc": ""}
        )


class FoldersOfALibrary(RuleTestCase):
    rule = staticmethod(layering.folders_of_a_library_are_layered)

    def test_finds_the_root_of_a_library_in_a_folder_below_it(self):
        files = {"agent/log/a.cc": include("agent/agent_config.h"), "agent/metadata/b.cc": include("agent/agent.h")}
        self.assertFinds(self.rule, files, "agent/log/a.cc:1", "agent/metadata/b.cc:1")

    def test_finds_the_server_in_what_it_is_made_of(self):
        folders = ("access", "message", "tls")
        files = {f"exporters/http/{folder}/a.h": include("exporters/http/limits.h") for folder in folders}
        self.assertFinds(self.rule, files, *(f"exporters/http/{folder}/a.h:1" for folder in folders))

    def test_finds_an_integration_in_another(self):
        files = {"integrations/mosquitto/a.h": include("integrations/librdkafka/growth.h")}
        self.assertFinds(self.rule, files, "integrations/mosquitto/a.h:1")

    def test_finds_a_folder_that_is_not_in_the_table(self):
        self.assertFinds(self.rule, {"exporters/carbon/a.h": ""}, "exporters/carbon/a.h:1")

    def test_lets_allowed_edges_and_other_libraries_be(self):
        files = {
            "agent/metadata/a.cc": include("agent/log/file_system.h") + include("metrics_core/status.h"),
            "agent/agent.h": include("agent/rpc/rpc_server.h"),
            "agent/testing/a.h": include("agent/agent.h"),
        }
        self.assertClean(self.rule, files)


class CycleOfFolders(unittest.TestCase):
    def test_finds_folders_that_use_each_other(self):
        self.assertEqual(["a/b", "a/c"], layering.cycle_of_folders({"a/b": {"a", "a/c"}, "a/c": {"a/b"}}))
        inside = {
            "metrics_core/naming": {"metrics_core/internal/series"},
            "metrics_core/internal/cells": {"metrics_core/naming"},
        }
        self.assertEqual(["metrics_core/internal", "metrics_core/naming"], layering.cycle_of_folders(inside))

    def test_finds_none_in_the_table(self):
        self.assertEqual([], layering.cycle_of_folders(layering.MAY_USE_FOLDERS))
        self.assertEqual([], list(layering.folders_form_no_cycle(None)))


if __name__ == "__main__":
    unittest.main()
