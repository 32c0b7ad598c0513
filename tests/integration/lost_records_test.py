"""Goal: a group gets the records that it has not had, also where a log has lost records that it had.

Method: the files of a stopped agent are cut or moved away, as a loss of power or an operator does it.
"""

import os
import unittest

import pages
import processes


class LostRecords(unittest.TestCase):
    def setUp(self):
        self.data = processes.folder_for(self) / "data"
        self.agent = processes.Agent(self, self.data, "--topic", "orders:1")
        self.partition = self.data / "log/orders/0"
        self.segment = self.partition / f"{0:020}.log"

    def produce(self, *values):
        lines = "".join(f"{value}\n" for value in values)
        done = processes.run("produce", "--agent", self.agent.grpc, "--topic", "orders", stdin=lines)
        self.assertEqual(0, done.returncode, done.stderr)

    def consume(self):
        done = processes.run(
            "consume", "--agent", self.agent.grpc, "--topic", "orders", "--group", "g", "--exit-at-end"
        )
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout.splitlines()

    def consume_a_hundred(self):
        """Returns the size of the segment before the last ten."""
        self.produce(*range(90))
        size = self.segment.stat().st_size
        self.produce(*range(90, 100))
        self.assertEqual(100, len(self.consume()))
        return size

    def restart_after(self, damage):
        self.agent.stop()
        damage()
        self.agent = processes.Agent(self, self.data)

    def test_a_group_gets_every_record_that_is_written_after_the_last_batch_was_cut_off(self):
        size = self.consume_a_hundred()
        self.restart_after(lambda: os.truncate(self.segment, size))
        self.agent.match("group g: its committed offset of orders/0 was 100, and is lowered by 10 to 90", "stderr")
        self.assertEqual(1, pages.value(self.agent.url, "streamhouse_agent_committed_offsets_lowered_total"))
        self.produce("a", "b", "c", "d", "e")
        self.assertEqual(["a", "b", "c", "d", "e"], self.consume())

    def test_a_group_skips_nothing_when_more_is_written_than_was_lost(self):
        size = self.consume_a_hundred()
        self.restart_after(lambda: os.truncate(self.segment, size))
        self.produce(*range(200, 215))
        self.assertEqual([str(value) for value in range(200, 215)], self.consume())

    def test_logs_are_not_written_over_when_the_metadata_are_gone_and_can_be_taken_over(self):
        self.consume_a_hundred()
        self.agent.stop()
        for file in self.data.glob("metadata.db*"):
            file.unlink()
        self.agent = processes.Agent(self, self.data, "--topic", "orders:1", "--topic", "other:1")
        status, _, body = processes.fetch(self.agent.url + "/ready")
        self.assertEqual(503, status)
        self.assertIn("folder log/orders holds records", body)
        done = processes.run("topics", "create", "--agent", self.agent.grpc, "orders:1", "--adopt")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual(200, processes.fetch(self.agent.url + "/ready")[0])
        self.assertEqual(100, len(self.consume()))

    def test_a_group_starts_again_in_a_partition_whose_folder_was_moved_away(self):
        self.consume_a_hundred()
        self.restart_after(lambda: self.partition.rename(self.data / "orders-0-damaged"))
        self.produce("a", "b")
        self.assertEqual(["a", "b"], self.consume())
