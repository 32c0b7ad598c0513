"""`streamhouse consume`: prints each value once, and remembers how far it has come."""

import os
import signal
import subprocess
import unittest

import pages
import processes


class ConsumeCommand(unittest.TestCase):
    def setUp(self):
        self.agent = processes.Agent(
            self, processes.folder_for(self) / "data", "--topic", "orders:1", "--topic", "many:3"
        )
        self.produce("1\n2\n3\n4\n")

    def produce(self, text, topic="orders"):
        done = processes.run("produce", "--agent", self.agent.grpc, "--topic", topic, stdin=text)
        self.assertEqual(0, done.returncode, done.stderr)

    def arguments(self, group, topic="orders"):
        return ("consume", "--agent", self.agent.grpc, "--topic", topic, "--group", group)

    def consume(self, *arguments, group="g", topic="orders"):
        done = processes.run(*self.arguments(group, topic), *arguments)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        return done.stdout

    def lag(self, group="g", topic="orders"):
        return processes.run("lag", "--agent", self.agent.grpc, "--topic", topic, "--group", group).stdout

    def test_prints_a_value_a_line_in_the_order_of_a_partition(self):
        self.assertEqual("1\n2\n3\n4\n", self.consume("--exit-at-end"))

    def test_goes_on_where_its_group_has_stopped(self):
        self.consume("--exit-at-end")
        self.produce("5\n")
        self.assertEqual("5\n", self.consume("--exit-at-end"))

    def test_gives_every_group_all_records(self):
        for group in ("a", "b"):
            self.assertEqual("1\n2\n3\n4\n", self.consume("--exit-at-end", group=group))

    def test_stops_after_the_maximum_and_commits_no_more_than_that(self):
        self.assertEqual("1\n2\n3\n", self.consume("--max", 3))
        self.assertIn("committed=3 high_watermark=4 lag=1", self.lag())
        self.assertEqual("4\n", self.consume("--exit-at-end"))

    def test_stops_after_the_maximum_in_the_middle_of_several_partitions(self):
        lines = [str(i) for i in range(100)]
        self.produce("\n".join(lines), topic="many")
        seen = self.consume("--max", 50, topic="many") + self.consume("--exit-at-end", topic="many")
        self.assertEqual(sorted(lines), sorted(seen.splitlines()))

    def test_begins_with_what_is_new_when_asked_to(self):
        self.assertEqual("", self.consume("--from", "latest", "--exit-at-end"))
        self.produce("5\n")
        self.assertEqual("5\n", self.consume("--from", "latest", "--exit-at-end"))

    def test_begins_with_the_first_record_unless_asked_otherwise(self):
        self.assertEqual(self.consume("--from", "earliest", "--exit-at-end", group="a"), self.consume("--exit-at-end"))

    def test_waits_for_records_until_a_signal_and_commits_what_it_printed(self):
        for ending, value in ((signal.SIGINT, "5"), (signal.SIGTERM, "6"), (signal.SIGHUP, "7")):
            consumer = processes.Streamhouse(self, *self.arguments("g"))
            self.produce(f"{value}\n")
            consumer.match(f"^{value}$")
            self.assertEqual(0, consumer.stop(ending))
            self.assertIn("lag=0", self.lag())

    def test_shares_the_partitions_of_a_topic_within_a_group(self):
        consumers = [processes.Streamhouse(self, *self.arguments("g", "many")) for _ in range(2)]
        lines = []

        def both_have_printed():
            lines.extend(f"{len(lines) + i}" for i in range(6))
            self.produce("\n".join(lines[-6:]), topic="many")
            return all(consumer.stdout for consumer in consumers)

        processes.wait_for(both_have_printed, "both consumers print")
        processes.wait_for(lambda: sum(len(c.stdout) for c in consumers) >= len(lines), "everything is printed")
        self.assertEqual([0, 0], [consumer.stop() for consumer in consumers])
        self.assertEqual(set(lines), set(consumers[0].stdout) | set(consumers[1].stdout))

    def test_serves_its_own_metrics_where_it_is_asked_to(self):
        consumer = processes.Streamhouse(self, *self.arguments("g"), "--http", "127.0.0.1:0")
        url = "http://" + consumer.match("^http=(.*)", "stderr")[1]
        consumer.match("^4$")
        self.assertEqual(4, pages.value(url, "streamhouse_consumer_records_consumed_total", topic="orders"))
        labels = {"topic": "orders", "partition": "0", "group": "g"}
        self.assertEqual(4, pages.value(url, "streamhouse_consumer_current_offset", **labels))

    def test_commits_nothing_that_its_reader_did_not_take(self):
        many = "\n".join(f"{i:0100}" for i in range(20_000))  # more than a pipe holds
        self.produce(many)
        command = [processes.BINARY, *self.arguments("g"), "--exit-at-end"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as consumer:
            self.assertEqual(b"1\n", consumer.stdout.readline())
            consumer.stdout.close()
            self.assertEqual(-signal.SIGPIPE, consumer.wait(processes.DEADLINE_SECONDS))
        self.assertNotIn("lag=0", self.lag())

    def test_names_what_it_cannot_write_to(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run(
                [processes.BINARY, *self.arguments("g"), "--exit-at-end"],
                stdout=full, stderr=subprocess.PIPE, text=True, check=False,
            )  # fmt: skip
        self.assertEqual(1, done.returncode)
        self.assertEqual("streamhouse consume: cannot write to standard output: No space left on device\n", done.stderr)
        self.assertIn("committed=none", self.lag())

    def test_says_once_that_the_agent_is_gone_and_goes_on_when_it_is_back(self):
        consumer = processes.Streamhouse(self, *self.arguments("g"))
        consumer.match("^4$")
        # Where the agent is unreachable for longer than a session, the group goes on from there.
        processes.wait_for(lambda: "committed=4" in self.lag(), "the consumer commits")
        address = self.agent.grpc
        data = self.agent.data
        os.kill(self.agent.pid, signal.SIGKILL)
        consumer.match("^streamhouse consume: ", "stderr")
        self.agent = processes.Agent(self, data, grpc=address)
        self.produce("5\n")
        consumer.match("^5$")
        self.assertEqual(0, consumer.stop(), consumer.stderr)
        self.assertEqual(["1", "2", "3", "4", "5"], consumer.stdout)


class ConsumeDamaged(unittest.TestCase):
    """Of six batches with a record each, the fourth is damaged while an agent serves them."""

    def setUp(self):
        self.agent = processes.Agent(self, processes.folder_for(self) / "data", "--topic", "orders:1")
        for i in range(6):
            processes.run("produce", "--agent", self.agent.grpc, "--topic", "orders", stdin=f"{i}\n")
        self.segment = self.agent.data / "log/orders/0" / ("0" * 20 + ".log")
        self.batch_bytes = self.segment.stat().st_size // 6
        with open(self.segment, "r+b") as segment:
            segment.seek(4 * self.batch_bytes - 1)
            last = segment.read(1)[0]
            segment.seek(-1, os.SEEK_CUR)
            segment.write(bytes([last ^ 1]))

    def consume(self, *arguments, group="g"):
        command = ("consume", "--agent", self.agent.grpc, "--topic", "orders", "--group", group, *arguments)
        return processes.Streamhouse(self, *command)

    def wait_in_front_of_the_damage(self):
        consumer = self.consume("--exit-at-end")
        consumer.match("^2$")
        consumer.match("^streamhouse consume: orders/0: .*offsets 3 to 3 are damaged", "stderr")
        # Where the agent is unreachable for longer than a session, the group goes on from there.
        describe = ("groups", "describe", "--agent", self.agent.grpc, "--group", "g")
        processes.wait_for(lambda: "committed=3" in processes.run(*describe).stdout, "the consumer commits")
        return consumer

    def test_is_skipped_and_counted_when_asked_for(self):
        consumer = self.consume("--skip-damaged", "--http", "127.0.0.1:0")
        url = "http://" + consumer.match("^http=(.*)", "stderr")[1]
        consumer.match("^5$")
        self.assertEqual(1, pages.value(url, "streamhouse_consumer_damaged_records_skipped_total", topic="orders"))
        self.assertEqual(1, pages.value(self.agent.url, "streamhouse_agent_records_damaged_total", topic="orders"))
        self.assertEqual(0, consumer.stop())
        self.assertEqual(["0", "1", "2", "4", "5"], consumer.stdout)
        skipped = [line for line in consumer.stderr if not line.startswith("http=")]
        self.assertEqual(["streamhouse consume: orders/0: skipped damaged records, offsets 3 to 3"], skipped)
        rest = self.consume("--exit-at-end")
        self.assertEqual((0, [], []), (rest.wait(), rest.stdout, rest.stderr))

    def test_is_skipped_on_the_way_to_the_end(self):
        consumer = self.consume("--skip-damaged", "--exit-at-end")
        self.assertEqual((0, ["0", "1", "2", "4", "5"]), (consumer.wait(), consumer.stdout))

    def test_ends_at_what_is_left_when_the_log_loses_its_end_meanwhile(self):
        consumer = self.wait_in_front_of_the_damage()
        self.agent.stop()
        os.truncate(self.segment, 3 * self.batch_bytes)
        self.agent = processes.Agent(self, self.agent.data, grpc=self.agent.grpc)
        self.assertEqual((0, ["0", "1", "2"]), (consumer.wait(), consumer.stdout))

    def delete_the_topic(self):
        done = processes.run("topics", "delete", "--agent", self.agent.grpc, "--topic", "orders")
        self.assertEqual(0, done.returncode, done.stderr)

    def assert_fails_for_the_topic_is_gone(self, consumer):
        self.assertEqual(1, consumer.wait())
        self.assertEqual(
            "streamhouse consume: topic orders was deleted before its end was reached", consumer.stderr[-1]
        )

    def test_fails_when_the_topic_is_deleted_meanwhile(self):
        consumer = self.wait_in_front_of_the_damage()
        self.delete_the_topic()
        self.assert_fails_for_the_topic_is_gone(consumer)

    def test_fails_when_the_topic_is_deleted_and_created_again_meanwhile(self):
        consumer = self.wait_in_front_of_the_damage()
        self.delete_the_topic()
        processes.run("topics", "create", "--agent", self.agent.grpc, "orders:1")
        self.assert_fails_for_the_topic_is_gone(consumer)
