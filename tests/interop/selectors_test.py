"""Goal: match[] chooses the series that Prometheus chooses.

Method: a Prometheus scrapes a page. The same selectors are put to its /federate and to the page, and the series that
come back are compared. A histogram counts as chosen where one of its samples is: our pages show it whole.
"""

import random
import re
import subprocess
import types
import unittest
import urllib.parse

import processes
import prometheus
import servers

# These come and go with requests, or are made by Prometheus.
NOT_COMPARED = re.compile("streamhouse_exporter_|scrape_|up$")
HISTOGRAMS = re.compile("^(fetch_seconds|batch_bytes|wait_seconds)_(bucket|sum|count)$")
RANDOM_SELECTORS = 400

FIXED = [
    "sent_total",
    "batch_bytes_sum",
    'batch_bytes_bucket{le="1.0"}',
    'batch_bytes_bucket{le="7"}',
    '{le="+Inf",topic="ä"}',
    '{missing=""}',
    'batch_bytes_count{topic=""}',
    'temperature{of="disk",at=~"t.p"}',
    'temperature{of="disk",at!~"t.p",}',
    "{topic='a\\\\b'}",
    "{topic=`a\\b`}",
    '{topic="line\\nline"}',
    '{topic="\\u00e4"}',
    '{topic="\\xc3\\xa4"}',
    '{topic="\\303\\244"}',
    '{topic="}\\","}',
    "{topic='}\",'} # a comment",
    ' sent_total { topic = "a\\"b" , topic != "" } ',
    '{__name__=~"sent_total|depth"}',
    '{__name__="depth",__name__!="waiting"}',
    'depth{__name__="waiting"}',
    '{__name__=~"(?i)DEPTH|WAITING"}',
    '{at="",of=""}',
    '{topic!="",topic!~"[^a-z]*"}',
    '{__name__=~"batch_bytes_.*",le!=""}',
    '{topic=~"\\\\pL"}',
    '{topic=~"a\\\\\\\\b|ä"}',
]
REFUSED = [
    "",
    " ",
    "1up",
    "{",
    "up{",
    "{,}",
    "{a}",
    '{a="b",,}',
    '{a==""}',
    "{a=b}",
    '{a="b}',
    "{a='b\"}",
    '{a="b\n"}',
    '{a="\\q"}',
    "{a='\\\"'}",
    '{a="\\\'"}',
    '{a="\\400"}',
    '{a="\\x4"}',
    '{a:b="c"}',
    '{a="b" c="d"}',
    '{a=~"("}',
    '{a=~"[z-a]"}',
    '{a=~"b)(c"}',
    '{a=~"x{1001}"}',
    '{a=~"a(?=b)"}',
    "up[5m]",
    "up or depth",
    "up offset 5m",
    "sum(up)",
    "{} {}",
]


def identities(page):
    """The series of a page: a histogram is one, with any of its samples."""
    found = set()
    for name, labels in servers.series_of(page):
        if NOT_COMPARED.match(name):
            continue
        histogram = HISTOGRAMS.match(name)
        left_out = {"job", "instance"} | ({"le"} if histogram else set())
        kept = frozenset((label, value) for label, value in labels if label not in left_out and value)
        found.add((histogram[1] if histogram else name, kept))
    return found


def random_selector(choose):
    """A selector of matchers that mostly choose something."""
    labels = {
        "topic": ["", "a\\b", "line\nline", "ä", '}",', 'a"b', "orders", "none"],
        "of": ["", "disk"],
        "at": ["", "top", "bottom"],
        "le": ["", "0.5", "1.0", "+Inf", "2"],
        "__name__": ["sent_total", "batch_bytes_bucket", "depth", "temperature", "answer", "wait_seconds_sum"],
        "missing": ["", "x"],
    }
    expressions = ["", "[a-z]+", "(?s:.*)", "(?s:.+)", "a|ä|top", "t(op)?|disk", "[^a-z]*", "(?i:DISK|ORDERS)", "1[.]0"]
    matchers = []
    for label in choose.sample(sorted(labels), choose.randint(1, 3)):
        operator = choose.choice(["=", "!=", "=~", "!~"])
        value = choose.choice(expressions if operator.endswith("~") else labels[label])
        # The one that stands for a family of itself has no sample in Prometheus.
        if label == "__name__":
            value = choose.choice(["sent_total|depth", "(?s:.*)_(sum|total)", "batch_bytes_sum"])
            operator = "=~"
        quoted = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        matchers.append(f'{label}{operator}"{quoted}"')
    name = choose.choice(["", "", "", "batch_bytes_bucket", "sent_total", "temperature"])
    return name + "{" + ",".join(matchers) + "}"


class Selectors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        owner = types.SimpleNamespace(addCleanup=cls.addClassCleanup)
        page = processes.Process(owner, ["tests/integration/native_page"], stdin=subprocess.PIPE)
        cls.page = "http://" + page.match("^http=(.*)$")[1] + "/metrics"
        cls.prometheus = prometheus.Prometheus(owner, {"page": page.match("^http=(.*)$")[1]})
        cls.prometheus.wait_for('up{job="page"} == 1')

    def ask(self, url, *selectors):
        status, _, text = processes.fetch(f"{url}?" + urllib.parse.urlencode([("match[]", s) for s in selectors]))
        return status, text

    def chosen(self, url, *selectors):
        status, text = self.ask(url, *selectors)
        self.assertEqual(200, status, f"{selectors}: {text}")
        return identities(text)

    def by_prometheus(self, *selectors):
        return self.chosen(f"{self.prometheus.url}/federate", *selectors)

    def test_chooses_the_series_that_prometheus_chooses(self):
        found_some = 0
        for selector in FIXED:
            with self.subTest(selector):
                expected = self.by_prometheus(selector)
                found_some += bool(expected)
                self.assertEqual(expected, self.chosen(self.page, selector))
        self.assertGreater(found_some, len(FIXED) // 2)

    def test_chooses_the_same_by_random_selectors(self):
        choose = random.Random(13)
        sizes = set()
        for _ in range(RANDOM_SELECTORS):
            selectors = [random_selector(choose) for _ in range(choose.randint(1, 3))]
            with self.subTest(selectors):
                expected = self.by_prometheus(*selectors)
                sizes.add(len(expected))
                self.assertEqual(expected, self.chosen(self.page, *selectors))
        self.assertGreater(len(sizes), 8, "most selectors choose different series")

    def test_refuses_what_prometheus_refuses(self):
        for selector in REFUSED:
            with self.subTest(selector):
                self.assertEqual(400, self.ask(f"{self.prometheus.url}/federate", selector)[0])
                status, text = self.ask(self.page, selector)
                self.assertEqual(400, status)
                self.assertRegex(text, r"^400 Bad Request\nmatch\[\] number 1: at character \d+: .*\n$")

    def test_differs_where_the_manual_says_so(self):
        # No matcher is an error there too, but for /federate.
        self.assertEqual(set(), self.by_prometheus("{}"))
        self.assertEqual(400, self.ask(self.page, "{}")[0])
        # A dot matches a newline, as in Prometheus 3.
        self.assertEqual(set(), self.by_prometheus('{topic=~"line.line"}'))
        self.assertEqual(1, len(self.chosen(self.page, '{topic=~"line.line"}')))
        # Names in quotes came with Prometheus 3.
        self.assertEqual(400, self.ask(f"{self.prometheus.url}/federate", '{"depth"}')[0])
        self.assertEqual({("depth", frozenset())}, self.chosen(self.page, '{"depth"}'))
        # The name of a histogram stands for its samples.
        self.assertEqual(set(), self.by_prometheus("wait_seconds"))
        self.assertEqual({("wait_seconds", frozenset())}, self.chosen(self.page, "wait_seconds"))


if __name__ == "__main__":
    unittest.main()
