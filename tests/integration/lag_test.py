"""Goal: lag is right while the consumer does not read, and pending while the agent does not answer.

Method: a consumer whose stdout has no reader is stuck in the middle of its records, and does not poll. An
agent that is stopped with SIGSTOP does not acknowledge.
"""

import subprocess
import threading
import unittest

import pages
import processes

RECORDS = 20_000
VALUE = "x" * 100
# The lag is refreshed every 30 s.
REFRESH_SECONDS = 90


class Lag(unittest.TestCase):
    def setUp(self):
        self.agent = processes.Agent(self, processes.folder_for(self) / "data", "--topic", "orders:1")
        self.arguments = ("--agent", self.agent.grpc, "--topic", "orders")

    def produce(self, count):
        done = processes.run("produce", *self.arguments, stdin=f"{VALUE}\n" * count)
        self.assertEqual(0, done.returncode, done.stderr)

    def start_stuck_consumer(self):
        """Its URL, and the consumer, whose stdout no process reads."""
        command = [processes.BINARY, "consume", *self.arguments, "--group", "g", "--http", "127.0.0.1:0"]
        consumer = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for stream in (consumer.stdout, consumer.stderr):
            self.addCleanup(stream.close)
        self.addCleanup(consumer.wait)
        self.addCleanup(consumer.kill)
        return "http://" + consumer.stderr.readline().strip().removeprefix("http="), consumer.stdout

    def gauge(self, url, name):
        return pages.value(url, f"streamhouse_consumer_{name}", topic="orders", partition="0", group="g")

    def test_grows_and_ages_while_the_consumer_does_not_poll_and_is_gone_when_it_has_caught_up(self):
        self.produce(RECORDS)
        url, stdout = self.start_stuck_consumer()
        processes.wait_for(lambda: self.gauge(url, "current_offset") > 0, "it has begun to read")
        self.produce(10)

        def lag_is_what_is_left():
            return self.gauge(url, "lag_records") == RECORDS + 10 - self.gauge(url, "current_offset")

        processes.wait_for(lag_is_what_is_left, "the lag is what is left to read", REFRESH_SECONDS)
        self.assertGreater(self.gauge(url, "lag_records"), 10)
        self.assertGreater(self.gauge(url, "lag_seconds"), 1)

        # To the end of the test, as records may come twice after a session that has ended.
        threading.Thread(target=stdout.read, daemon=True).start()
        processes.wait_for(lambda: self.gauge(url, "lag_records") == 0, "no lag", REFRESH_SECONDS)
        self.assertEqual(0, self.gauge(url, "lag_seconds"))
        processes.wait_for(lambda: self.gauge(url, "last_committed_offset") == RECORDS + 10, "all committed")

    def test_pending_is_what_the_agent_has_not_acknowledged(self):
        producer = processes.Streamhouse(
            self, "produce", *self.arguments, "--http", "127.0.0.1:0", stdin=subprocess.PIPE
        )
        url = "http://" + producer.match("^http=(.*)", "stderr")[1]
        producer.stdin.write("a\n")
        producer.stdin.flush()
        processes.wait_for(lambda: pages.value(url, "streamhouse_producer_records_sent_total") == 1, "1 sent")
        self.agent.suspend()
        producer.stdin.write("b\nc\n")
        producer.stdin.flush()
        processes.wait_for(lambda: pages.value(url, "streamhouse_producer_pending_records") == 2, "2 pending")
        self.agent.resume()
        processes.wait_for(lambda: pages.value(url, "streamhouse_producer_pending_records") == 0, "0 pending")
        self.assertEqual(3, pages.value(url, "streamhouse_producer_records_sent_total"))
