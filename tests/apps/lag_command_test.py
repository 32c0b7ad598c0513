"""`streamhouse lag`: how far a group is behind, a line a partition."""

import json
import re
import unittest

import processes


class LagCommand(unittest.TestCase):
    def setUp(self):
        self.agent = processes.Agent(self, processes.folder_for(self) / "data", "--topic", "orders:2")

    def lag(self, topic="orders"):
        return processes.run("lag", "--agent", self.agent.grpc, "--topic", topic, "--group", "g")

    def produce(self, count):
        processes.run("produce", "--agent", self.agent.grpc, "--topic", "orders", stdin="a\n" * count)

    def assert_lag(self, *lines):
        done = self.lag()
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        expected = "".join(f"topic=orders partition={i} group=g {line} lag_seconds=X\n" for i, line in enumerate(lines))
        self.assertEqual(expected, re.sub(r"lag_seconds=\d+\.\d{3}", "lag_seconds=X", done.stdout))

    def lag_seconds(self):
        return [float(seconds) for seconds in re.findall(r"lag_seconds=(\S+)", self.lag().stdout)]

    def test_counts_from_the_start_for_a_group_that_has_never_committed(self):
        self.produce(5)
        self.assert_lag("committed=none high_watermark=3 lag=3", "committed=none high_watermark=2 lag=2")

    def test_counts_from_the_committed_offset(self):
        self.produce(4)
        arguments = ("--agent", self.agent.grpc, "--topic", "orders", "--group", "g")
        processes.run("consume", *arguments, "--exit-at-end")
        self.produce(1)
        self.assert_lag("committed=2 high_watermark=3 lag=1", "committed=2 high_watermark=2 lag=0")

    def test_gives_the_age_of_the_next_unread_record_while_there_is_one(self):
        self.produce(1)
        first = self.lag_seconds()
        self.assertEqual(0, first[1])
        processes.wait_for(lambda: self.lag_seconds()[0] > first[0] + 0.5, "the record grows older")
        processes.run("consume", "--agent", self.agent.grpc, "--topic", "orders", "--group", "g", "--exit-at-end")
        self.assertEqual([0, 0], self.lag_seconds())

    def test_prints_a_json_document(self):
        self.produce(3)
        arguments = ("--agent", self.agent.grpc, "--topic", "orders", "--group", "g")
        printed = processes.run("lag", *arguments, "--json").stdout
        document = json.loads(printed)
        self.assertEqual(1, printed.count("\n"))
        self.assertGreaterEqual(document["partitions"][0].pop("lag_seconds"), 0)
        first = {"topic": "orders", "partition": 0, "committed": None, "high_watermark": 2, "lag": 2}
        self.assertEqual(("g", first), (document["group"], document["partitions"][0]))
        processes.run("consume", *arguments, "--exit-at-end")
        second = json.loads(processes.run("lag", *arguments, "--json").stdout)["partitions"][1]
        read = {"committed": 1, "high_watermark": 1, "lag": 0, "lag_seconds": 0}
        self.assertEqual({"topic": "orders", "partition": 1, **read}, second)

    def test_prints_the_partitions_before_one_that_is_not_served(self):
        for _ in range(2):
            self.produce(2)
        self.agent.stop()
        segment = self.agent.data / "log/orders/1/00000000000000000000.log"
        damaged = bytearray(segment.read_bytes())
        damaged[41] ^= 1
        segment.write_bytes(damaged)
        self.agent = processes.Agent(self, self.agent.data)
        done = self.lag()
        self.assertEqual(1, done.returncode)
        first = "topic=orders partition=0 group=g committed=none high_watermark=2 lag=2 lag_seconds=.*"
        self.assertRegex(done.stdout, f"^{first}\n$")
        self.assertRegex(done.stderr, "^streamhouse lag: .*orders/1")

    def test_names_a_topic_that_is_not_there(self):
        done = self.lag("nowhere")
        self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertRegex(done.stderr, '^streamhouse lag: .*no topic "nowhere" \\(--topic\\).*\n$')
