"""Goal: node_exporter takes the text files of two agents in one folder, next to its own metrics, without an error.

Method: Debian's node_exporter with the metrics of its own process; each agent's series bear a label of its own. What
arrives is compared with the files, to the last series.
"""

import unittest

import processes
import servers


class TextFile(unittest.TestCase):
    def setUp(self):
        self.data = processes.folder_for(self)
        self.folder = processes.folder_for(self)

    def agent(self, name, *options):
        """The series of the file that an agent has written and that no longer changes."""
        spec = "&".join((f"textfile://{self.folder}/{name}.prom?interval=60m", *options))
        agent = processes.Agent(self, self.data / name, "--topic", "orders:2", "--exporter", spec)
        processes.run("produce", "--agent", agent.grpc, "--topic", "orders", stdin="a\nb\n")
        self.assertEqual(0, agent.stop())
        return servers.series_of((self.folder / f"{name}.prom").read_text())

    def test_of_two_agents_arrives_whole_and_without_an_error(self):
        written = self.agent("a", "label=agent:a") | self.agent("b", "label=agent:b")
        reader = servers.NodeExporter(self, self.folder)
        read = servers.series_of(reader.page())
        self.assertLessEqual(written.items(), read.items())
        self.assertEqual(2, read["streamhouse_agent_records_written_total", (("agent", "b"), ("topic", "orders"))])
        self.assertEqual(0, read["node_textfile_scrape_error", ()])
        self.assertEqual([], reader.errors())

    def test_leaves_the_names_of_the_readers_own_process_to_the_reader(self):
        self.agent("a")
        page = servers.NodeExporter(self, self.folder).page()
        self.assertIn("\nprocess_open_fds ", page)
        self.assertNotIn("\nprocess_threads ", page)

    def test_of_a_second_agent_without_a_label_is_refused_by_the_reader(self):
        """The loss that docs/exporters.md names, and the reason for the label."""
        self.agent("a")
        self.agent("b")
        reader = servers.NodeExporter(self, self.folder)
        self.assertEqual(0, servers.series_of(reader.page())["node_textfile_scrape_error", ()])
        self.assertRegex("\n".join(reader.errors()), "was collected before with the same name and label values")
