"""Goal: every series of a page arrives with its value in programs that read pages in ways of their own.

Method: one page of all kinds of metrics; one start of each server, as Debian packages it. What a server loses, and
docs/readers.md says so, is asserted as well: a test that fails then is good news.
"""

import math
import subprocess
import time
import types
import unittest

import processes
import servers

OPENMETRICS = "application/openmetrics-text;version=1.0.0"
PROTOBUF = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
TEXT = "text/plain;version=0.0.4"
# The page's server counts its own scrapes, so that these differ from one reader to the next.
MOVING = "streamhouse_exporter_"


def still(series):
    """The families that no scrape moves."""
    return {key: value for key, value in series.items() if not key[0].startswith(MOVING)}


def without_labels(series, *names):
    return {
        (name, tuple(pair for pair in labels if pair[0] not in names)): value
        for (name, labels), value in series.items()
    }


def without_empty_labels(series):
    """Which are no labels, by the data model."""
    return {(name, tuple(pair for pair in labels if pair[1])): value for (name, labels), value in series.items()}


def with_go_bounds(series):
    """As Go's client library writes bounds: 1 and not 1.0."""

    def written(pair):
        return ("le", pair[1].removesuffix(".0")) if pair[0] == "le" else pair

    return {(name, tuple(map(written, labels))): value for (name, labels), value in series.items()}


class Readers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.owner = types.SimpleNamespace(addCleanup=cls.addClassCleanup)
        cls.page = processes.Process(cls.owner, ["tests/integration/native_page"], stdin=subprocess.PIPE)
        cls.address = cls.page.match("^http=(.*)$")[1]
        cls.text = cls.get(TEXT)
        cls.written = still(servers.series_of(cls.text))

    @classmethod
    def get(cls, accept):
        return processes.fetch(f"http://{cls.address}/metrics", {"Accept": accept})[2]

    def assert_arrived(self, expected, series):
        """Every value, but for the last digits of doubles."""
        self.assertEqual(set(), set(expected) - set(series))
        for key, value in expected.items():
            self.assertTrue(math.isclose(value, series[key], rel_tol=1e-14), (key, value, series[key]))


class VictoriaMetrics(Readers):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = servers.VictoriaMetrics(cls.owner, {"page": cls.address})
        processes.wait_for(lambda: len(cls.server.series("page")) > len(cls.written), "VictoriaMetrics has scraped")

    def test_stores_every_series_with_its_value(self):
        self.assert_arrived(without_empty_labels(self.written), self.server.series("page"))

    def test_stores_no_value_that_is_not_a_number(self):
        self.server.give("broken NaN\nafter 1\n", job="nan")
        series = processes.wait_for(lambda: self.server.series("nan"), "the page is stored")
        self.assertEqual({("after", ()): 1}, series)

    def test_takes_an_exemplar_for_a_value_where_a_sample_has_no_labels(self):
        """Not from our server, which gives it text without exemplars."""
        self.server.give(f'sent_total 7 # {{trace_id="1"}} 3 {time.time()}\nafter_total 1\n', job="openmetrics")
        series = processes.wait_for(lambda: self.server.series("openmetrics"), "the page is stored")
        self.assertEqual({("sent_total 7 #", (("trace_id", "1"),)): 3, ("after_total", ()): 1}, series)


class NodeExporter(Readers):
    def setUp(self):
        self.folder = processes.folder_for(self)

    def read(self, page):
        (self.folder / "page.prom").write_text(page)
        return servers.series_of(servers.NodeExporter(self, self.folder).page())

    def test_exposes_every_series_of_a_text_file_with_its_value(self):
        series = self.read(self.text)
        self.assertEqual(0, series["node_textfile_scrape_error", ()])
        self.assert_arrived(with_go_bounds(self.written), series)

    def test_takes_no_file_with_an_exemplar(self):
        series = self.read(self.get(OPENMETRICS))
        self.assertEqual(1, series["node_textfile_scrape_error", ()])
        self.assertEqual(set(), set(self.written) & set(series))


class Pushgateway(Readers):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = servers.Pushgateway(cls.owner)

    def pushed(self, page, content_type):
        """The series that it shows of a page that it took, without the labels that it adds."""
        self.assertEqual((200, ""), self.server.push(page, content_type, "page"))
        shown = servers.series_of(self.server.page())
        return without_labels(
            {key: value for key, value in shown.items() if ("job", "page") in key[1]}, "job", "instance"
        )

    def test_shows_every_series_of_a_page_of_text_with_its_value(self):
        self.assert_arrived(with_go_bounds(self.written), self.pushed(self.text.encode(), TEXT))

    def test_shows_every_series_of_a_page_of_protobuf_with_its_value(self):
        page = processes.fetch_bytes(f"http://{self.address}/metrics", {"Accept": PROTOBUF})
        self.assert_arrived(with_go_bounds(self.written), self.pushed(page, PROTOBUF))

    def test_refuses_openmetrics(self):
        self.assertEqual(400, self.server.push(self.get(OPENMETRICS).encode(), TEXT, "page")[0])

    def test_refuses_time_stamps(self):
        self.assertEqual(400, self.server.push(b"a 1 1700000000000\n", TEXT, "page")[0])

    def test_refuses_two_jobs_of_one_family_which_its_own_job_makes_one(self):
        self.assertEqual(400, self.server.push(b'a{job="x"} 1\na{job="y"} 2\n', TEXT, "page")[0])


# Has no tests of its own.
del Readers
