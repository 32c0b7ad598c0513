"""`streamhouse topics`: makes topics of a running agent, and tells of them."""

import json
import socket
import unittest

import processes


class TopicsCommand(unittest.TestCase):
    def setUp(self):
        self.data = processes.folder_for(self) / "data"
        self.agent = processes.Agent(self, self.data)

    def topics(self, command, *arguments):
        return processes.run("topics", command, "--agent", self.agent.grpc, *arguments)

    def assert_printed(self, expected, done):
        self.assertEqual((0, expected, ""), (done.returncode, done.stdout, done.stderr))

    def assert_refused(self, pattern, done):
        self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertRegex(done.stderr, f"^streamhouse topics {pattern}\n$")

    def test_creates_topics_that_are_served_at_once_and_make_the_agent_ready(self):
        self.assertEqual(503, processes.fetch(self.agent.url + "/ready")[0])
        self.assert_printed(
            "topic=orders partitions=3\ntopic=returns partitions=1\n", self.topics("create", "orders:3", "returns:1")
        )
        done = processes.run("produce", "--agent", self.agent.grpc, "--topic", "orders", stdin="a\n")
        self.assertEqual("sent=1 acked=1 failed=0\n", done.stdout)
        processes.wait_for(lambda: processes.fetch(self.agent.url + "/ready")[0] == 200, "ready")

    def test_reaches_the_agent_directly_with_every_command_unless_a_flag_asks_for_the_proxy(self):
        proxy = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(proxy.close)
        variables = [f"{name}=http://127.0.0.1:{proxy.getsockname()[1]}" for name in ("http_proxy", "https_proxy")]
        to_topic = ("--agent", self.agent.grpc, "--topic", "orders")
        for arguments in (
            ("topics", "create", "--agent", self.agent.grpc, "orders:1"),
            ("produce", *to_topic),
            ("consume", *to_topic, "--group", "g", "--exit-at-end"),
            ("lag", *to_topic, "--group", "g"),
        ):
            done = processes.Process(self, ["env", *variables, processes.BINARY, *arguments])
            self.assertEqual(0, done.wait(), done.stderr)
        by_proxy = [processes.BINARY, "topics", "list", "--agent", self.agent.grpc, "--proxy-from-environment"]
        processes.Process(self, ["env", *variables, *by_proxy])
        with proxy.accept()[0] as asked:
            self.assertRegex(asked.recv(4096), f"^CONNECT {self.agent.grpc} ".encode())

    def test_describes_a_topic(self):
        self.topics("create", "orders:3")
        self.assert_printed(
            "topic=orders partitions=3 retention_time=none retention_bytes=none\n",
            self.topics("describe", "--topic", "orders"),
        )

    def produce(self, text):
        done = processes.run("produce", "--agent", self.agent.grpc, "--topic", "orders", stdin=text)
        self.assertEqual(0, done.returncode, done.stderr)

    def consume(self):
        flags = ("--agent", self.agent.grpc, "--topic", "orders", "--group", "g", "--exit-at-end")
        return sorted(processes.run("consume", *flags).stdout.split())

    def test_deletes_a_topic_with_all_that_belongs_to_it(self):
        self.topics("create", "orders:2")
        self.produce("a\nb\nc\n")
        self.assertEqual(["a", "b", "c"], self.consume())
        self.assert_printed("topic=orders deleted partitions=2 records=3\n", self.topics("delete", "--topic", "orders"))
        self.assert_printed("", self.topics("list"))
        self.assertFalse((self.data / "log/orders").exists())
        self.assert_refused('delete: .*no topic "orders".*', self.topics("delete", "--topic", "orders"))

    def test_a_topic_that_is_created_again_is_a_new_one(self):
        self.topics("create", "orders:1")
        self.produce("old\nold\n")
        self.consume()
        self.topics("delete", "--topic", "orders")
        self.topics("create", "orders:1")
        self.produce("new\n")
        lag = processes.run("lag", "--agent", self.agent.grpc, "--topic", "orders", "--group", "g").stdout
        self.assertIn("committed=none high_watermark=1 lag=1", lag)
        self.assertEqual(["new"], self.consume())

    def test_adds_partitions_and_leaves_the_others_as_they_are(self):
        self.topics("create", "orders:1")
        self.produce("a\n")
        self.assertEqual(["a"], self.consume())
        self.assert_printed("topic=orders partitions=3\n", self.topics("grow", "orders:3"))
        self.produce("b\nc\nd\n")
        self.assertEqual(["b", "c", "d"], self.consume())
        self.assert_refused("grow: .*has 3 partitions already.*", self.topics("grow", "orders:2"))

    def test_lists_topics_by_name(self):
        self.assert_printed("", self.topics("list"))
        self.topics("create", "returns:1", "--retention-time", "7d")
        self.topics("create", "orders:3", "--retention-bytes", "10MB")
        self.assert_printed(
            "topic=orders partitions=3 retention_time=none retention_bytes=10485760\n"
            "topic=returns partitions=1 retention_time=7d retention_bytes=none\n",
            self.topics("list"),
        )

    def document(self, *arguments):
        done = self.topics(*arguments, "--json")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        return json.loads(done.stdout)

    def test_prints_json_documents(self):
        self.assertEqual({"topics": []}, self.document("list"))
        self.topics("create", "orders:3", "--retention-bytes", 2**53 + 1, "--retention-time", "1s")
        self.topics("create", "returns:1")
        unlimited = {"retention_ms": None, "retention_bytes": None, "not_served": None}
        returns = {"topic": "returns", "partitions": 1, **unlimited}
        orders = {"topic": "orders", "partitions": 3, **unlimited, "retention_ms": 1000, "retention_bytes": 2**53 + 1}
        self.assertEqual({"topics": [orders, returns]}, self.document("list"))
        self.assertEqual(orders, self.document("describe", "--topic", "orders"))
        changed = self.document("retention", "--topic", "returns", "--retention-time", "2s")
        self.assertEqual(returns | {"retention_ms": 2000}, changed)

    def test_prints_no_document_for_what_fails(self):
        self.assert_refused('describe: .*no topic "orders".*', self.topics("describe", "--topic", "orders", "--json"))

    def test_lists_a_topic_that_is_not_served_with_the_reason(self):
        self.topics("create", "orders:1")
        self.agent.stop()
        segment = self.data / "log/orders/0" / ("0" * 20 + ".log")
        segment.rename(segment.with_name("1".rjust(20, "0") + ".log"))
        segment.mkdir()
        self.agent = processes.Agent(self, self.data)
        self.assertRegex(self.topics("list").stdout, "^topic=orders partitions=1 .* not served: .*orders/0.*\n$")
        self.assertIn("orders/0", self.document("list")["topics"][0]["not_served"])

    def test_changes_the_retention_that_it_is_given_and_leaves_the_other(self):
        self.topics("create", "orders:1", "--retention-time", "7d", "--retention-bytes", "1000")
        for flags, expected in (
            (["--retention-bytes", "0"], "retention_time=7d retention_bytes=none"),
            (["--retention-time", "90s"], "retention_time=90s retention_bytes=none"),
        ):
            printed = f"topic=orders partitions=1 {expected}\n"
            self.assert_printed(printed, self.topics("retention", "--topic", "orders", *flags))
            self.assert_printed(printed, self.topics("describe", "--topic", "orders"))

    def test_refuses_a_retention_that_is_none(self):
        self.topics("create", "orders:1")
        self.assert_refused("retention: .*--retention-time.*", self.topics("retention", "--topic", "orders"))
        done = self.topics("retention", "--topic", "orders", "--retention-time", "long")
        self.assert_refused('retention: .*--retention-time.*"long".*', done)
        done = self.topics("retention", "--topic", "nowhere", "--retention-time", "1h")
        self.assert_refused('retention: .*no topic "nowhere" \\(--topic\\).*', done)

    def test_creates_again_what_is_the_same_and_refuses_what_is_not(self):
        self.topics("create", "orders:3")
        self.assert_printed("topic=orders partitions=3\n", self.topics("create", "orders:3"))
        self.assert_refused("create: .*orders.*", self.topics("create", "orders:4"))

    def test_refuses_a_name_that_is_no_topic(self):
        self.assert_refused("create: .*refuses.*", self.topics("create", "../orders:1"))

    def test_names_a_topic_that_is_not_there(self):
        self.assert_refused(
            'describe: .*no topic "orders" \\(--topic\\).*', self.topics("describe", "--topic", "orders")
        )

    def test_passes_on_why_an_agent_that_answers_cannot(self):
        log = self.data / "log"
        log.mkdir(exist_ok=True)
        (log / "orders").write_text("a file where a folder should be")
        self.assert_refused(
            "create: the call to the agent at .* failed: .*log/orders.*", self.topics("create", "orders:1")
        )

    def test_names_an_agent_that_cannot_be_reached(self):
        self.agent.stop()
        self.assert_refused("create: cannot reach an agent at .* \\(--agent\\)", self.topics("create", "orders:1"))
