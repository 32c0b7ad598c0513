"""The commands of tools/ with stand-ins for what they call: what they refuse, keep and show when a step fails."""

import os
import pathlib
import subprocess
import unittest

from rule_test_case import RuleTestCase

TOOLS = pathlib.Path("tools")
COMMANDS = ("chaos", "format", "formats_page", "install", "install_test", "package", "run")
STAND_INS = {
    "bazel": 'echo "bazel $1" >>"$LOG"; [ "$1" != "$BROKEN" ] || { echo "no $1" >&2; exit 37; }; echo /nowhere',
    "cmake": 'echo "cmake $1" >>"$LOG"; [ "$1" != "$BROKEN" ] || { echo "no $1" >&2; exit 1; }',
    "git": "case $* in *log*) echo 0 ;; esac",
    "id": "echo 1000",
}
EMPTY = (
    "log",
    "tmp/file",
    "tests/install/installed_tree_test.py",
    "tools/debian/control.in",
    "tools/debian/copyright.in",
    "third_party/uplot/LICENSE",
)
PACKAGES = 'ensure_packages() { echo "packages $*" >>"$LOG"; }\n'


class CommandTestCase(RuleTestCase):
    def setUp(self):
        files = {f"tools/{name}": (TOOLS / name).read_text() for name in (*COMMANDS, "lib/bazel.sh", "lib/folders.sh")}
        files |= {f"bin/{name}": f"#!/bin/bash\n{body}\n" for name, body in STAND_INS.items()}
        files |= {"tools/lib/packages.sh": PACKAGES, "metrics_core/version.h": 'kVersion = "0.1.0";\n'}
        files |= dict.fromkeys(EMPTY, "")
        self.root = pathlib.Path(self.checkout(files))
        for path in [*(self.root / "bin").iterdir(), *(self.root / "tools").iterdir()]:
            path.chmod(0o755)

    def run_tool(self, name, *arguments, broken="-"):
        """(exit code, what it wrote to stderr, what it called)."""
        environment = {"PATH": f"{self.root}/bin:{os.environ['PATH']}", "LOG": str(self.root / "log")}
        environment |= {"BROKEN": broken, "TMPDIR": str(self.root / "tmp")}
        command = [self.root / "tools" / name, *arguments]
        result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return result.returncode, result.stderr, (self.root / "log").read_text().splitlines()

    def build_folders(self):
        return [path for path in (self.root / "tmp").iterdir() if path.is_dir()]


class Install(CommandTestCase):
    def install(self, *more, broken="-"):
        return self.run_tool("install", "--prefix", self.root / "prefix", *more, broken=broken)

    def test_keeps_what_was_compiled_when_a_later_step_fails(self):
        for step in ("--build", "--install"):
            code, said, _ = self.install(broken=step)
            (kept,) = self.build_folders()
            self.assertEqual(1, code)
            self.assertIn(f"--build {kept} goes on from there", said)
            (kept / "log").unlink()
            kept.rmdir()

    def test_removes_its_build_folder_when_nothing_was_compiled_or_all_is_installed(self):
        for step in ("-S", "-"):
            self.install(broken=step)
            self.assertEqual([], self.build_folders())

    def test_asks_for_the_packages_of_its_components(self):
        self.assertEqual("packages core exporters", self.install("--components", "core,exporters")[2][0])

    def test_goes_on_without_packages_that_it_may_not_install(self):
        (self.root / "tools/lib/packages.sh").write_text("ensure_packages() { return 1; }\n")
        code, said, called = self.install()
        self.assertEqual((0, 3), (code, len(called)), said)


class Package(CommandTestCase):
    def package(self, *more, out="out", broken="-"):
        arguments = ("--maintainer", "A <a@example.org>", "--out", self.root / out, *more)
        return self.run_tool("package", *arguments, broken=broken)

    def test_refuses_a_folder_that_it_cannot_write_before_it_builds(self):
        (self.root / "file").touch()
        code, said, called = self.package(out="file/out")
        self.assertEqual((1, []), (code, called))
        self.assertIn(f"cannot write to {self.root}/file", said)

    def test_refuses_a_folder_with_packages_of_another_version_before_it_builds(self):
        for name in ("streamhouse_0.0.9_amd64.deb", "libstreamhouse-core0.1_0.1.0+1_amd64.deb"):
            (self.root / "out").mkdir(exist_ok=True)
            old = self.root / "out" / name
            old.touch()
            code, said, called = self.package()
            self.assertEqual((1, []), (code, called))
            self.assertIn(f"{old} is of another version", said)
            old.unlink()

    def test_takes_a_folder_with_its_own_packages_and_other_files(self):
        (self.root / "out").mkdir()
        for name in ("streamhouse_0.1.0+19700101000000_amd64.deb", "other_1_amd64.deb", "a.txt"):
            (self.root / "out" / name).touch()
        self.assertIn("bazel build", self.package(broken="build")[2])

    def test_shows_what_bazel_said_when_it_names_no_folder(self):
        code, said, _ = self.package(broken="info")
        self.assertEqual(1, code)
        self.assertIn("no info", said)


class Demo(CommandTestCase):
    def test_shows_what_bazel_said_when_it_names_no_folder(self):
        code, said, _ = self.run_tool("run", broken="info")
        self.assertNotEqual(0, code)
        self.assertIn("no info\n", said)
        self.assertNotIn("No such file", said)


class EachCommand(CommandTestCase):
    def test_asks_for_its_packages_before_its_work(self):
        for name, arguments, packages in (
            ("chaos", [], "run"),
            ("format", ["--check"], "format"),
            ("formats_page", [], "run"),
            ("install_test", [], "core"),
            ("install_test", ["--all"], "core run"),
        ):
            (self.root / "log").write_text("")
            self.assertEqual(f"packages {packages}", self.run_tool(name, *arguments)[2][0], name)


if __name__ == "__main__":
    unittest.main()
