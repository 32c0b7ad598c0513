"""The sources of CMakeLists.txt are found to differ from the BUILD files, and are those of each library."""

import unittest

from rule_test_case import PRIVATE, RuleTestCase
from tidy_rules import cmake_lists, source_tree

CORE = (
    PRIVATE
    + 'cc_library(name = "a", srcs = ["a.cc"], hdrs = ["a.h"], deps = ["//metrics_core/internal:b"])\n'
    + 'cc_library(name = "fake", testonly = True, srcs = ["fake.cc"])\n'
)
PROTO = (
    PRIVATE
    + 'genrule(name = "generate", srcs = ["p.proto"], outs = ["p.pb.cc", "p.pb.h"], '
    + 'cmd = "protoc --cpp_out=$(GENDIR) --plugin=$$(which grpc_cpp_plugin) $(SRCS)")\n'
    + 'cc_library(name = "p_cc", srcs = ["p.pb.cc"], hdrs = ["p.pb.h"], deps = ["@grpc"])\n'
)
FILES = {
    "CMakeLists.txt": "",
    "metrics_core/a.h": '#include "metrics_core/internal/b.h"\n#include "nowhere.h"\n',
    "metrics_core/internal/b.h": '#include "metrics_core/internal/p.h"\n',
    "metrics_core/internal/p.h": "",
    "metrics_core/internal/of_source.h": "",
    "metrics_core/BUILD.bazel": CORE,
    "metrics_core/internal/BUILD.bazel": PRIVATE
    + 'cc_library(name = "b", srcs = ["b.cc", "of_source.h", "p.h"], hdrs = ["b.h"])\n',
    "metrics_core/testing/BUILD.bazel": PRIVATE
    + 'cc_library(name = "t", srcs = ["t.cc"], deps = ["//metrics_core"])\n',
    "exporters/http/BUILD.bazel": PRIVATE
    + 'cc_library(name = "routes", srcs = ["routes.cc", ":made"], deps = ["//metrics_core:a", "@zlib"])\n'
    + 'genrule(name = "made", srcs = ["x.js"], outs = ["x.cc"], cmd = "$(location run.sh) $@ $(location x.js)", '
    + 'tools = ["run.sh"])\n',
    "exporters/BUILD.bazel": PRIVATE
    + 'cc_library(name = "c", srcs = ["c.cc"], deps = ["//exporters/http:routes", "@fmt"])\n',
    "client/BUILD.bazel": PRIVATE
    + 'cc_library(name = "e", srcs = ["e.cc"], hdrs = ["e.h"], deps = ["//client/agent_broker:codec"])\n',
    "client/e.h": '#include "metrics_core/a.h"\n',
    "client/agent_broker/BUILD.bazel": PRIVATE
    + 'cc_library(name = "codec", srcs = ["codec.cc"], hdrs = ["codec.h"], deps = ["//proto:p_cc"])\n',
    "client/agent_broker/codec.h": '#include "proto/p.pb.h"\n',
    "proto/BUILD.bazel": PROTO,
}


class CmakeLists(RuleTestCase):
    rule = staticmethod(cmake_lists.cmake_lists_are_those_of_the_build_files)

    def written(self):
        return cmake_lists.text_of(source_tree.SourceTree(self.checkout(FILES)))

    def list_of(self, name):
        return self.written().partition(f"set({name}\n")[2].partition(")")[0].split()

    def test_the_core_has_its_own_files_and_none_of_tests(self):
        self.assertEqual(["metrics_core/a.cc", "metrics_core/internal/b.cc"], self.list_of("STREAMHOUSE_CORE_SOURCES"))
        headers = ["metrics_core/a.h", "metrics_core/internal/b.h", "metrics_core/internal/p.h"]
        self.assertEqual(headers, self.list_of("STREAMHOUSE_CORE_HEADERS"))
        self.assertEqual([], self.list_of("STREAMHOUSE_CORE_NEEDS"))

    def test_a_library_has_what_those_below_it_lack(self):
        made = "${STREAMHOUSE_BINARY}/exporters/http/x.cc"
        self.assertEqual([made, "exporters/http/routes.cc"], self.list_of("STREAMHOUSE_ROUTES_SOURCES"))
        self.assertEqual(["zlib"], self.list_of("STREAMHOUSE_ROUTES_NEEDS"))
        self.assertEqual(["exporters/c.cc"], self.list_of("STREAMHOUSE_EXPORTERS_SOURCES"))
        self.assertEqual(["fmt", "zlib"], self.list_of("STREAMHOUSE_EXPORTERS_NEEDS"))

    def test_a_library_has_the_headers_that_a_header_of_users_includes(self):
        self.assertNotIn("metrics_core/internal/of_source.h", self.written())
        self.assertEqual(["client/e.h"], self.list_of("STREAMHOUSE_CLIENT_HEADERS"))

    def test_what_protoc_makes_is_compiled_and_not_installed(self):
        made = "${STREAMHOUSE_BINARY}/proto/p.pb.cc"
        sources = [made, "client/agent_broker/codec.cc", "client/e.cc"]
        self.assertEqual(sources, self.list_of("STREAMHOUSE_CLIENT_SOURCES"))
        self.assertEqual(["grpc"], self.list_of("STREAMHOUSE_CLIENT_NEEDS"))
        self.assertIn(f"  OUTPUT\n    {made}\n    ${{STREAMHOUSE_BINARY}}/proto/p.pb.h\n", self.written())
        command = "protoc --cpp_out=${STREAMHOUSE_BINARY} --plugin=${STREAMHOUSE_GRPC_CPP_PLUGIN} proto/p.proto"
        self.assertIn(f"  COMMAND {command}\n", self.written())

    def test_a_genrule_is_a_command_of_cmake(self):
        root, made = "${STREAMHOUSE_ROOT}/exporters/http", "${STREAMHOUSE_BINARY}/exporters/http/x.cc"
        folder = "${CMAKE_COMMAND} -E make_directory ${STREAMHOUSE_BINARY}/exporters/http"
        self.assertIn(f"  COMMAND {folder}\n  COMMAND {root}/run.sh {made} {root}/x.js\n", self.written())

    def test_finds_a_list_that_is_old_and_one_that_is_missing(self):
        self.assertFinds(self.rule, FILES, f"{cmake_lists.PATH}:1")
        old = self.written().replace("  exporters/c.cc\n", "")
        line = self.written().splitlines().index("  exporters/c.cc") + 1
        self.assertFinds(self.rule, FILES | {cmake_lists.PATH: old}, f"{cmake_lists.PATH}:{line}")

    def test_lets_a_current_list_and_a_tree_without_cmake_be(self):
        self.assertClean(self.rule, FILES | {cmake_lists.PATH: self.written()})
        self.assertClean(self.rule, {path: text for path, text in FILES.items() if path != "CMakeLists.txt"})


class NeedsOfCmake(RuleTestCase):
    rule = staticmethod(cmake_lists.needs_of_cmake_are_found)
    lists = "set(STREAMHOUSE_CORE_NEEDS\n)\nset(STREAMHOUSE_ROUTES_NEEDS\n  boost\n  zlib\n)\n"

    def test_finds_a_library_that_is_not_looked_for(self):
        files = {cmake_lists.PATH: self.lists, cmake_lists.NEEDS: "set(STREAMHOUSE_PC_zlib zlib)\n"}
        self.assertFinds(self.rule, files, f"{cmake_lists.NEEDS}:1")

    def test_lets_packages_and_headers_be(self):
        needs = "set(STREAMHOUSE_PC_zlib zlib)\nadd_library(streamhouse_needs_boost INTERFACE IMPORTED)\n"
        self.assertClean(self.rule, {cmake_lists.PATH: self.lists, cmake_lists.NEEDS: needs})


class ProgramsOfCmake(RuleTestCase):
    rule = staticmethod(cmake_lists.programs_of_cmake_are_found)
    sources = (
        "  COMMAND ${STREAMHOUSE_PROTOC} --plugin=grpc=${STREAMHOUSE_PLUGIN} p.proto\n"
        "  COMMAND ${STREAMHOUSE_ROOT}/a ${STREAMHOUSE_BINARY}/b\n"
    )

    def test_finds_a_program_that_is_not_looked_for_and_one_that_is_not_used(self):
        lists = "find_program(STREAMHOUSE_PROTOC protoc REQUIRED)\nfind_program(STREAMHOUSE_OLD old REQUIRED)\n"
        where = [f"{cmake_lists.LISTS}:1"] * 2
        self.assertFinds(self.rule, {cmake_lists.LISTS: lists, cmake_lists.PATH: self.sources}, *where)

    def test_lets_programs_be_that_are_looked_for_and_used(self):
        lists = "".join(f"find_program(STREAMHOUSE_{name} x REQUIRED)\n" for name in ("PROTOC", "PLUGIN"))
        self.assertClean(self.rule, {cmake_lists.LISTS: lists, cmake_lists.PATH: self.sources})


class PackagesOfDebian(RuleTestCase):
    rule = staticmethod(cmake_lists.needs_are_packages_of_debian)
    files = {
        cmake_lists.PATH: "set(STREAMHOUSE_ROUTES_NEEDS\n  grpc\n)\n"
        "set(STREAMHOUSE_EXPORTERS_NEEDS\n  grpc\n  zlib\n)\n",
        "third_party/grpc.BUILD": "# Debian: libgrpc++-dev libprotobuf-dev\n",
        "third_party/zlib.BUILD": "# Debian: zlib1g-dev; a note\n",
    }
    control = (
        "Source: streamhouse\n\n"
        "Package: libstreamhouse-routes-dev\nDepends: libgrpc++-dev, libprotobuf-dev (>= 3)\n\n"
        "Package: libstreamhouse-exporters-dev\nSection: libdevel\n"
        "Depends: libstreamhouse-routes-dev (= 1), zlib1g-dev\n"
    )

    def found(self, control, packages="libgrpc++-dev libprotobuf-dev zlib1g-dev"):
        return self.files | {cmake_lists.CONTROL: control, cmake_lists.PACKAGES: packages}

    def test_finds_a_package_that_is_not_brought_along(self):
        control = self.control.replace("libgrpc++-dev", "libgrpc-dev")
        self.assertFinds(self.rule, self.found(control), *[f"{cmake_lists.CONTROL}:1"] * 2)
        self.assertFinds(self.rule, self.found(self.control.replace(", zlib1g-dev", "")), f"{cmake_lists.CONTROL}:1")

    def test_finds_a_package_that_a_build_does_not_install(self):
        packages = "libgrpc++-dev libprotobuf-dev zlib1g-dev-tools"
        self.assertFinds(self.rule, self.found(self.control, packages), f"{cmake_lists.PACKAGES}:1")

    def test_lets_packages_be_that_the_library_below_brings(self):
        self.assertClean(self.rule, self.found(self.control))


if __name__ == "__main__":
    unittest.main()
