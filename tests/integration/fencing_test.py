"""An agent without the lease does not write, and an epoch never goes back.

Another agent's takeover is written into the metadata store, which is where it would happen.
"""

import unittest

import metadata_file
import pages
import processes

# A lease is renewed every 10 s, and then its loss is noticed.
NOTICE_SECONDS = 30


class Fencing(unittest.TestCase):
    def setUp(self):
        self.data = processes.folder_for(self) / "data"
        self.start("--topic", "orders:1")

    def start(self, *arguments):
        self.agent = processes.Agent(self, self.data, *arguments)

    def change_leases(self, **columns):
        metadata_file.change_leases(self.data / "metadata.db", **columns)

    def epoch(self):
        with metadata_file.opened(self.data / "metadata.db") as store:
            return store.execute("SELECT epoch FROM partition_leases").fetchone()[0]

    def produce(self):
        return processes.run("produce", "--agent", self.agent.grpc, "--topic", "orders", stdin="a\n")

    def refusals(self):
        return pages.value(self.agent.url, "streamhouse_agent_grpc_requests_total", method="Produce") - pages.value(
            self.agent.url, "streamhouse_agent_grpc_requests_total", method="Produce", code="OK"
        )

    def test_keeps_the_epoch_over_a_restart_and_a_crash(self):
        epoch = self.epoch()
        self.agent.stop()
        self.start()
        self.assertEqual(epoch, self.epoch())
        self.agent.kill()
        self.start()
        self.assertEqual(epoch, self.epoch())

    def test_refuses_to_append_while_another_holds_the_lease_and_takes_a_higher_epoch_afterwards(self):
        epoch = self.epoch()
        self.change_leases(holder="'another'", epoch="epoch + 1", duration_ms=3600000)
        active = "streamhouse_agent_active_partitions"
        processes.wait_for(lambda: pages.value(self.agent.url, active) == 0, "the loss is noticed", NOTICE_SECONDS)
        done = self.produce()
        self.assertEqual("sent=1 acked=0 failed=1\n", done.stdout)
        self.assertGreater(self.refusals(), 0)

        self.change_leases(duration_ms=0)
        processes.wait_for(lambda: pages.value(self.agent.url, active) == 1, "it is taken back", NOTICE_SECONDS)
        self.assertEqual("sent=1 acked=1 failed=0\n", self.produce().stdout)
        self.assertEqual(epoch + 2, self.epoch())
        lag = processes.run("lag", "--agent", self.agent.grpc, "--topic", "orders", "--group", "g").stdout
        self.assertIn("high_watermark=1 ", lag)
