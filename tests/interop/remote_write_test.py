"""Goal: what a program sends by remote write arrives in receivers of other projects, as Debian packages them.

Method: a program with all kinds of metrics pushes every 100 ms; what is stored is compared with its page. Both
receivers know version 1.0 only: they take a request of 2.0 for an empty one.
"""

import math
import subprocess
import unittest

import processes
import prometheus
import servers

# The page's server counts its own scrapes, and the exporter its pushes.
MOVING = "streamhouse_exporter_"
FALLS_BACK = "the receiver does not know remote write 2.0, and gets 1.0"
RECEIVER = "--web.enable-remote-write-receiver"
NATIVE = "--enable-feature=native-histograms"


class RemoteWrite(unittest.TestCase):
    def push(self, url, options=""):
        address = url.removeprefix("http://")
        line = f"prw+http://{address}/api/v1/write?interval=100ms&label=job:page{options}"
        return processes.Process(self, ["tests/integration/native_page", line], stdin=subprocess.PIPE)

    def written(self, program):
        """The series of its page; an empty label is none."""
        address = program.match("^http=(.*)$")[1]
        _, _, text = processes.fetch(f"http://{address}/metrics", {"Accept": "text/plain;version=0.0.4"})
        return {
            (name, tuple(pair for pair in labels if pair[1])): value
            for (name, labels), value in servers.series_of(text).items()
            if not name.startswith(MOVING)
        }

    def assert_arrived(self, expected, stored):
        """Every series with its value, but for the last digits of doubles. `stored` gives the receiver's."""
        self.assertGreater(len(expected), 50)
        processes.wait_for(lambda: set(expected) <= set(stored()), "all series are stored")
        series = stored()
        for key, value in expected.items():
            self.assertTrue(math.isclose(value, series[key], rel_tol=1e-14), (key, value, series[key]))


class Prometheus(RemoteWrite):
    def start(self, *flags):
        self.server = prometheus.Prometheus(self, {}, (RECEIVER, *flags))

    def stored(self, query='{job="page"}'):
        """{(name, labels): value} of what has not ended; of a native histogram, its count."""
        series = {}
        for found in self.server.api("query", query=query)["result"]:
            labels = {k: v for k, v in found["metric"].items() if k not in ("__name__", "job")}
            value = found["value"][1] if "value" in found else found["histogram"][1]["count"]
            series[found["metric"]["__name__"], tuple(sorted(labels.items()))] = float(value)
        return series

    def test_stores_every_series_with_its_value(self):
        self.start()
        program = self.push(self.server.url)
        self.assert_arrived(self.written(program), self.stored)
        program.match(FALLS_BACK, "stderr")

    def test_stores_native_histograms_where_its_feature_is_on(self):
        self.start(NATIVE)
        self.push(self.server.url, "&exponential=native")
        processes.wait_for(lambda: ("fetch_seconds", (("topic", "orders"),)) in self.stored(), "a push has arrived")
        found = self.server.api("query", query="fetch_seconds")["result"][0]["histogram"][1]
        self.assertEqual(("15", 26.0), (found["count"], float(found["sum"])))
        upper = [int(bucket[3]) for bucket in found["buckets"]]
        self.assertEqual([1, 2, 3, 4, 5], upper)

    def test_refuses_native_histograms_where_its_feature_is_off(self):
        """The reason why they are classic in 1.0."""
        self.start()
        program = self.push(self.server.url, "&exponential=native&push_time=1s")
        program.match("500", "stderr")
        self.assertEqual({}, self.stored())

    def test_shows_no_series_of_a_program_that_has_stopped(self):
        self.start()
        program = self.push(self.server.url)
        processes.wait_for(self.stored, "a push has arrived")
        program.stdin.close()
        processes.wait_for(lambda: not program.running(), "the program has ended")
        self.assertEqual({}, self.stored())
        self.assertGreater(len(self.stored('last_over_time({job="page"}[1m])')), 50, "what it has sent stays")


class VictoriaMetrics(RemoteWrite):
    def test_stores_every_series_with_its_value(self):
        server = servers.VictoriaMetrics(self, {})
        program = self.push(server.url)
        self.assert_arrived(self.written(program), lambda: server.series("page"))
        program.match(FALLS_BACK, "stderr")


# Has no tests of its own.
del RemoteWrite
