"""Goal: a Prometheus that asks for protobuf stores the library's own buckets, to the last count.

Method: a page with known observations, scraped with native histograms and exemplars switched on.
"""

import subprocess
import types
import unittest

import processes
import prometheus

FLAGS = ("--enable-feature=native-histograms,exemplar-storage",)
# 1 zero, then 2, 3, 4 and 5 of these.
COUNTS = {0.25: 2, 0.5: 3, 1.0: 4, 4.0: 5}


class NativeHistograms(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        owner = types.SimpleNamespace(addCleanup=cls.addClassCleanup)
        page = processes.Process(owner, ["tests/integration/native_page"], stdin=subprocess.PIPE)
        cls.prometheus = prometheus.Prometheus(owner, {"page": page.match("^http=(.*)$")[1]}, FLAGS)
        cls.prometheus.wait_for("histogram_count(fetch_seconds) > 0")

    def test_stores_every_bucket_as_it_was_counted(self):
        series = self.prometheus.api("query", query="fetch_seconds")["result"][0]
        self.assertEqual("orders", series["metric"]["topic"])
        histogram = series["histogram"][1]
        self.assertEqual("15", histogram["count"])
        self.assertEqual(26.0, float(histogram["sum"]))
        upper = {float(bucket[2]): int(bucket[3]) for bucket in histogram["buckets"]}
        zeros = upper.pop(min(upper))
        self.assertEqual(1, zeros)
        self.assertEqual(COUNTS, upper)

    def test_answers_quantiles_from_them(self):
        ((_, median),) = self.prometheus.query("histogram_quantile(0.5, fetch_seconds)")
        self.assertTrue(0.9 < median <= 1.0, median)
        ((_, share),) = self.prometheus.query("histogram_fraction(0, 0.5, fetch_seconds)")
        self.assertAlmostEqual(6 / 15, share)

    def test_stores_exemplars(self):
        found = self.prometheus.api("query_exemplars", query="fetch_seconds", start="0", end="99999999999")
        labels = found[0]["exemplars"][0]["labels"]
        self.assertEqual({"trace_id": "00000000000000010000000000000002", "span_id": "0000000000000003"}, labels)

    def test_keeps_the_identity_of_other_series(self):
        self.assertEqual([7.0], [value for _, value in self.prometheus.query('sent_total{topic="a\\"b"}')])
