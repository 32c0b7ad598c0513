"""Goal: on a full disk reading goes on, writing is refused with the reason, and resumes by itself.

Method: the data folder is a small file system of its own, which a file fills up.
"""

import unittest

import processes
import small_disk


def setUpModule():
    small_disk.get_the_right_to_mount()


class FullDisk(unittest.TestCase):
    def setUp(self):
        self.data = processes.folder_for(self) / "data"
        small_disk.mount(self, self.data, mebibytes=40)
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

    def test_reading_and_committing_go_on_and_writing_resumes_by_itself(self):
        filler = small_disk.fill(self.data)
        refused = self.run_client("produce", stdin="d" * 8192 + "\n")  # more than is left of a page
        self.assertEqual(1, refused.returncode)
        self.assertIn(f"the disk of {self.data} is full", refused.stderr)
        processes.wait_for(lambda: self.ready()[0] == 503, "/ready says no")
        self.assertIn(f"the disk of {self.data} is full", self.ready()[2])
        self.assertEqual(["a", "b", "c"], self.consume("g"))
        filler.unlink()
        processes.wait_for(lambda: self.ready()[0] == 200, "/ready says yes")
        self.produce("e")
        self.assertEqual(["e"], self.consume("g"))

    def test_a_restart_on_the_full_disk_serves_what_is_there(self):
        small_disk.fill(self.data)
        self.agent.kill()
        self.start()
        self.assertEqual(["a", "b", "c"], self.consume("g"))
        self.assertEqual([], self.consume("g"))
