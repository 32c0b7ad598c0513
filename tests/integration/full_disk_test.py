"""Goal: on a full disk reading goes on, writing is refused with the reason, and resumes by itself.

Method: the data folder is a small file system of its own, which a file fills up. A user who is not root
becomes root of a namespace of its own, and may mount there.
"""

import contextlib
import os
import subprocess
import sys
import unittest

import processes


def setUpModule():
    if os.geteuid() != 0:
        os.execvp("unshare", ["unshare", "--map-root-user", "--mount", *sys.orig_argv])


class FullDisk(unittest.TestCase):
    def setUp(self):
        self.data = processes.folder_for(self) / "data"
        self.data.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", self.data], check=True)
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.data], check=True)
        self.start("--topic", "orders:1")
        self.produce("a", "b", "c")

    def start(self, *arguments):
        self.agent = processes.Agent(self, self.data, *arguments)

    def run_client(self, command, *arguments, stdin=""):
        return processes.run(command, "--agent", self.agent.grpc, "--topic", "orders", *arguments, stdin=stdin)

    def produce(self, *values):
        done = self.run_client("produce", stdin="".join(f"{value}\n" for value in values))
        self.assertEqual(0, done.returncode, done.stderr)

    def consume(self, group):
        done = self.run_client("consume", "--group", group, "--exit-at-end")
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout.splitlines()

    def ready(self):
        return processes.fetch(self.agent.url + "/ready")

    def fill(self):
        with open(self.data / "filler", "ab", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(b"x" * 4096)

    def test_reading_and_committing_go_on_and_writing_resumes_by_itself(self):
        self.fill()
        refused = self.run_client("produce", stdin="d" * 8192 + "\n")  # more than is left of a page
        self.assertEqual(1, refused.returncode)
        self.assertIn(f"the disk of {self.data} is full", refused.stderr)
        processes.wait_for(lambda: self.ready()[0] == 503, "/ready says no")
        self.assertIn(f"the disk of {self.data} is full", self.ready()[2])
        self.assertEqual(["a", "b", "c"], self.consume("g"))
        os.remove(self.data / "filler")
        processes.wait_for(lambda: self.ready()[0] == 200, "/ready says yes")
        self.produce("e")
        self.assertEqual(["e"], self.consume("g"))

    def test_a_restart_on_the_full_disk_serves_what_is_there(self):
        self.fill()
        self.agent.kill()
        self.start()
        self.assertEqual(["a", "b", "c"], self.consume("g"))
        self.assertEqual([], self.consume("g"))
