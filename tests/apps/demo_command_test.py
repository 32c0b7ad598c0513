"""`streamhouse demo`: everything on one page, and nothing lost at the end."""

import os
import pty
import re
import signal
import socket
import subprocess
import unittest

import pages
import processes

LAST_LINE = r"^sent=(\d+) acked=(\d+) failed=(\d+) consumed=(\d+)$"


class DemoCommand(unittest.TestCase):
    def setUp(self):
        self.folder = processes.folder_for(self)
        self.text = self.folder / "text"
        self.text.write_text("one\ntwo\nthree\n")
        self.scratch = self.folder / "scratch"
        self.scratch.mkdir()
        self.environment = []

    def demo(self, *arguments):
        addresses = ("--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0")
        return processes.Process(
            self,
            [
                "env",
                f"TMPDIR={self.scratch}",
                *self.environment,
                processes.BINARY,
                "demo",
                self.text,
                *addresses,
                *arguments,
            ],
        )

    def url(self, demo):
        return demo.match("^(http://.*)/metrics$")[1]

    def assert_nothing_lost(self, demo):
        counts = re.match(LAST_LINE, demo.stdout[-1])
        self.assertTrue(counts, demo.stdout[-1])
        sent, acked, failed, consumed = map(int, counts.groups())
        self.assertEqual((sent, 0, sent), (acked, failed, consumed))
        return sent

    def test_prints_the_urls_and_a_line_a_second(self):
        demo = self.demo()
        url = self.url(demo)
        for path in ("/metrics", "/health", "/ready"):
            self.assertIn(url + path, demo.stdout)
            self.assertEqual(200, processes.fetch(url + path)[0])
        demo.match(r"^ *[1-9]\d* records/s sent +[1-9]\d* records/s consumed +lag \d+$")

    def test_reaches_its_agent_with_any_proxy_in_the_environment(self):
        self.environment = [
            "http_proxy=http://127.0.0.1:1",
            "https_proxy=http://127.0.0.1:1",
            "grpc_proxy=http://127.0.0.1:1",
        ]
        demo = self.demo()
        demo.match("records/s sent")
        self.assertEqual(0, demo.stop(), demo.stderr)
        self.assertGreater(self.assert_nothing_lost(demo), 0)

    def test_loses_nothing_on_any_signal(self):
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            demo = self.demo("--rate", 5_000)
            demo.match("records/s sent")
            self.assertEqual(0, demo.stop(ending), demo.stderr)
            self.assertGreater(self.assert_nothing_lost(demo), 0)
            self.assertEqual([], list(self.scratch.iterdir()))

    def test_sends_at_the_rate_that_was_asked_for(self):
        demo = self.demo("--rate", 2_000)

        def is_about_the_rate():
            rates = re.findall(r"^ *(\d+) records/s sent", "\n".join(demo.stdout), re.MULTILINE)
            return any(500 < int(rate) < 3_000 for rate in rates)

        # A machine that stands still for a while makes a line with less, and one with more.
        processes.wait_for(is_about_the_rate, "a line with about 2,000 records/s")

    def test_serves_client_and_agent_on_one_page(self):
        url = self.url(self.demo())
        for name in (
            "streamhouse_producer_records_sent_total",
            "streamhouse_consumer_records_consumed_total",
            "streamhouse_agent_records_written_total",
        ):
            processes.wait_for(lambda name=name: pages.value(url, name) > 0, name)

    def test_leaves_nothing_behind(self):
        demo = self.demo()
        demo.match("records/s")
        self.assertNotEqual([], list(self.scratch.iterdir()))
        demo.stop()
        self.assertEqual([], list(self.scratch.iterdir()))

    def test_names_the_folder_that_cannot_hold_its_data(self):
        self.scratch = self.folder / "missing"
        demo = self.demo()
        self.assertEqual(1, demo.wait())
        reason = f"cannot make a folder in {self.scratch} ($TMPDIR): No such file or directory"
        self.assertEqual(["streamhouse demo: " + reason], demo.stderr)

    def test_leaves_nothing_behind_when_its_reader_goes(self):
        command = ["env", f"TMPDIR={self.scratch}", processes.BINARY, "demo", str(self.text)]
        command += ["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as demo:
            demo.stdout.readline()
            demo.stdout.close()
            self.assertEqual(1, demo.wait(processes.DEADLINE_SECONDS))
        self.assertEqual([], list(self.scratch.iterdir()))

    def test_leaves_nothing_behind_when_its_terminal_is_closed(self):
        terminal, end = pty.openpty()
        command = ["setsid", "--ctty", "env", f"TMPDIR={self.scratch}", processes.BINARY, "demo", str(self.text)]
        command += ["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"]
        with subprocess.Popen(command, stdin=end, stdout=end, stderr=end) as demo:
            os.close(end)
            shown = b""
            while b"Ctrl-C ends it" not in shown:
                shown += os.read(terminal, 4096)
            os.close(terminal)
            # Standard output takes no more, which is an error; a signal would be a negative code.
            self.assertEqual(1, demo.wait(processes.DEADLINE_SECONDS))
        self.assertEqual([], list(self.scratch.iterdir()))

    def test_keeps_its_data_where_it_is_asked_to_and_proves_each_run_by_itself(self):
        for _ in range(2):
            demo = self.demo("--data", self.folder / "data")
            demo.match("records/s")
            demo.stop()
            self.assert_nothing_lost(demo)
        self.assertTrue(os.path.exists(self.folder / "data" / "metadata.db"))

    def test_names_what_is_in_its_way_and_the_flag(self):
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        for arguments, pattern in (
            ((self.text, "--grpc", address, "--http", "127.0.0.1:0"), f".*{address}.*--grpc"),
            ((self.text, "--http", address, "--grpc", "127.0.0.1:0"), f".*{address}.*--http"),
            ((self.text, "--data", self.text / "x", "--http", "127.0.0.1:0"), f".*{self.text}/x.*--data"),
            ((self.folder / "missing",), f"cannot read {self.folder}/missing: .*"),
            (("/dev/stdin",), "/dev/stdin is neither a file that can be read again nor a folder"),
        ):
            done = processes.run("demo", *arguments)
            self.assertEqual((1, ""), (done.returncode, done.stdout))
            self.assertRegex(done.stderr, f"(^|\n)streamhouse demo: {pattern}\n$")
