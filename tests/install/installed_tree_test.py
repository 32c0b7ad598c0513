"""Programs that are built without Bazel: from an installed tree, and from the source tree by CMake.

tools/install_test runs it. With STREAMHOUSE_INSTALL_ALL, the libraries with a server are installed as well.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = ROOT / "tests" / "install"
ALL = "STREAMHOUSE_INSTALL_ALL" in os.environ
# What a library may export that is not of namespace streamhouse: nothing but the C API.
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


class InstalledTreeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.scratch = pathlib.Path(folder.name)
        cls.prefix = cls.scratch / "prefix"
        components = "core,routes,exporters" if ALL else "core"
        run(ROOT / "tools" / "install", "--prefix", cls.prefix, "--components", components)
        cls.lib = cls.prefix / "lib"
        cls.environment = os.environ | {"PKG_CONFIG_PATH": str(cls.lib / "pkgconfig"), "LD_LIBRARY_PATH": str(cls.lib)}
        cls.version = re.search(r'kVersion = "(.*)"', (ROOT / "metrics_core" / "version.h").read_text())[1]

    def flags(self, *options):
        return run("pkg-config", *options, "streamhouse_core", env=self.environment).split()

    def build_in_c(self, name, *flags):
        """records.c as a strict compiler for C takes it."""
        program = self.scratch / name
        run("cc", "-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror", PROGRAMS / "records.c", "-o", program, *flags)
        return program

    def build_by_cmake(self, way, *flags):
        folder = self.scratch / way
        run("cmake", "-S", PROGRAMS, "-B", folder, f"-DWAY={way}", "-DCMAKE_CXX_FLAGS=-O0", *flags)
        run("cmake", "--build", folder, "--parallel", os.cpu_count())
        self.assertEqual(f"{self.version}\n", run(folder / "records_in_c"))
        self.assertEqual("1000\n", run(folder / "records"))

    def test_a_program_in_c_links_the_shared_library(self):
        program = self.build_in_c("shared", *self.flags("--cflags", "--libs"))
        self.assertEqual(f"{self.version}\n", run(program, env=self.environment))

    def test_a_program_in_c_links_the_static_library(self):
        libraries = [self.lib / "libstreamhouse_core.a", "-lstdc++", "-lm"]
        program = self.build_in_c("static", *self.flags("--cflags"), *libraries)
        self.assertEqual(f"{self.version}\n", run(program))

    @unittest.skipUnless(shutil.which("valgrind"), "needs valgrind")
    def test_valgrind_finds_no_wrong_access(self):
        program = self.build_in_c("watched", *self.flags("--cflags", "--libs"))
        run("valgrind", "--quiet", "--error-exitcode=9", program, env=self.environment)

    def test_a_program_for_another_layout_does_not_link(self):
        headers = self.scratch / "another"
        shutil.copytree(self.prefix / "include" / "streamhouse", headers)
        abi = headers / "metrics_core" / "c_api" / "abi.h"
        abi.write_text(abi.read_text().replace("streamhouse_abi_1", "streamhouse_abi_999"))
        with self.assertRaisesRegex(AssertionError, "undefined reference to `streamhouse_abi_999'"):
            self.build_in_c("for_another", f"-I{headers}", *self.flags("--libs"))

    def test_the_core_needs_no_library_of_others(self):
        dynamic = run("readelf", "--dynamic", self.lib / "libstreamhouse_core.so")
        needed = set(re.findall(r"\(NEEDED\).*\[(.*?)\.so", dynamic))
        self.assertLessEqual(needed, {"libstdc++", "libm", "libgcc_s", "libc", "ld-linux-x86-64"})
        self.assertIn(f"[libstreamhouse_core.so.{self.version.rpartition('.')[0]}]", dynamic)
        self.assertIn("NODELETE", dynamic)

    def test_shared_libraries_export_what_is_theirs(self):
        for library in self.lib.glob("*.so"):
            exported = run("nm", "--dynamic", "--defined-only", "--demangle", library).splitlines()
            foreign = [line for line in exported if not _OWN.match(line.split(" ", 2)[2])]
            self.assertEqual([], foreign, library)
        listed = (ROOT / "metrics_core" / "c_api" / "symbols.txt").read_text().split()
        core = run("nm", "--dynamic", "--defined-only", self.lib / "libstreamhouse_core.so")
        self.assertEqual(listed, sorted(re.findall(r" (streamhouse_\w+)$", core, re.MULTILINE)))

    def test_cmake_finds_the_package(self):
        self.build_by_cmake("find_package", f"-DCMAKE_PREFIX_PATH={self.prefix}")

    def test_cmake_takes_the_source_tree_as_a_folder(self):
        self.build_by_cmake("add_subdirectory", f"-DSTREAMHOUSE_FOLDER={ROOT}")

    def test_cmake_takes_the_source_tree_as_fetched_content(self):
        self.build_by_cmake("FetchContent", f"-DSTREAMHOUSE_FOLDER={ROOT}")

    def assert_serves(self, program):
        """The first page of examples/ counts what it reads."""
        with subprocess.Popen(
            [str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self.environment
        ) as process:  # fmt: skip
            self.addCleanup(process.kill)
            address = re.sub(r"^\w+://|/metrics$", "", process.stdout.readline().strip())
            with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as response:
                self.assertIn('characters_read_total{source="stdin"} 0', response.read().decode())
            process.stdin.close()
            self.assertEqual(0, process.wait(10))

    @unittest.skipUnless(ALL, "installs the server as well: tools/install_test --all")
    def test_a_makefile_builds_a_program_with_a_page(self):
        folder = self.scratch / "make" / "installed"
        shutil.copytree(ROOT / "examples", folder.parent)
        run("make", "-C", folder, env=self.environment)
        self.assert_serves(folder / "first_page_in_c")

    @unittest.skipUnless(ALL, "installs the server as well: tools/install_test --all")
    def test_cmake_builds_programs_with_a_page(self):
        folder = self.scratch / "pages"
        run("cmake", "-S", ROOT / "examples" / "installed", "-B", folder, f"-DCMAKE_PREFIX_PATH={self.prefix}")
        run("cmake", "--build", folder)
        self.assert_serves(folder / "first_page_in_c")
        self.assert_serves(folder / "first_page")


if __name__ == "__main__":
    unittest.main()
