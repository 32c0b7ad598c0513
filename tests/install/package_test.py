"""The Debian packages, on a fresh Debian: a chroot at STREAMHOUSE_DEBIAN. tools/package_test makes it, and runs this.

STREAMHOUSE_PACKAGES is the folder with the packages.
"""

import contextlib
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import subprocess
import unittest

import installed_programs

DEBIAN = pathlib.Path(os.environ["STREAMHOUSE_DEBIAN"])
PACKAGES = pathlib.Path(os.environ["STREAMHOUSE_PACKAGES"])
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
UNIT = "/lib/systemd/system/streamhouse.service"
ENABLED = "etc/systemd/system/multi-user.target.wants/streamhouse.service"
DATA = DEBIAN / "var/lib/streamhouse"
# systemd-analyze security: 0 is the best, 10 the worst; below 5 it says OK.
EXPOSURE_MAX = 2
_ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/root",
    "DEBIAN_FRONTEND": "noninteractive",
} | {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}


def inside(*command, text=None):
    """What a command prints in the Debian; an error of the test where it fails."""
    parts = ["chroot", str(DEBIAN), *map(str, command)]
    done = subprocess.run(
        parts,
        input=text,
        stdin=subprocess.DEVNULL if text is None else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=_ENVIRONMENT,
    )
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def apt_get(*arguments):
    return inside("apt-get", "-qq", "-y", "--no-install-recommends", *arguments)


def deb(name):
    """The path in the Debian of a package that was made."""
    (path,) = PACKAGES.glob(f"{name}_*.deb")
    return f"/packages/{path.name}"


def field(name, package):
    return inside("dpkg-deb", "--field", deb(package), name).strip()


def setting(name):
    """A setting of the unit."""
    return re.search(rf"^{name}=(.*)$", (DEBIAN / UNIT[1:]).read_text(), re.MULTILINE)[1]


def setUpModule():
    folder = DEBIAN / "packages"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PACKAGES, folder)
    apt_get("update")


class PackageTestCase(unittest.TestCase):
    def setUp(self):
        self.addCleanup(self.purge)

    def install(self, *names):
        apt_get("install", *map(deb, names))

    def purge(self):
        installed = inside("dpkg-query", "--show", "--showformat", "${Package}\n").split()
        ours = [name for name in installed if "streamhouse" in name]
        if ours:
            inside("dpkg", "--purge", *ours)
        shutil.rmtree(DATA, ignore_errors=True)

    @contextlib.contextmanager
    def service(self, *flags, under=()):
        """The process and the socket of its manager; what systemd does for the unit before it starts it is done."""
        user = setting("User")
        for folder in (f"/var/lib/{setting('StateDirectory')}", f"/run/{setting('RuntimeDirectory')}"):
            inside("install", "-d", "-o", user, "-g", user, "-m", "750", folder)
        notify = DEBIAN / "run/streamhouse-test-notify"
        notify.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(notify))
            notify.chmod(0o666)
            manager.settimeout(installed_programs.SECONDS)
            command = [*under, *shlex.split(setting("ExecStart")), *flags]
            command = ["chroot", f"--userspec={user}:{user}", DEBIAN, *command]
            environment = _ENVIRONMENT | {"NOTIFY_SOCKET": "/run/streamhouse-test-notify"}
            with subprocess.Popen(list(map(str, command)), env=environment, stdout=subprocess.DEVNULL) as process:
                try:
                    yield process, manager
                finally:
                    process.kill()


class PackageTest(PackageTestCase):
    def test_lintian_finds_no_error_and_no_warning(self):
        apt_get("install", "lintian")
        packages = [f"/packages/{path.name}" for path in PACKAGES.glob("*.deb")]
        found = inside("lintian", "--allow-root", "--fail-on", "error,warning", *packages)
        self.assertNotRegex(found, r"(?m)^[EW]:")
        print(found)

    def test_the_program_runs_when_dpkg_has_installed_it(self):
        needed = field("Depends", "streamhouse")
        apt_get("install", *(re.sub(r"[( |].*", "", one.strip()) for one in needed.split(",")))
        inside("dpkg", "--install", deb("streamhouse"))
        version = field("Version", "streamhouse").partition("+")[0]
        self.assertEqual(f"streamhouse {version}\n", inside("streamhouse", "--version"))

    def test_has_a_manual_page_of_each_command(self):
        apt_get("install", "man-db")
        self.install("streamhouse")
        said = inside("streamhouse", "--help").partition("Subcommands:")[2]
        commands = re.findall(r"^  (\w+) {2,}\S", said, re.MULTILINE)
        self.assertIn("agent", commands)
        for name in ("streamhouse", *(f"streamhouse-{command}" for command in commands)):
            read = f"man --warnings --local-file /usr/share/man/man1/{name}.1.gz"
            self.assertEqual("", inside("sh", "-c", f"{read} 2>&1 >/dev/null"))

    def test_systemd_finds_nothing_wrong_with_the_unit(self):
        apt_get("install", "systemd")
        self.install("streamhouse")
        self.assertEqual("", inside("systemd-analyze", "verify", "--man=no", UNIT))
        exposure = inside("systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSURE_MAX * 10:.0f}", UNIT)
        print(exposure.strip().splitlines()[-1])
        self.assertTrue((DEBIAN / ENABLED).is_symlink())

    def test_the_service_is_ready_when_it_serves_and_keeps_its_data_for_its_user(self):
        self.install("streamhouse")
        address = "unix:///run/streamhouse/grpc"
        with self.service("--grpc", address, "--http", "127.0.0.1:0", "--topic", "orders:2") as (process, manager):
            self.assertEqual(b"READY=1", manager.recv(100))
            self.assertIn("topic=orders partitions=2", inside("streamhouse", "topics", "list", "--agent", address))
            inside("streamhouse", "produce", "--agent", address, "--topic", "orders", text="two apples\n")
            process.send_signal(signal.SIGTERM)
            self.assertEqual(b"STOPPING=1", manager.recv(100))
            self.assertEqual(0, process.wait(installed_programs.SECONDS))
        self.assertEqual("streamhouse", inside("stat", "--format", "%U", "/var/lib/streamhouse/metadata.db").strip())
        self.assertIn("records=1 ", inside("streamhouse", "verify", "--data", "/var/lib/streamhouse"))

    def calls_of(self, group):
        """The system calls of a group of systemd, those of the groups in it included."""
        names = re.findall(r"^ +([@\w-]+)$", inside("systemd-analyze", "syscall-filter", group), re.MULTILINE)
        calls = {name for name in names if not name.startswith("@")}
        return calls.union(*(self.calls_of(name) for name in names if name.startswith("@")))

    def test_the_unit_permits_every_system_call_of_the_agent(self):
        apt_get("install", "strace", "systemd")
        self.install("streamhouse")
        trace = DEBIAN / "tmp/calls"
        address = "unix:///run/streamhouse/grpc?mode=0660&group=streamhouse"
        flags = ["--grpc", address, "--http", "127.0.0.1:0", "--topic", "orders:2", "--sync", "each-batch"]
        flags += ["--exporter", "textfile:///run/streamhouse/agent.prom", "--exporter", "statsd://127.0.0.1:9"]
        flags += ["--exporter", "process-context://", "--exporter", "otlp+http://127.0.0.1:9"]
        with self.service(*flags, under=["strace", "-f", "-qq", "-o", "/tmp/calls"]) as (process, manager):
            self.assertEqual(b"READY=1", manager.recv(100))
            where = ["--agent", "unix:///run/streamhouse/grpc", "--topic", "orders"]
            inside("streamhouse", "produce", *where, text="two apples\n")
            inside("streamhouse", "consume", *where, "--group", "billing", "--exit-at-end")
            inside("streamhouse", "topics", "delete", *where)
            os.kill(int(trace.read_text().split()[0]), signal.SIGTERM)
            self.assertEqual(0, process.wait(installed_programs.SECONDS))
        calls = trace.read_text()
        trace.unlink()
        called = set(re.findall(r"^\d+ +(\w+)\(", calls, re.MULTILINE))
        allowed, refused = re.findall(r"^SystemCallFilter=~?(.*)$", (DEBIAN / UNIT[1:]).read_text(), re.MULTILINE)
        permitted = set().union(*map(self.calls_of, allowed.split()))
        permitted -= set().union(*map(self.calls_of, refused.split()))
        self.assertIn("fdatasync", called)
        self.assertEqual(set(), called - permitted)
        families = set(re.findall(r" socket\((AF_\w+)", calls))
        self.assertLessEqual(families, set(setting("RestrictAddressFamilies").split()))
        # MemoryDenyWriteExecute=
        self.assertNotRegex(calls, r"mmap\(.*PROT_WRITE\|PROT_EXEC|mprotect\(.*PROT_EXEC")

    def installed_with_data(self):
        self.install("streamhouse")
        with self.service("--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0") as (_, manager):
            self.assertEqual(b"READY=1", manager.recv(100))
        self.assertTrue((DATA / "metadata.db").exists())

    def assert_purged(self):
        for path in ("etc/streamhouse", UNIT[1:], "usr/bin/streamhouse", ENABLED):
            self.assertFalse(os.path.lexists(DEBIAN / path), path)
        self.assertNotIn("streamhouse/", inside("cat", "/var/cache/debconf/config.dat"))

    def test_removal_keeps_the_configuration_and_data(self):
        self.installed_with_data()
        inside("dpkg", "--remove", "streamhouse")
        self.assertTrue((DEBIAN / "etc/streamhouse/agent.conf").exists())
        self.assertTrue((DATA / "metadata.db").exists())

    def test_purge_keeps_data_unless_told(self):
        self.installed_with_data()
        inside("dpkg", "--purge", "streamhouse")
        self.assert_purged()
        self.assertTrue((DATA / "metadata.db").exists())
        self.assertEqual("streamhouse", inside("stat", "--format", "%U", "/var/lib/streamhouse/metadata.db").strip())

    def test_purge_removes_data_when_told(self):
        self.installed_with_data()
        inside("debconf-set-selections", text="streamhouse streamhouse/remove-data boolean true\n")
        inside("dpkg", "--remove", "streamhouse")
        inside("dpkg", "--purge", "streamhouse")
        self.assert_purged()
        self.assertFalse(DATA.exists())

    def test_purge_asks_a_person(self):
        self.installed_with_data()
        purge = "DEBIAN_FRONTEND=teletype dpkg --purge streamhouse"
        answered = inside("script", "--quiet", "--return", "--command", purge, "/dev/null", text="yes\n")
        self.assertIn("Remove the records and metadata in /var/lib/streamhouse?", answered)
        self.assertFalse(DATA.exists())


class LibrariesTest(PackageTestCase):
    """The packages of the libraries: programs are built from them by make and CMake, without Bazel."""

    @classmethod
    def setUpClass(cls):
        apt_get("install", "cmake", "g++", "make", "pkgconf")
        cls.names = [path.name.partition("_")[0] for path in PACKAGES.glob("libstreamhouse-*.deb")]
        examples = DEBIAN / "tmp/examples"
        shutil.rmtree(examples, ignore_errors=True)
        shutil.copytree(ROOT / "examples", examples)
        shutil.copy(ROOT / "tests/install/records.c", examples)
        cls.addClassCleanup(shutil.rmtree, examples)

    def library(self, name):
        """The package of a shared library."""
        (found,) = (one for one in self.names if re.fullmatch(rf"libstreamhouse-{name}[\d.]+", one))
        return found

    def needed_by(self, package):
        return {re.sub(r" *[(|].*", "", one.strip()) for one in field("Depends", package).split(",")}

    def assert_delivers(self, program):
        """The program sends a record to the agent of the package and gets it back."""
        address = "unix:///run/streamhouse/grpc"
        with self.service("--grpc", address, "--http", "127.0.0.1:0", "--topic", "orders:1") as (_, manager):
            self.assertEqual(b"READY=1", manager.recv(100))
            self.assertRegex(inside(program, address), r"^sent to orders/0 at \d+\ngot two apples\n")

    def test_make_and_cmake_build_programs_from_the_packages(self):
        self.install("streamhouse", *self.names)
        self.assertEqual("", inside("sh", "-c", "command -v bazel || true"))
        inside("make", "-C", "/tmp/examples/installed")
        inside("cmake", "-S", "/tmp/examples/installed", "-B", "/tmp/examples/cmake")
        inside("cmake", "--build", "/tmp/examples/cmake")
        for folder in ("installed", "cmake"):
            page = f"/tmp/examples/{folder}/first_page_in_c"
            installed_programs.assert_serves(self, ["chroot", DEBIAN, page], _ENVIRONMENT)
            self.assert_delivers(f"/tmp/examples/{folder}/orders")

    def test_a_program_that_only_records_needs_the_core_alone(self):
        core = self.library("core")
        self.assertEqual({"libc6", "libgcc-s1", "libstdc++6"}, self.needed_by(core))
        self.assertEqual({core}, self.needed_by("libstreamhouse-core-dev"))
        self.install(core, "libstreamhouse-core-dev")
        build = "cc -std=c11 /tmp/examples/records.c -o /tmp/examples/records"
        inside("sh", "-c", f"{build} $(pkg-config --cflags --libs streamhouse_core)")
        version = field("Version", core).partition("+")[0]
        self.assertEqual(f"{version}\n", inside("/tmp/examples/records"))

    def test_the_client_needs_no_exporter(self):
        needed = self.needed_by(self.library("client")) | self.needed_by("libstreamhouse-client-dev")
        ours = {self.library("client"), self.library("core"), "libstreamhouse-core-dev"}
        self.assertEqual(ours, needed & set(self.names))

    def test_a_shared_library_has_the_c_symbols_of_its_list(self):
        self.install(*self.names)
        for name, listed in (("core", "metrics_core/c_api/symbols.txt"), ("exporters", "exporters/c_symbols.txt")):
            (path,) = (DEBIAN / "usr/lib").glob(f"*/libstreamhouse_{name}.so")
            exported = inside("nm", "--dynamic", "--defined-only", f"/{path.relative_to(DEBIAN)}")
            expected = (ROOT / listed).read_text().split()
            self.assertEqual(expected, sorted(re.findall(r" (streamhouse_\w+)$", exported, re.MULTILINE)))

    def test_removal_leaves_no_file(self):
        find = ("find", "/usr", "/etc", "/var/lib", "-name", "*streamhouse*")
        before = inside(*find)
        self.install(*self.names)
        self.assertIn("/usr/include/streamhouse\n", inside(*find))
        inside("dpkg", "--remove", *self.names)
        inside("dpkg", "--purge", *self.names)
        self.assertEqual(before, inside(*find))


if __name__ == "__main__":
    unittest.main()
