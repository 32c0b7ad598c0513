"""Every page of the program tells of the process, the build and the metrics themselves."""

import subprocess
import unittest

import pages
import processes


class ProgramMetrics(unittest.TestCase):
    def assert_told(self, url, pid, target):
        self.assertEqual({tuple(sorted(target.items())): 1}, pages.samples(url, "target_info"))
        self.assertEqual(1, pages.value(url, "streamhouse_build_info", version=self.version()))
        self.assertGreater(pages.value(url, "process_resident_memory_bytes"), 1_000_000)
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            threads = int(stat.read().rsplit(")", 1)[1].split()[17])
        self.assertAlmostEqual(threads, pages.value(url, "process_threads"), delta=5)
        self.assertGreater(pages.value(url, "streamhouse_metrics_series"), 0)

    def version(self):
        return processes.run("--version").stdout.split()[1]

    def test_are_on_the_pages_of_agent_and_clients(self):
        agent = processes.Agent(self, processes.folder_for(self) / "data", "--topic", "orders:1", "--id", "a1")
        self.assert_told(agent.url, agent.pid, {"service_name": "streamhouse-agent", "service_instance_id": "a1"})
        for command, *more in (("produce",), ("consume", "--group", "g")):
            arguments = (command, "--agent", agent.grpc, "--topic", "orders", "--http", "127.0.0.1:0", *more)
            client = processes.Streamhouse(self, *arguments, stdin=subprocess.PIPE)
            url = "http://" + client.match("^http=(.*)", "stderr")[1]
            self.assert_told(url, client.pid, {"service_name": f"streamhouse-{command}"})
