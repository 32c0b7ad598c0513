"""`streamhouse topics`: makes topics of a running agent, and tells of them."""

import unittest

import processes


class TopicsCommand(unittest.TestCase):
    def setUp(self):
        self.agent = processes.Agent(self, processes.folder_for(self) / "data")

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

    def test_describes_a_topic(self):
        self.topics("create", "orders:3")
        self.assert_printed("topic=orders partitions=3\n", self.topics("describe", "--topic", "orders"))

    def test_creates_again_what_is_the_same_and_refuses_what_is_not(self):
        self.topics("create", "orders:3")
        self.assert_printed("topic=orders partitions=3\n", self.topics("create", "orders:3"))
        self.assert_refused("create: .*orders.*", self.topics("create", "orders:4"))

    def test_refuses_a_name_that_is_no_topic(self):
        self.assert_refused("create: .*refuses.*", self.topics("create", "../orders:1"))

    def test_names_a_topic_that_is_not_there(self):
        self.assert_refused('describe: .*no topic "orders" \\(--topic\\).*', self.topics("describe", "--topic", "orders"))

    def test_names_an_agent_that_cannot_be_reached(self):
        self.agent.stop()
        self.assert_refused("create: cannot reach an agent at .* \\(--agent\\)", self.topics("create", "orders:1"))
