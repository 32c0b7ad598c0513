"""Goal: a real Prometheus sees every family of the contract, and each of them tells something.

Method: an agent, a producer and a consumer as processes of their own, each scraped once a second, while records flow.
"""

import subprocess
import unittest

import contract
import processes
import prometheus

RECORD_TOO_LARGE = "x" * ((1 << 20) + 1)


class PrometheusScrape(unittest.TestCase):
    def setUp(self):
        self.agent = processes.Agent(self, processes.folder_for(self) / "data", "--topic", "orders:2")
        arguments = ("--agent", self.agent.grpc, "--topic", "orders", "--http", "127.0.0.1:0")
        self.producer = processes.Streamhouse(self, "produce", *arguments, stdin=subprocess.PIPE)
        self.consumer = processes.Streamhouse(self, "consume", *arguments, "--group", "billing")
        jobs = {"agent": self.agent.http}
        for name, process in (("producer", self.producer), ("consumer", self.consumer)):
            jobs[name] = process.match("^http=(.*)", "stderr")[1]
        self.prometheus = prometheus.Prometheus(self, jobs)
        self.produce(RECORD_TOO_LARGE)

    def produce(self, *lines):
        self.producer.stdin.write("".join(f"{line}\n" for line in lines))
        self.producer.stdin.flush()

    def wait_while_producing(self, expression):
        """Waits until the query has data, with a record at each attempt."""

        def look():
            self.produce("a record")
            return self.prometheus.query(expression)

        return processes.wait_for(look, f"{expression} returns data")

    def test_shows_all_families_up_and_moving_and_answers_the_documented_queries(self):
        with self.subTest("every target is up"):
            self.prometheus.wait_for("count(up == 1) == 3")
        for name in sorted(contract.COUNTERS):
            with self.subTest(name):
                self.wait_while_producing(f"sum({name}) > 0")
        for name in sorted(contract.HISTOGRAMS):
            with self.subTest(name):
                self.wait_while_producing(f"sum({name}_count) > 0 and sum({name}_sum) > 0")
        for name in sorted(contract.GAUGES):
            with self.subTest(name):
                self.wait_while_producing(name)
        self.assertEqual(22, len(contract.FAMILIES))

        for query in (
            "sum(rate(streamhouse_producer_records_sent_total[5m])) > 0",
            'streamhouse_consumer_lag_records{topic="orders"}',
            "histogram_quantile(0.99, rate(streamhouse_producer_send_duration_seconds_bucket[5m])) > 0",
        ):
            with self.subTest(query):
                self.wait_while_producing(query)

    def test_finds_the_labels_that_the_documented_queries_and_alerts_use(self):
        for name, labels in (
            ("streamhouse_producer_records_sent_total", {"topic"}),
            ("streamhouse_producer_send_errors_total", {"topic", "reason"}),
            ("streamhouse_consumer_records_consumed_total", {"topic"}),
            ("streamhouse_consumer_lag_records", {"topic", "partition", "group"}),
            ("streamhouse_consumer_current_offset", {"topic", "partition", "group"}),
            ("streamhouse_agent_grpc_requests_total", {"method", "code"}),
        ):
            with self.subTest(name):
                found, _ = self.wait_while_producing(name)[0]
                self.assertEqual(labels | {"__name__", "instance", "job"}, set(found))

    def test_sees_a_target_go_down_with_its_process(self):
        self.prometheus.wait_for('up{job="agent"} == 1')
        self.agent.stop()
        self.prometheus.wait_for('up{job="agent"} == 0')
