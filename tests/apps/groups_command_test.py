"""`streamhouse groups`: shows groups, and moves groups without members."""

import json
import unittest

import processes


class GroupsCommand(unittest.TestCase):
    def setUp(self):
        self.agent = processes.Agent(
            self, processes.folder_for(self) / "data", "--topic", "orders:1", "--topic", "more:1"
        )
        self.run_client("produce", "--topic", "orders", stdin="1\n2\n3\n4\n")
        self.assertEqual("1\n2\n3\n", self.consume("--max", 3))

    def run_client(self, command, *arguments, stdin=""):
        return processes.run(command, "--agent", self.agent.grpc, *arguments, stdin=stdin)

    def consume(self, *arguments):
        return self.run_client("consume", "--topic", "orders", "--group", "g", *arguments).stdout

    def groups(self, command, *arguments, group="g"):
        return processes.run("groups", command, "--agent", self.agent.grpc, "--group", group, *arguments)

    def refused(self, command, *arguments):
        """What came of the command, where it failed."""
        done = self.groups(command, *arguments)
        return done if done.returncode else None

    def assert_printed(self, expected, done):
        self.assertEqual((0, expected, ""), (done.returncode, done.stdout, done.stderr))

    def assert_refused(self, pattern, done):
        self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertRegex(done.stderr, f"^streamhouse groups {pattern}\n$")

    def test_lists_groups_with_how_many_members_each_has(self):
        self.assert_printed("group=g members=0\n", processes.run("groups", "list", "--agent", self.agent.grpc))

    def test_describes_where_a_group_stands(self):
        self.assert_printed(
            "group=g members=0\n"
            "topic=orders partition=0 committed=3 log_start_offset=0 high_watermark=4 lag=1 member=none\n",
            self.groups("describe"),
        )

    def document(self, command, *arguments):
        done = self.groups(command, *arguments, "--json")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        return json.loads(done.stdout)

    def test_prints_json_documents(self):
        listed = processes.run("groups", "list", "--agent", self.agent.grpc, "--json").stdout
        self.assertEqual({"groups": [{"group": "g", "members": 0}]}, json.loads(listed))
        partition = {"topic": "orders", "partition": 0}
        stands = {**partition, "committed": 3, "log_start_offset": 0, "high_watermark": 4, "lag": 1, "member": None}
        described = {"group": "g", "members": 0, "member_ids": [], "partitions": [stands]}
        self.assertEqual(described, self.document("describe"))
        self.assertEqual({"partitions": [{**partition, "old": 3, "new": 1}]}, self.document("seek", "--to", "1"))
        self.assertEqual({"partitions": [{**partition, "old": 1, "new": None}]}, self.document("reset"))

    def test_prints_no_document_for_what_fails(self):
        self.assert_refused("describe: .*no group none.*", self.groups("describe", "--json", group="none"))

    def test_names_members_in_a_json_document(self):
        reader = processes.Streamhouse(self, "consume", "--agent", self.agent.grpc, "--topic", "orders", "--group", "g")

        def with_a_member():
            document = self.document("describe")
            return document if document["partitions"][0]["member"] else None

        described = processes.wait_for(with_a_member, "a member")
        self.assertEqual((1, described["member_ids"][0]), (described["members"], described["partitions"][0]["member"]))
        reader.stop()

    def test_seeks_to_an_offset_an_end_or_a_time(self):
        def old_and_new(old, new):
            return f"topic=orders partition=0 old={old} new={new}\n"

        self.assert_printed(old_and_new(3, 1), self.groups("seek", "--to", "1"))
        self.assert_printed(old_and_new(1, 4), self.groups("seek", "--topic", "orders", "--to", "latest"))
        self.assert_printed(old_and_new(4, 0), self.groups("seek", "--to", "1h"))
        self.assert_printed(old_and_new(0, 4), self.groups("seek", "--to", "999"))
        self.assert_printed(old_and_new(4, 0), self.groups("seek", "--to", "2001-01-01T00:00:00Z"))
        self.assert_printed(old_and_new(0, 2), self.groups("seek", "--topic", "orders", "--partition", 0, "--to", "2"))
        self.assertEqual("3\n4\n", self.consume("--exit-at-end"))

    def test_reset_makes_it_a_group_that_never_committed(self):
        self.assert_printed("topic=orders partition=0 old=3 new=none\n", self.groups("reset"))
        self.assertEqual("", self.consume("--exit-at-end", "--from", "latest"))

    def test_deletes_a_group(self):
        self.assert_printed("group=g deleted\n", self.groups("delete"))
        self.assert_refused("delete: .*no group g.*", self.groups("delete"))
        self.assertEqual("1\n2\n3\n4\n", self.consume("--exit-at-end"))

    def test_refuses_while_a_member_lives(self):
        reader = processes.Process(
            self,
            [processes.BINARY, "consume", "--agent", self.agent.grpc, "--topic", "orders", "--group", "g"],
        )
        processes.wait_for(lambda: "members=1" in self.groups("describe").stdout, "a member")
        for command in (("seek", "--to", "earliest"), ("reset",), ("delete",)):
            # A member that stood still for some seconds is none, until it comes back.
            refused = processes.wait_for(lambda command=command: self.refused(*command), f"{command} is refused")
            self.assert_refused(f"{command[0]}: .*group g has 1 members; stop its consumers first", refused)
        reader.stop()
        self.assertEqual(0, self.groups("seek", "--to", "earliest").returncode)

    def test_refuses_until_members_have_been_heard_of_after_a_restart(self):
        def refused_after_a_restart():
            self.agent.stop()
            self.agent = processes.Agent(self, self.agent.data)
            return self.refused("seek", "--to", "1")

        # On a machine that stands still, the agent may have waited long enough.
        refused = processes.wait_for(refused_after_a_restart, "a refusal")
        self.assert_refused("seek: .*group g may have members that .* retry in [1-6] s", refused)
        processes.wait_for(lambda: self.groups("seek", "--to", "1").returncode == 0, "the group may be moved")
        self.assertEqual("2\n3\n4\n", self.consume("--exit-at-end"))

    def test_says_what_it_does_not_understand(self):
        self.assert_refused('seek: --to: .*"yesterday" is not earliest.*', self.groups("seek", "--to", "yesterday"))
        self.assert_refused("seek: --partition needs --topic", self.groups("seek", "--partition", 0, "--to", "1"))
        self.assert_refused("describe: .*no group none.*", self.groups("describe", group="none"))
        self.assert_refused("seek: .*no topic nowhere.*", self.groups("seek", "--topic", "nowhere", "--to", "earliest"))


if __name__ == "__main__":
    unittest.main()
