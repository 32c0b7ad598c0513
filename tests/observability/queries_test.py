"""Goal: no query of a dashboard or rule shows nothing because it asks for what is not there.

Method: two servers of Debian's Prometheus, one with native histograms, scrape a real agent, producer and consumer, and
are asked each query until it returns numbers. For Grafana's variables stands what Grafana puts in for "All", `.*`; for
its window, WINDOW. A query whose panel needs a fault that this test does not bring about is checked for its syntax.

Debian's server cannot convert histograms to native ones, so that the part of a query that is for those finds nothing of
the product. It is asked of another native histogram: fetch_seconds of native_page, whose counts stand for their rates.
"""

import math
import pathlib
import re
import subprocess
import types
import unittest

import processes
import prometheus
from observability import alerts, catalogue, dashboards, families, grafana, rules

WINDOW = "10s"
DECLARED = families.load(".")
RULES = [str(pathlib.Path(path).resolve()) for path in (rules.RECORDINGS_PATH, rules.ALERTS_PATH)]
NATIVE_FLAGS = ("--enable-feature=native-histograms,exemplar-storage",)
RECORD_TOO_LARGE = "x" * ((1 << 20) + 1)
# What setUpClass() and cheap_faults() bring about.
FAULTS_MADE = {
    "a record has failed",
    "a call has failed",
    "an exporter has pushed over HTTP",
    "a receiver was unreachable",
}
# The faults that other tests make; a query for one of them has no data here.
FAULTS_ELSEWHERE = {
    "a record was refused": "//tests/agent/rpc:producer_rpc_test",
    "a reader has met damage": "//tests/apps:consume_command_test",
    "a page has broken off": "//tests/exporters/http:metrics_server_test",
    "a group is behind in a topic with retention by age, in a segment that takes no more records": (
        "//tests/agent/lag:partition_lag_reader_test"
    ),
    "a family has lost something": "//tests/metrics_core/self_metrics:core_metrics_test",
}
# What has no series before the fault.
BEGIN_WITH_FAULT = {
    "streamhouse_agent_group_retention_margin_seconds",
    "streamhouse_agent_records_refused_total",
    "streamhouse_agent_records_damaged_total",
    "streamhouse_metrics_overflowed_lookups_total",
    'streamhouse_exporter_requests_total{path="/ready",code="503"}',
}
_SELECTOR = re.compile(r"(?<![\w:$])((?:streamhouse|scrape|up|instance:)[\w:]*)(\{[^}]*\})?")
_OWN = re.compile(r"up$|scrape_|ALERTS|.*:")


def filled(expression):
    """A dashboard's query as Grafana sends it."""
    return re.sub(r"\$(?:job|instance|topic|group)\b", ".*", expression).replace(grafana.WINDOW, WINDOW)


def document_queries():
    """The document's queries, which stand in ```promql."""
    text = pathlib.Path("docs/observability.md").read_text(encoding="utf-8")
    return [
        " ".join(query.split()) for query in re.findall(r"^ *```promql\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    ]


def native_part(expression):
    """The part that asks for native histograms, of one that is there; empty where the query has none."""
    names = "|".join(name for name, family in DECLARED.items() if family.is_histogram)
    bare = rf"\b(?:{names})(?:{{[^}}]*}})?\[\w+\]"
    parts = [part for part in expression.split(" or ") if re.search(bare, part)]
    asked = re.sub(bare, "fetch_seconds", parts[0]) if parts else ""
    return re.sub(r"\brate\((fetch_seconds)\)", r"\1", asked)


class Queries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        owner = types.SimpleNamespace(addCleanup=cls.addClassCleanup)
        text_file = processes.folder_for(owner) / "agent.prom"
        receiver = prometheus.Prometheus(owner, {}, ("--web.enable-remote-write-receiver",))
        lines = (
            f"textfile://{text_file}?interval=1s",
            f"prw+{receiver.url}/api/v1/write?interval=1s",
            f"otlp+http://{processes.held_address(owner)}?interval=1s&push_time=1s",
        )
        exporters = [argument for line in lines for argument in ("--exporter", line)]
        cls.agent = processes.Agent(owner, processes.folder_for(owner) / "data", "--topic", "orders:2", *exporters)
        arguments = ("--agent", cls.agent.grpc, "--topic", "orders", "--http", "127.0.0.1:0")
        cls.producer = processes.Streamhouse(owner, "produce", *arguments, stdin=subprocess.PIPE)
        consumer = processes.Streamhouse(owner, "consume", *arguments, "--group", "billing")
        page = processes.Process(owner, ["tests/integration/native_page"], stdin=subprocess.PIPE)
        jobs = {"streamhouse-agent": cls.agent.http}
        for name, process in (("producer", cls.producer), ("consumer", consumer)):
            jobs[f"streamhouse-{name}"] = process.match("^http=(.*)", "stderr")[1]
        classic = prometheus.Prometheus(owner, jobs, rules=RULES)
        native = prometheus.Prometheus(owner, {**jobs, "page": page.match("^http=(.*)$")[1]}, NATIVE_FLAGS, rules=RULES)
        cls.servers = {"classic": classic, "native": native}
        cls.cheap_faults()

    @classmethod
    def produce(cls, *lines):
        cls.producer.stdin.write("".join(f"{line}\n" for line in lines))
        cls.producer.stdin.flush()

    @classmethod
    def cheap_faults(cls):
        """What the producer refuses, and what the agent does."""
        processes.run("lag", "--agent", cls.agent.grpc, "--topic", "none", "--group", "g")
        cls.produce(RECORD_TOO_LARGE)

    def numbers(self, server, expression):
        """Whether the response has any."""
        for series in self.servers[server].api("query", query=expression)["result"]:
            if "histogram" in series or not math.isnan(float(series["value"][1])):
                return True
        return False

    def assert_answered(self, queries):
        """Asks all of them again and again, while records flow and fail, until each has returned numbers."""
        left = {(server, what, query) for what, query in queries for server in self.servers}
        self.assertTrue(left)

        def ask():
            self.produce("a record")
            self.cheap_faults()
            left.difference_update([asked for asked in left if self.numbers(asked[0], asked[2])])
            return not left

        try:
            processes.wait_for(ask, "all queries return data")
        except AssertionError as late:
            raise AssertionError("\n".join(map(str, sorted(left)))) from late

    def panel_queries(self, faults):
        """(title, query) of the panels that need one of these faults."""
        for dashboard in dashboards.ALL:
            for panel in dashboard.panels():
                if panel.fault in faults:
                    for query in panel.queries:
                        yield f"{dashboard.title}, {panel.title}", filled(grafana.expand(query.expression))

    def test_of_every_panel_return_data(self):
        self.assert_answered(list(self.panel_queries({"", *FAULTS_MADE})))

    def test_of_panels_for_other_faults_are_understood(self):
        faults = {panel.fault for dashboard in dashboards.ALL for panel in dashboard.panels()}
        self.assertEqual({"", *FAULTS_MADE, *FAULTS_ELSEWHERE}, faults)
        for _, query in self.panel_queries(FAULTS_ELSEWHERE):
            for server in self.servers.values():
                server.api("query", query=query)

    def test_of_the_document_return_data(self):
        self.assertGreater(len(document_queries()), 10)
        self.assert_answered([("docs/observability.md", query) for query in document_queries()])

    def test_of_recordings_return_data_and_are_recorded(self):
        queries = [(each.name, query) for each in rules.RECORDINGS for query in (each.name, each.expression)]
        self.assert_answered(queries)

    def test_of_alerts_find_what_they_look_at(self):
        queries = []
        for alert in alerts.ALERTS:
            for server in self.servers.values():
                server.api("query", query=alert.expression)
            for name, matchers in _SELECTOR.findall(alert.expression):
                if not BEGIN_WITH_FAULT & {name, name + matchers}:
                    queries.append((alert.name, name + matchers))
        self.assert_answered(queries)

    def test_find_native_histograms_too(self):
        asked = [
            query.native or query.expression
            for each in dashboards.ALL
            for panel in each.panels()
            for query in panel.queries
        ]
        parts = {native_part(filled(grafana.expand(query))) for query in asked} - {""}
        parts |= {native_part(each.expression) for each in rules.RECORDINGS} - {""}
        for part in parts:
            with self.subTest(part):
                processes.wait_for(lambda part=part: self.numbers("native", part), "data")

    def test_of_variables_have_values(self):
        for dashboard in dashboards.ALL:
            for name, query in grafana.variables(dashboard):
                series, label = re.fullmatch(r"label_values\((.*), (\w+)\)", filled(query)).groups()
                with self.subTest(dashboard.title, variable=name):
                    for server in self.servers.values():
                        found = processes.wait_for(
                            lambda server=server, series=series: server.api("series", **{"match[]": series}), series
                        )
                        self.assertTrue(all(label in labels for labels in found))

    def test_could_ask_for_every_family_that_the_pages_have(self):
        self.assert_answered([("the agent's page", "streamhouse_agent_active_partitions")])
        names = self.servers["classic"].api("label/__name__/values")
        self.assertEqual(
            [], [name for name in names if not families.family_of(name, DECLARED) and not _OWN.match(name)]
        )


def every_query():
    """(where, query, exemplars) of dashboards, recordings and alerts."""
    for dashboard in dashboards.ALL:
        for panel in dashboard.panels():
            for query, _, exemplars in grafana.targets(panel):
                yield f"{dashboard.title}, {panel.title}", query, exemplars
    for each in (*rules.RECORDINGS, *alerts.ALERTS):
        yield each.name, each.expression, False
    for query in document_queries():
        yield "docs/observability.md", query, False


class Declarations(unittest.TestCase):
    """What a server answers although it is wrong: a label that a family does not have is an empty one."""

    # Families that no panel, recording or alert shows.
    NOT_SHOWN = {"process_virtual_memory_max_bytes": "1.8e19 without a limit, beside which a curve is flat"}
    OF_THE_SCRAPE = {"job", "instance"}

    def test_are_all_shown_somewhere(self):
        shown = set().union(*(families.used_in(query, DECLARED)[0] for _, query, _ in every_query()))
        self.assertEqual(set(catalogue.all_rows()) - set(self.NOT_SHOWN), shown)

    def test_have_the_labels_that_queries_choose_by(self):
        for where, query, _ in every_query():
            for name, matchers in _SELECTOR.findall(query):
                family = families.family_of(name, DECLARED)
                labels = self.OF_THE_SCRAPE.union(
                    {"le"} if name.endswith("_bucket") else (), family.labels if family else ()
                )
                self.assertLessEqual(set(re.findall(r"(\w+)(?:=~|!~|!=|=)", matchers)), labels, where)

    def test_have_the_labels_that_queries_sum_by(self):
        for where, query, _ in every_query():
            used = families.used_in(query, DECLARED)[0]
            labels = self.OF_THE_SCRAPE.union({"le", "__name__"}, used, *(DECLARED[name].labels for name in used))
            for by in re.findall(r"\bby \(([^)]*)\)", query):
                self.assertLessEqual(set(re.split(r",\s*", by)), labels, where)

    def test_of_histograms_are_asked_for_as_classic_and_native_ones(self):
        for where, query, _ in every_query():
            if re.search(r"histogram_quantile|_sum[{[]", query) and not where.startswith("docs/"):
                self.assertTrue(native_part(filled(query)), where)

    def test_with_exemplars_are_asked_for_exemplars(self):
        targets = [target for each in dashboards.ALL for panel in each.panels() for target in grafana.targets(panel)]
        for query, _, exemplars in targets:
            if "histogram_quantile" in query or "by (le)" in query:
                used = families.used_in(query, DECLARED)[0]
                self.assertEqual(any(DECLARED[name].exemplars for name in used), exemplars, query)
