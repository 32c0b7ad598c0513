"""The pages, as served, in the eyes of others: promtool's linter, and the OpenMetrics parser of another project."""

import pathlib
import unittest

import contract
import pages
import processes
import prometheus
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics_parser

OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
TEXT = "text/plain; version=0.0.4; charset=utf-8"
# What Prometheus 2.42 sends.
PROMETHEUS_ACCEPT = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)


class PageFormat(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(lambda: cls.demo.kill())  # pylint: disable=unnecessary-lambda
        arguments = ("demo", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0")
        cls.demo = processes.Streamhouse(_CleanupLater(), *arguments)
        cls.url = cls.demo.match("^(http://.*)/metrics$")[1]
        # The last family to have a sample: it appears with the first commit.
        committed = "streamhouse_consumer_last_committed_offset"
        processes.wait_for(lambda: pages.samples(cls.url, committed), committed)

    def page(self, accept):
        status, headers, body = processes.fetch(self.url + "/metrics", {"Accept": accept})
        self.assertEqual(200, status)
        return headers["Content-Type"], body

    def test_is_text_for_people_and_openmetrics_for_those_who_ask(self):
        self.assertEqual(TEXT, self.page("*/*")[0])
        self.assertEqual(TEXT, self.page("text/plain")[0])
        self.assertEqual(OPENMETRICS, self.page(PROMETHEUS_ACCEPT)[0])

    def test_passes_promtool_without_a_word(self):
        self.assertEqual("", prometheus.lint(self.page("text/plain")[1]))

    def test_is_read_alike_by_both_parsers_of_another_project(self):
        # Text has no infos: their families are gauges, which keep the suffix in the name.
        text = {
            f.name.replace("target_info", "target")
            for f in parser.text_string_to_metric_families(self.page("text/plain")[1])
        }
        openmetrics = {
            f.name for f in openmetrics_parser.text_string_to_metric_families(self.page(PROMETHEUS_ACCEPT)[1])
        }
        self.assertEqual(text, openmetrics)
        self.assertLessEqual({name.removesuffix("_total") for name in contract.FAMILIES}, text)

    def test_gives_each_family_help_and_each_histogram_its_unit(self):
        for family in openmetrics_parser.text_string_to_metric_families(self.page(PROMETHEUS_ACCEPT)[1]):
            self.assertTrue(family.documentation, family.name)
            if family.name.endswith("_seconds"):
                self.assertEqual("seconds", family.unit, family.name)

    def test_has_no_family_that_the_manual_does_not_explain(self):
        manual = pathlib.Path("docs/metrics.md").read_text(encoding="utf-8")
        for family in parser.text_string_to_metric_families(self.page("text/plain")[1]):
            self.assertIn(f"| `{family.name}{'_total' if family.type == 'counter' else ''}` |", manual)

    def test_answers_head_like_get_without_a_body(self):
        status, headers, body = processes.fetch(self.url + "/metrics", method="HEAD")
        self.assertEqual((200, TEXT, ""), (status, headers["Content-Type"], body))


class _CleanupLater:
    """Stands in for a test where a class owns a process."""

    def addCleanup(self, *_):  # pylint: disable=invalid-name
        pass
