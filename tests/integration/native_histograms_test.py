"""Goal: a Prometheus that asks for protobuf stores the library's own buckets, to the last count.

Method: a page with known observations, scraped with native histograms and exemplars switched on.
"""

import json
import subprocess
import unittest
import urllib.parse

import processes
import prometheus

FLAGS = ("--enable-feature=native-histograms,exemplar-storage",)
# 1 zero, then 2, 3, 4 and 5 of these.
COUNTS = {0.25: 2, 0.5: 3, 1.0: 4, 4.0: 5}


class NativeHistograms(unittest.TestCase):
    def setUp(self):
        self.page = processes.Process(self, ["tests/integration/native_page"], stdin=subprocess.PIPE)
        self.prometheus = prometheus.Prometheus(self, {"page": self.page.match("^http=(.*)$")[1]}, FLAGS)
        self.prometheus.wait_for("histogram_count(fetch_seconds) > 0")

    def api(self, path, **parameters):
        url = f"{self.prometheus.url}/api/v1/{path}?" + urllib.parse.urlencode(parameters)
        return json.loads(processes.fetch(url)[2])["data"]

    def test_stores_every_bucket_as_it_was_counted(self):
        series = self.api("query", query="fetch_seconds")["result"][0]
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
        found = self.api("query_exemplars", query="fetch_seconds", start="0", end="99999999999")
        labels = found[0]["exemplars"][0]["labels"]
        self.assertEqual({"trace_id": "00000000000000010000000000000002", "span_id": "0000000000000003"}, labels)

    def test_keeps_the_identity_of_other_series(self):
        self.assertEqual([7.0], [value for _, value in self.prometheus.query('sent_total{topic="a\\"b"}')])
