"""`streamhouse backup` copies the folder of a serving agent, and another agent serves the copy."""

import subprocess
import unittest

import processes


class BackupCommand(unittest.TestCase):
    def setUp(self):
        self.folder = processes.folder_for(self)
        self.data = self.folder / "data"
        self.agent = processes.Agent(self, self.data, "--topic", "orders:1")

    def run_client(self, command, *arguments, agent=None, stdin=""):
        address = (agent or self.agent).grpc
        return processes.run(command, "--agent", address, "--topic", "orders", *arguments, stdin=stdin)

    def consume(self, agent=None):
        return self.run_client("consume", "--group", "g", "--exit-at-end", agent=agent).stdout.splitlines()

    def backup(self, to):
        return processes.run("backup", "--data", self.data, "--to", to)

    def test_copies_records_and_offsets_while_a_producer_runs(self):
        self.run_client("produce", stdin="a\nb\n")
        self.assertEqual(["a", "b"], self.consume())
        arguments = ("--agent", self.agent.grpc, "--topic", "orders")
        producer = processes.Streamhouse(self, "produce", *arguments, stdin=subprocess.PIPE)
        producer.stdin.write("".join(f"{i}\n" for i in range(10_000)))
        done = self.backup(self.folder / "copy")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertRegex(done.stdout, r"^topic=orders partition=0 bytes=\d+\ntopics=1 partitions=1 bytes=\d+\n$")
        copy = processes.Agent(self, self.folder / "copy")
        read = self.consume(copy)
        self.assertEqual([str(i) for i in range(len(read))], read)

    def test_refuses_a_target_that_is_not_empty_and_a_source_that_is_no_agents(self):
        done = self.backup(self.data)
        self.assertEqual(1, done.returncode)
        self.assertRegex(done.stderr, "^streamhouse backup: .*the folder .*/data is not empty\n$")
        done = processes.run("backup", "--data", self.folder / "none", "--to", self.folder / "copy")
        self.assertEqual(1, done.returncode)
        self.assertRegex(
            done.stderr, "^streamhouse backup: no data of an agent: .*/none/metadata.db: No such file.*\n$"
        )
