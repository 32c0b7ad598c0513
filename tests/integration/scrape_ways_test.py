"""Goal: Prometheus stores the same series in every format and with every kind of access control.

Method: one page, scraped by one Prometheus through jobs that differ in the format that they get, or in what they bring
along to be let in; and the page as OpenMetrics, made into blocks by promtool.
"""

import crypt  # pylint: disable=deprecated-module
import re
import subprocess
import unittest
import urllib.request

import http_pages
import processes
import prometheus

FLAGS = ("--enable-feature=native-histograms,exemplar-storage",)
FORMATS = {
    "text": "text/plain;version=0.0.4",
    "openmetrics": "application/openmetrics-text;version=1.0.0",
    "protobuf": "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
}
PASSWORD = "correct horse"
# Protobuf brings this one with native buckets, and the server's own series come one by one.
NOT_COMPARED = re.compile("fetch_seconds|streamhouse_exporter_|scrape_|up$")
TOPICS = {"", "a\\b", "line\nline", "ä", '}",'}


def forwarder(test, address, accept):
    """The address of a server that asks for the page with its own Accept header, as Prometheus cannot be told one."""

    def answer(path):
        request = urllib.request.Request(f"http://{address}{path}", headers={"Accept": accept})
        with processes.DIRECT.open(request, timeout=processes.DEADLINE_SECONDS) as response:
            return response.status, {"Content-Type": response.headers["Content-Type"]}, response.read()

    return http_pages.serve(test, answer)


class ScrapeWays(unittest.TestCase):
    def setUp(self):
        self.folder = processes.folder_for(self)
        for name in ("server", "client", "stranger"):
            self.make_certificate(name)
        tls = "tls_server_config: {cert_file: server.crt, key_file: server.key"
        password_hash = crypt.crypt(PASSWORD, "$2b$04$abcdefghijklmnopqrstuu")
        users = f"basic_auth_users: {{reader: '{password_hash}'}}"
        clients = "client_auth_type: RequireAndVerifyClientCert, client_ca_file: client.crt"
        self.password_file = self.write("password.yml", f"{tls}}}\n{users}\n")
        self.clients_file = self.write("clients.yml", f"{tls}, {clients}}}\n")
        command = ["tests/integration/native_page", self.password_file, self.clients_file]
        self.page = processes.Process(self, command, stdin=subprocess.PIPE)
        self.open = self.page.match("^http=(.*)$")[1]

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return self.folder / name

    def make_certificate(self, name):
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        key += ["-keyout", self.folder / f"{name}.key"]
        subject = ["-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"]
        command = ["openssl", "req", "-x509", *key, "-days", "2", *subject, "-out", self.folder / f"{name}.crt"]
        subprocess.run(command, check=True, capture_output=True)

    def tls(self, client=None):
        lines = f"scheme: https\ntls_config:\n  ca_file: {self.folder}/server.crt\n"
        if client:
            lines += f"  cert_file: {self.folder}/{client}.crt\n  key_file: {self.folder}/{client}.key\n"
        return lines

    def series(self, server, job):
        """What the job has brought, without what says that it was this job."""
        found = server.api("series", **{"match[]": f'{{job="{job}"}}'})
        compared = [labels for labels in found if not NOT_COMPARED.match(labels["__name__"])]
        return sorted(sorted(labels.items() - {("job", job), ("instance", labels["instance"])}) for labels in compared)

    def test_gives_the_same_series_in_every_format_and_only_to_those_who_may_have_them(self):
        locked = self.page.match(f"^http{self.password_file}=(.*)$")[1]
        by_certificate = self.page.match(f"^http{self.clients_file}=(.*)$")[1]
        jobs = {name: forwarder(self, self.open, accept) for name, accept in FORMATS.items()}
        jobs |= {"password": locked, "wrong_password": locked, "no_password": locked}
        jobs |= {"certificate": by_certificate, "no_certificate": by_certificate, "wrong_certificate": by_certificate}
        auth = "basic_auth: {{username: reader, password: '{}'}}\n"
        settings = {
            "password": self.tls() + auth.format(PASSWORD),
            "wrong_password": self.tls() + auth.format("wrong"),
            "no_password": self.tls(),
            "certificate": self.tls("client"),
            "no_certificate": self.tls(),
            "wrong_certificate": self.tls("stranger"),
        }
        server = prometheus.Prometheus(self, jobs, FLAGS, settings)
        server.wait_for(f"count(up) == {len(jobs)}")
        let_in = {*FORMATS, "password", "certificate"}
        server.wait_for(f"sum(up) == {len(let_in)}")
        self.assertEqual(let_in, {labels["job"] for labels, _ in server.query("up == 1")})

        expected = self.series(server, "text")
        topics = {dict(labels).get("topic") for labels in expected if ("__name__", "batch_bytes_count") in labels}
        self.assertEqual(TOPICS - {""} | {None}, topics)
        for job in let_in:
            with self.subTest(job):
                self.assertEqual(expected, self.series(server, job))
        for job in ("openmetrics", "protobuf"):
            with self.subTest(f"exemplars by {job}"):
                query = f'{{__name__=~"fetch_seconds.*",job="{job}"}}'
                processes.wait_for(
                    lambda query=query: server.api("query_exemplars", query=query, start="0", end="99999999999"),
                    "exemplars are stored",
                )

    def test_is_a_page_of_which_promtool_makes_blocks(self):
        _, _, page = processes.fetch(f"http://{self.open}/metrics", {"Accept": FORMATS["openmetrics"]})
        # Blocks need a time for each sample, which pages leave to the scraper.
        timed = re.sub(r"(?m)^([^#\n].*? [^ \n]+)(?= # |$)", r"\1 1700000000", page)
        blocks = self.folder / "blocks"
        made = prometheus.promtool("tsdb", "create-blocks-from", "openmetrics", self.write("page.txt", timed), blocks)
        self.assertEqual(0, made.returncode, made.stderr + made.stdout)
        (blocks / "wal").mkdir()  # which a dump looks for
        dumped = prometheus.promtool("tsdb", "dump", blocks).stdout.splitlines()
        samples = [line for line in page.splitlines() if not line.startswith("#")]
        self.assertEqual(len(samples), len(dumped))
        self.assertIn(r'{__name__="batch_bytes_bucket", le="1.0", topic="line\nline"} 1 1700000000000', dumped)
