"""`streamhouse agent`: starts, says where, and ends when it is told to; or says in a line why it cannot."""

import signal
import socket
import unittest

import processes


class AgentCommand(unittest.TestCase):
    def setUp(self):
        self.data = processes.folder_for(self)

    def agent(self, *arguments, **keywords):
        return processes.Agent(self, self.data / "data", *arguments, **keywords)

    def run_agent(self, data, *arguments):
        return processes.run("agent", "--data", data, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", *arguments)

    def assert_refused(self, done, pattern):
        self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertRegex(done.stderr, f"^streamhouse agent: {pattern}\n$")

    def taken_address(self):
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        return f"127.0.0.1:{taken.getsockname()[1]}"

    def test_prints_its_addresses_and_then_that_it_is_ready(self):
        agent = self.agent("--topic", "orders:2")
        self.assertEqual([f"grpc={agent.grpc}", f"http={agent.http}", "ready"], agent.stdout)
        self.assertNotIn(":0", " ".join(agent.stdout) + " ")

    def test_serves_when_it_says_so(self):
        agent = self.agent("--topic", "orders:2")
        self.assertEqual(200, processes.fetch(agent.url + "/ready")[0])
        self.assertEqual(0, processes.run("produce", "--agent", agent.grpc, "--topic", "orders", stdin="a\n").returncode)

    def test_ends_cleanly_on_either_signal(self):
        for ending in (signal.SIGTERM, signal.SIGINT):
            self.assertEqual(0, self.agent().stop(ending))

    def test_logs_to_stderr_only(self):
        agent = self.agent()
        agent.stop()
        self.assertEqual(3, len(agent.stdout))
        self.assertRegex("\n".join(agent.stderr), "has stopped")

    def test_takes_several_topics_and_keeps_them(self):
        self.agent("--topic", "orders:2", "--topic", "returns:1").stop()
        agent = self.agent()
        for topic, partitions in (("orders", 2), ("returns", 1)):
            lag = processes.run("lag", "--agent", agent.grpc, "--topic", topic, "--group", "g")
            self.assertEqual(partitions, lag.stdout.count("\n"), lag)

    def test_names_a_grpc_port_that_is_taken_and_the_flag(self):
        address = self.taken_address()
        done = processes.run("agent", "--data", self.data / "data", "--grpc", address, "--http", "127.0.0.1:0")
        self.assert_refused(done, f".*{address}.*--grpc.*")

    def test_names_an_http_port_that_is_taken_and_the_flag(self):
        address = self.taken_address()
        done = processes.run("agent", "--data", self.data / "data", "--grpc", "127.0.0.1:0", "--http", address)
        self.assert_refused(done, f".*{address}.*--http.*")

    def test_names_a_folder_that_cannot_be_written_and_the_flag(self):
        file = self.data / "file"
        file.write_text("not a folder")
        self.assert_refused(self.run_agent(file / "data"), f".*{file}/data.*--data.*")

    def test_names_a_folder_without_permission(self):
        self.assert_refused(self.run_agent("/proc/streamhouse"), ".*/proc/streamhouse.*--data.*")

    def test_keeps_a_second_agent_out_of_its_folder(self):
        agent = self.agent()
        self.assert_refused(self.run_agent(self.data / "data"), ".*in use by another agent.*--data.*")
        self.assertTrue(agent.running())

    def test_refuses_another_number_of_partitions(self):
        self.agent("--topic", "orders:2").stop()
        self.assert_refused(self.run_agent(self.data / "data", "--topic", "orders:3"), ".*orders.*--topic.*")

    def test_refuses_a_name_that_is_no_topic(self):
        self.assert_refused(self.run_agent(self.data / "data", "--topic", "../orders:3"), ".*--topic.*")

    def test_sends_its_metrics_by_several_exporters_at_once(self):
        page = self.data / "agent.prom"
        agent = self.agent("--exporter", f"textfile://{page}?interval=100ms", "--exporter", "prometheus://127.0.0.1:0")
        family = "# TYPE streamhouse_agent_records_written_total counter"
        self.assertIn(family, processes.fetch(agent.url + "/metrics")[2])
        processes.wait_for(lambda: page.exists() and family in page.read_text(), "the page is written")
        self.assertEqual(0, agent.stop())

    def test_names_an_exporter_that_cannot_be(self):
        for spec in ("nonsense://x", "prometheus://127.0.0.1:0?nonsense=1", f"textfile://{self.data}/missing/agent.prom"):
            done = self.run_agent(self.data / "data", "--exporter", spec)
            self.assert_refused(done, ".*(nonsense|missing).* \\(--exporter\\)")
