"""Goal: what an agent pushes arrives in receivers of other projects, each as Debian packages it."""

import functools
import unittest

import pages
import processes
import servers

# Families that move between two readings of one agent.
MOVING = ("streamhouse_exporter_", "process_", "streamhouse_metrics_", "streamhouse_agent_")


class Pushgateway(unittest.TestCase):
    def setUp(self):
        self.gateway = servers.Pushgateway(self)

    def agent(self, path, options="", interval="100ms"):
        address = self.gateway.url.removeprefix("http://")
        exporter = f"pushgateway+http://{address}{path}?interval={interval}{options}"
        return processes.Agent(self, processes.folder_for(self) / "data", "--topic", "orders:1", "--exporter", exporter)

    def shown(self, **group):
        """The series of a group, without its labels; series that the gateway makes itself are left out."""
        series = servers.series_of(self.gateway.page())
        return {
            (name, tuple(pair for pair in labels if pair[0] not in (*group, "instance"))): value
            for (name, labels), value in series.items()
            if set(group.items()) <= set(labels) and not name.startswith("push_")
        }

    def wait_for_push(self, **group):
        return processes.wait_for(functools.partial(self.shown, **group), "a push has arrived")

    def test_shows_every_series_of_an_agent(self):
        agent = self.agent("/job/agent/zone/a")
        status, _, text = processes.fetch(f"{agent.url}/metrics", {"Accept": "text/plain;version=0.0.4"})
        self.assertEqual(200, status)
        shown = self.wait_for_push(job="agent", zone="a")
        written = servers.series_of(text)
        names = {name for name, _ in written if not name.startswith("streamhouse_exporter_")}
        self.assertEqual(set(), names - {name for name, _ in shown})
        still = {key: value for key, value in written.items() if not key[0].startswith(MOVING)}
        self.assertEqual(still, {key: shown.get(key) for key in still})

    def test_has_the_labels_of_the_group_with_any_value(self):
        self.agent("/job/a%20b/folder@base64/L3Zhci9hL2I/empty@base64/=")
        self.assertTrue(self.wait_for_push(job="a b", folder="/var/a/b"))

    def test_counts_pushes_that_have_succeeded(self):
        agent = self.agent("/job/agent")
        self.wait_for_push(job="agent")

        def value(name, **labels):
            return pages.value(agent.url, f"streamhouse_exporter_{name}", exporter="pushgateway", **labels)

        self.assertGreaterEqual(value("pushes_total", outcome="ok"), 1)
        self.assertGreater(value("samples_sent_total"), 100)
        self.assertGreater(value("last_success_timestamp_seconds"), 1.7e9)

    def test_keeps_the_last_values_of_an_agent_that_has_stopped(self):
        agent = self.agent("/job/agent", interval="60m")
        self.assertEqual({}, self.shown(job="agent"))
        agent.stop()
        self.assertTrue(self.shown(job="agent"))

    def test_forgets_an_agent_that_deletes_its_group_at_its_end(self):
        agent = self.agent("/job/agent", "&delete=at_end")
        self.wait_for_push(job="agent")
        agent.stop()
        self.assertEqual({}, self.shown(job="agent"))

    def test_keeps_families_that_a_post_lacks(self):
        self.assertEqual((200, ""), self.gateway.push(b"# TYPE other gauge\nother 1\n", "text/plain", "agent"))
        self.agent("/job/agent", "&method=post")
        processes.wait_for(lambda: len(self.shown(job="agent")) > 1, "a push has arrived")
        self.assertEqual(1, self.shown(job="agent")["other", ()])
