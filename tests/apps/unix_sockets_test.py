"""The commands over Unix sockets: an agent, its clients, and readers of its page."""

import os
import pathlib
import stat
import subprocess
import tempfile
import unittest

import processes


class UnixSockets(unittest.TestCase):
    def setUp(self):
        # Below TEST_TMPDIR, a path may be too long for a socket.
        folder = tempfile.TemporaryDirectory(dir="/tmp")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.grpc = f"unix://{self.folder}/grpc"
        self.http = f"unix://{self.folder}/http"

    def agent(self, data="data", **addresses):
        addresses = {"grpc": self.grpc, "http": self.http, **addresses}
        return processes.Agent(self, self.folder / data, "--topic", "orders:1", **addresses)

    def refusal(self, *arguments):
        done = processes.run("agent", "--data", self.folder / "other", *arguments)
        self.assertNotEqual(0, done.returncode)
        return done.stderr.strip()

    def run_well(self, *arguments, **keywords):
        done = processes.run(*arguments, **keywords)
        self.assertEqual((0, ""), (done.returncode, done.stderr.replace(f"http={self.http}2\n", "")))
        return done.stdout

    def curl(self, path, *how):
        command = ["curl", "--silent", "--max-time", "30", *how, f"http://localhost{path}"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def mode(self, name):
        return stat.S_IMODE(os.lstat(self.folder / name).st_mode)

    def test_carry_records_and_pages(self):
        agent = self.agent()
        self.assertEqual([f"grpc={self.grpc}", f"http={self.http}", "ready"], agent.stdout)
        self.run_well("produce", "--agent", self.grpc, "--topic", "orders", "--http", f"{self.http}2", stdin="a\nb\n")
        arguments = ("--agent", self.grpc, "--topic", "orders", "--group", "g", "--max", "2")
        self.assertEqual("a\nb\n", self.run_well("consume", *arguments))
        self.assertIn("lag=0", self.run_well("lag", "--agent", self.grpc, "--topic", "orders", "--group", "g"))
        page = self.curl("/metrics", "--unix-socket", self.folder / "http")
        self.assertIn('\nstreamhouse_agent_records_written_total{topic="orders"} 2\n', page)
        self.assertEqual("READY", self.curl("/ready", "--unix-socket", self.folder / "http"))

    def test_are_read_by_top(self):
        self.agent()
        shown = self.run_well("top", "--once", self.http, f"{self.http}:/metrics/detailed")
        self.assertIn(self.http, shown)
        self.assertNotIn("cannot", shown)

    def test_carry_everything_under_abstract_names(self):
        name = f"streamhouse_test.{os.getpid()}"
        agent = self.agent(grpc=f"unix:@{name}.grpc", http=f"unix:@{name}.http")
        self.run_well("produce", "--agent", agent.grpc, "--topic", "orders", stdin="a\n")
        self.assertIn("orders", self.curl("/metrics", "--abstract-unix-socket", f"{name}.http"))
        self.assertIn("is open to every user of this machine", "\n".join(agent.stderr))
        self.assertEqual(["data"], os.listdir(self.folder))

    def test_are_open_to_the_user_of_the_agent_alone(self):
        agent = self.agent()
        self.assertEqual((0o600, 0o600), (self.mode("grpc"), self.mode("http")))
        self.assertNotIn("is open to", "\n".join(agent.stderr))

    def test_have_the_mode_and_group_that_are_given(self):
        group = os.getgid()
        self.agent(grpc=f"{self.grpc}?mode=0660&group={group}", http=f"{self.http}?mode=0666&owner={os.getuid()}")
        self.assertEqual((0o660, 0o666), (self.mode("grpc"), self.mode("http")))
        self.assertEqual(group, os.lstat(self.folder / "grpc").st_gid)

    def test_are_gone_after_a_stop(self):
        self.assertEqual(0, self.agent().stop())
        self.assertEqual(["data"], os.listdir(self.folder))

    def test_are_replaced_after_a_kill(self):
        self.agent().kill()
        self.assertEqual(["data", "grpc", "http"], sorted(os.listdir(self.folder)))
        self.agent()
        self.run_well("produce", "--agent", self.grpc, "--topic", "orders", stdin="a\n")
        self.assertIn("orders", self.curl("/metrics", "--unix-socket", self.folder / "http"))

    def test_of_a_live_agent_are_refused(self):
        agent = self.agent()
        owner = f"process {agent.pid} listens there, or a child that has its socket"
        for flag, address in (("--grpc", self.grpc), ("--http", self.http)):
            other = ("--http", "127.0.0.1:0") if flag == "--grpc" else ("--grpc", "127.0.0.1:0")
            self.assertRegex(
                self.refusal(flag, address, *other),
                f"cannot listen on {address}: {owner}; choose another address with {flag}$",
            )
        self.run_well("produce", "--agent", self.grpc, "--topic", "orders", stdin="a\n")

    def test_name_what_is_bad(self):
        (self.folder / "file").write_text("precious", encoding="ascii")
        for address, why in (
            ("unix:grpc", "is not unix:///PATH with an absolute path, or unix:@NAME"),
            (f"unix:///{'a' * 107}", "has 108 bytes"),
            (f"unix://{self.folder}/no/grpc", f"there is no folder {self.folder}/no"),
            (f"unix://{self.folder}/file", "that is not a socket"),
            (f"{self.grpc}?group=no-such-group", "there is no group no-such-group"),
            (f"{self.grpc}?mode=8", "mode must be octal"),
        ):
            said = self.refusal("--grpc", address, "--http", "127.0.0.1:0")
            self.assertIn(why, said)
            self.assertIn("--grpc", said)
        self.assertEqual("precious", (self.folder / "file").read_text(encoding="ascii"))

    def test_name_the_permission_that_is_bad(self):
        for flag, address in (("--grpc", self.grpc), ("--http", self.http)):
            other = ("--http", "127.0.0.1:0") if flag == "--grpc" else ("--grpc", "127.0.0.1:0")
            for name in ("group", "owner"):
                said = self.refusal(flag, f"{address}?{name}=no-such-one", *other)
                self.assertTrue(said.endswith(f"there is no {name} no-such-one; correct {name}= in {flag}"), said)
        self.agent()
        done = processes.run(
            "produce", "--agent", self.grpc, "--topic", "orders", "--http", f"{self.http}2?group=no-such-one"
        )
        self.assertIn("there is no group no-such-one; correct group= in --http", done.stderr)

    def test_that_no_agent_serves_are_named_by_clients(self):
        done = processes.run("topics", "list", "--agent", self.grpc)
        self.assertEqual(1, done.returncode)
        self.assertIn(f"cannot reach an agent at {self.grpc} (--agent)", done.stderr)


if __name__ == "__main__":
    unittest.main()
