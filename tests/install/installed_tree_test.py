"""Programs that are built without Bazel: from an installed tree, and from the source tree by CMake.

tools/install_test runs it. With STREAMHOUSE_INSTALL_ALL, all libraries are installed: those with a server,
and the client, whose programs talk to an agent that Bazel builds.
STREAMHOUSE_INSTALL_BUILD is a folder where what was compiled is kept.
"""

import functools
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import installed_programs

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = ROOT / "tests" / "install"
# Of tests whose programs need more than the core.
builds_all = unittest.skipUnless("STREAMHOUSE_INSTALL_ALL" in os.environ, "tools/install_test --all")
# Of the compiler and of libc.
_OF_EVERY_PROGRAM = {"libstdc++", "libm", "libgcc_s", "libc", "ld-linux-x86-64"}
_OF_EXPORTERS_ALONE = {"libssl", "libcrypto", "libcrypt", "libsnappy", "libyaml-cpp"}
_OF_CLIENT_ALONE = {"libgrpc++", "libgrpc", "libprotobuf", "liblz4"}
# What a library may export that is not of namespace streamhouse: only the C API.
_OWN = re.compile(r"(streamhouse_|(.* for |.*thunk to )?streamhouse::)")


def run(*command, **options):
    """What the command prints; an error of the test where it fails."""
    parts = [str(part) for part in command]
    done = subprocess.run(
        parts, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options
    )
    if done.returncode != 0:
        raise AssertionError(f"{command} failed:\n{done.stdout}")
    return done.stdout


def needed_by(binary):
    """The shared libraries that a program or library names, without their versions."""
    return set(re.findall(r"\(NEEDED\).*\[(.*?)\.so", run("readelf", "--dynamic", binary)))


def readme_block(language):
    """The first block of this language in README.md."""
    return re.search(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[1]


class InstalledTreeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.scratch = pathlib.Path(folder.name)
        cls.prefix = cls.scratch / "prefix"
        cls.build = pathlib.Path(os.environ.get("STREAMHOUSE_INSTALL_BUILD", cls.scratch / "build"))
        components = [] if "STREAMHOUSE_INSTALL_ALL" in os.environ else ["--components", "core"]
        run(ROOT / "tools" / "install", "--prefix", cls.prefix, "--build", cls.build / "install", *components)
        cls.lib = cls.prefix / "lib"
        # The first bazel that a build of a program finds refuses.
        no_bazel = cls.scratch / "bin"
        no_bazel.mkdir()
        (no_bazel / "bazel").symlink_to("/bin/false")
        cls.environment = os.environ | {
            "PATH": f"{no_bazel}:{os.environ['PATH']}",
            "PKG_CONFIG_PATH": str(cls.lib / "pkgconfig"),
            "LD_LIBRARY_PATH": str(cls.lib),
        }
        cls.version = re.search(r'kVersion = "(.*)"', (ROOT / "metrics_core" / "version.h").read_text())[1]

    def flags(self, *options):
        return run("pkg-config", *options, "streamhouse_core", env=self.environment).split()

    def build_in_c(self, name, *flags, source="records.c"):
        """A source of this folder, as a strict compiler for C takes it."""
        program = self.scratch / name
        run("cc", "-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror", PROGRAMS / source, "-o", program, *flags)
        return program

    def build_by_cmake(self, source, folder, *flags):
        run("cmake", "-S", source, "-B", folder, *flags, env=self.environment)
        run("cmake", "--build", folder, "--parallel", os.cpu_count(), env=self.environment)
        return folder

    def build_records(self, way, folder, *flags):
        self.build_by_cmake(PROGRAMS, folder, f"-DWAY={way}", *flags)
        self.assertEqual(f"{self.version}\n", run(folder / "records_in_c"))
        self.assertEqual("1000\n", run(folder / "records"))

    def test_a_prefix_that_cannot_be_written_is_refused_before_anything_is_compiled(self):
        file, build = self.scratch / "file", self.scratch / "no_build"
        file.touch()
        with self.assertRaisesRegex(AssertionError, f"cannot write to {file};.* another --prefix"):
            run(ROOT / "tools" / "install", "--prefix", file / "prefix", "--build", build)
        self.assertFalse(build.exists())

    def test_a_program_in_c_links_the_shared_library(self):
        program = self.build_in_c("shared", *self.flags("--cflags", "--libs"))
        self.assertEqual(f"{self.version}\n", run(program, env=self.environment))

    def test_a_program_in_c_links_the_static_library(self):
        named = self.flags("--static", "--libs")
        archive = self.lib / "libstreamhouse_core.a"
        libraries = [archive if flag == "-lstreamhouse_core" else flag for flag in named]
        self.assertIn(archive, libraries)
        program = self.build_in_c("static", *self.flags("--cflags"), *libraries)
        self.assertEqual(f"{self.version}\n", run(program))

    @unittest.skipUnless(shutil.which("valgrind"), "needs valgrind")
    def test_valgrind_finds_no_wrong_access(self):
        program = self.build_in_c("watched", *self.flags("--cflags", "--libs"))
        run("valgrind", "--quiet", "--error-exitcode=9", program, env=self.environment)

    def test_plugins_are_closed_before_their_threads_end(self):
        flags = ["-shared", "-fPIC", *self.flags("--cflags", "--libs")]
        plugins = [self.build_in_c(f"plugin_{i}.so", *flags, source="plugin.c") for i in (1, 2)]
        host = self.build_in_c("plugin_host", "-D_GNU_SOURCE", "-pthread", source="plugin_host.c")
        run(host, *plugins, env=self.environment)

    def test_a_program_for_another_layout_does_not_link(self):
        headers = self.scratch / "another"
        shutil.copytree(self.prefix / "include" / "streamhouse", headers)
        abi = headers / "metrics_core" / "c_api" / "abi.h"
        abi.write_text(abi.read_text().replace("streamhouse_abi_1", "streamhouse_abi_999"))
        with self.assertRaisesRegex(AssertionError, "undefined reference to `streamhouse_abi_999'"):
            self.build_in_c("for_another", f"-I{headers}", *self.flags("--libs"))

    def test_the_core_needs_no_library_of_others(self):
        library = self.lib / "libstreamhouse_core.so"
        self.assertLessEqual(needed_by(library), _OF_EVERY_PROGRAM)
        dynamic = run("readelf", "--dynamic", library)
        self.assertIn(f"[libstreamhouse_core.so.{self.version.rpartition('.')[0]}]", dynamic)
        self.assertIn("NODELETE", dynamic)

    def test_a_program_that_only_records_links_no_library_of_exporters(self):
        program = self.build_in_c("only_records", *self.flags("--cflags", "--libs"))
        self.assertLessEqual(needed_by(program), _OF_EVERY_PROGRAM | {"libstreamhouse_core"})
        libraries = {flag for flag in self.flags("--static", "--libs") if not flag.startswith("-L")}
        self.assertEqual({"-lstreamhouse_core", "-lstdc++", "-lpthread"}, libraries)

    def test_shared_libraries_export_what_is_theirs(self):
        for library in self.lib.glob("*.so"):
            exported = run("nm", "--dynamic", "--defined-only", "--demangle", library).splitlines()
            foreign = [line for line in exported if not _OWN.match(line.split(" ", 2)[2])]
            self.assertEqual([], foreign, library)
        listed = (ROOT / "metrics_core" / "c_api" / "symbols.txt").read_text().split()
        core = run("nm", "--dynamic", "--defined-only", self.lib / "libstreamhouse_core.so")
        self.assertEqual(listed, sorted(re.findall(r" (streamhouse_\w+)$", core, re.MULTILINE)))

    def test_cmake_finds_the_package(self):
        folder = self.scratch / "find_package"
        self.build_records("find_package", folder, f"-DCMAKE_PREFIX_PATH={self.prefix}")
        self.assertLessEqual(needed_by(folder / "records"), _OF_EVERY_PROGRAM)

    # Both in one folder: the second way finds the objects of the first.
    def test_cmake_takes_the_source_tree_as_a_folder(self):
        self.build_records("add_subdirectory", self.build / "source", f"-DSTREAMHOUSE_FOLDER={ROOT}")

    def test_cmake_takes_the_source_tree_as_fetched_content(self):
        self.build_records("FetchContent", self.build / "source", f"-DSTREAMHOUSE_FOLDER={ROOT}")

    def test_a_compiler_for_an_older_language_is_told_so(self):
        first = r"error: #error .*needs C\+\+20.*-std=c\+\+20"
        with self.assertRaisesRegex(AssertionError, first):
            run("c++", "-std=c++17", "-fsyntax-only", *self.flags("--cflags"), PROGRAMS / "records.cc")

    def assert_serves(self, program, *sample):
        installed_programs.assert_serves(self, [program], self.environment, *sample)

    @functools.cached_property
    def streamhouse(self):
        """The program, whose agent the client talks to."""
        run("bazel", "build", "-c", "opt", "//apps:streamhouse", cwd=ROOT)
        folder = run("bazel", "info", "-c", "opt", "bazel-bin", cwd=ROOT).split()[-1]
        return pathlib.Path(folder, "apps", "streamhouse")

    def assert_delivers(self, program):
        """The program, examples/orders.cc, sends a record to an agent and gets it back."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        address = f"unix://{folder.name}/grpc"
        agent = [self.streamhouse, "agent", "--data", folder.name, "--grpc", address, "--http", "127.0.0.1:0"]
        with installed_programs.running([*agent, "--topic", "orders:1"]) as process:
            self.assertIn("ready\n", iter(process.stdout.readline, ""))
            self.assertEqual("sent to orders/0 at 0\ngot two apples\n", run(program, address, env=self.environment))

    @builds_all
    def test_a_makefile_builds_programs_with_a_page_and_a_producer(self):
        folder = self.scratch / "make" / "installed"
        shutil.copytree(ROOT / "examples", folder.parent)
        run("make", "-C", folder, env=self.environment)
        self.assert_serves(folder / "first_page_in_c")
        self.assert_delivers(folder / "orders")

    @builds_all
    def test_cmake_builds_programs_with_a_page_and_a_producer(self):
        installed = ROOT / "examples" / "installed"
        folder = self.build_by_cmake(installed, self.scratch / "examples", f"-DCMAKE_PREFIX_PATH={self.prefix}")
        self.assert_serves(folder / "first_page_in_c")
        self.assert_serves(folder / "first_page")
        self.assert_serves(folder / "own_server", "broker_messages_total")
        self.assertEqual(set(), needed_by(folder / "own_server") & (_OF_EXPORTERS_ALONE | _OF_CLIENT_ALONE))
        self.assertEqual(set(), needed_by(folder / "first_page") & _OF_CLIENT_ALONE)
        self.assert_delivers(folder / "orders")

    @builds_all
    def test_headers_of_the_client_need_no_library_of_others(self):
        folder = self.prefix / "include" / "streamhouse"
        headers = sorted((folder / "client").rglob("*.h"))
        self.assertIn(folder / "client" / "producer.h", headers)
        includes = "".join(f'#include "{header.relative_to(folder)}"\n' for header in headers)
        command = ("c++", "-std=c++20", "-M", "-I", folder, "-x", "c++", "-")
        self.assertNotRegex(run(*command, input=includes), r"/(grpc|grpcpp|google|absl)/")

    @builds_all
    def test_the_client_needs_no_library_of_exporters(self):
        needed = needed_by(self.lib / "libstreamhouse_client.so")
        self.assertIn("libgrpc++", needed)
        # It reads the certificates of TLS itself.
        self.assertLessEqual(needed & _OF_EXPORTERS_ALONE, {"libssl", "libcrypto"})

    def readme_program(self, *changes):
        """What README.md shows for CMake, beside the source tree; with (old, new) texts changed."""
        folder = self.build / "readme" / "broker"
        folder.mkdir(parents=True, exist_ok=True)
        source = folder.parent / "streamhouse"
        if not source.is_symlink():
            source.symlink_to(ROOT)
        lists = readme_block("cmake")
        for old, new in changes:
            self.assertIn(old, lists)
            lists = lists.replace(old, new)
        (folder / "CMakeLists.txt").write_text(lists)
        (folder / "first_page.cc").write_text(readme_block("cpp"))
        return self.build_by_cmake(folder, folder / "build", "-DCMAKE_BUILD_TYPE=Release") / "first_page"

    @builds_all
    def test_cmake_builds_what_the_readme_shows(self):
        self.assert_serves(self.readme_program())

    @builds_all
    def test_cmake_builds_a_program_with_a_page_from_fetched_content(self):
        fetch = """include(FetchContent)
            FetchContent_Declare(streamhouse SOURCE_DIR ${CMAKE_SOURCE_DIR}/../streamhouse
                                 BINARY_DIR ${CMAKE_BINARY_DIR}/streamhouse)
            FetchContent_MakeAvailable(streamhouse)"""
        self.assert_serves(self.readme_program(("add_subdirectory(../streamhouse streamhouse)", fetch)))

    def bazel(self, *command):
        """Runs a command in the workspace of examples/bazel, which has this one as an external repository."""
        return run("bazel", f"--output_base={self.build / 'bazel'}", *command, cwd=ROOT / "examples" / "bazel")

    @builds_all
    @unittest.skipUnless(shutil.which("bazel"), "needs bazel")
    def test_bazel_builds_a_program_with_a_page(self):
        self.addCleanup(self.bazel, "shutdown")
        self.bazel("build", "-c", "opt", "--symlink_prefix=/", "//:first_page")
        self.assert_serves(pathlib.Path(self.bazel("info", "-c", "opt", "bazel-bin").split()[-1], "first_page"))


if __name__ == "__main__":
    unittest.main()
