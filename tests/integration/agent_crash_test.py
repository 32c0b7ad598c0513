"""Goal: what was acknowledged survives kill -9 of the agent.

Method: numbered records are produced without a pause while the agent is killed and started again, several times, on
the same folder and port. Which records were acknowledged is known from the producer's metrics and its last line; that
none of those is missing, from a consumer that reads everything.
"""

import subprocess
import threading
import unittest

import pages
import processes

CRASHES = 3


class AgentCrash(unittest.TestCase):
    def setUp(self):
        self.data = processes.folder_for(self) / "data"
        self.agent = processes.Agent(self, self.data, "--topic", "orders:1")
        self.address = self.agent.grpc

    def crash_and_restart(self):
        self.agent.kill()
        self.agent = processes.Agent(self, self.data, grpc=self.address)

    def run_client(self, command, *arguments, stdin=""):
        return processes.run(command, "--agent", self.address, "--topic", "orders", *arguments, stdin=stdin)

    def consume(self, *arguments, group="check"):
        done = self.run_client("consume", "--group", group, "--exit-at-end", *arguments)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout.splitlines()

    def produce(self, *lines):
        return self.run_client("produce", stdin="".join(f"{line}\n" for line in lines)).stdout

    def test_keeps_every_acknowledged_record_over_crashes_in_the_middle_of_producing(self):
        arguments = ("--agent", self.address, "--topic", "orders", "--http", "127.0.0.1:0")
        producer = processes.Streamhouse(self, "produce", *arguments, stdin=subprocess.PIPE)
        url = "http://" + producer.match("^http=(.*)", "stderr")[1]
        done = threading.Event()
        writer = threading.Thread(target=write_numbers, args=(producer.stdin, done))
        writer.start()
        for _ in range(CRASHES):
            acked = sent_total(url)
            processes.wait_for(lambda acked=acked: sent_total(url) > acked + 1_000, "another thousand acknowledged")
            self.crash_and_restart()
        acked = sent_total(url)
        processes.wait_for(lambda acked=acked: sent_total(url) > acked + 1_000, "another thousand acknowledged")
        done.set()
        writer.join()
        producer.wait()
        sent, acked, failed = map(int, producer.match(r"^sent=(\d+) acked=(\d+) failed=(\d+)$").groups())
        self.assertEqual(sent, acked + failed)

        values = [int(value) for value in self.consume()]
        # A batch whose answer was lost with the agent is failed to its sender, and may be there all
        # the same.
        self.assertGreaterEqual(len(values), acked)
        self.assertEqual(len(values), len(set(values)), "a record was written twice")
        self.assertEqual(sorted(values), values, "records have changed places")
        self.assertLessEqual(sent - len(values), failed, "an acknowledged record is missing")

    def test_goes_on_with_the_next_offset(self):
        self.produce("a", "b")
        self.crash_and_restart()
        self.produce("c")
        self.assertIn("high_watermark=3", self.run_client("lag", "--group", "g").stdout)
        self.assertEqual(["a", "b", "c"], self.consume())

    def test_gives_a_group_nothing_twice_after_a_commit(self):
        self.produce("a", "b")
        self.assertEqual(["a", "b"], self.consume(group="g"))
        self.crash_and_restart()
        self.produce("c")
        self.assertEqual(["c"], self.consume(group="g"))

    def test_is_ready_again_at_once_although_its_leases_were_not_released(self):
        self.crash_and_restart()
        self.assertEqual(200, processes.fetch(self.agent.url + "/ready")[0])


def sent_total(url):
    return pages.value(url, "streamhouse_producer_records_sent_total")


def write_numbers(stdin, done):
    """0, 1, 2 …, a line each, until `done`."""
    number = 0
    with stdin:
        while not done.is_set():
            stdin.write("".join(f"{i}\n" for i in range(number, number + 100)))
            stdin.flush()
            number += 100
