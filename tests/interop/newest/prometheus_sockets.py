"""Prometheus, scraping our own Unix sockets.

No relay stands between: what was sent is fetched through the same socket, without what the server counts itself.
"""

import http.client
import socket

import prometheus
import prometheus_reader
import prometheus_scrapes
import processes
import reading
import relay
from cells import Cell, Outcome


class _Connection(http.client.HTTPConnection):
    """To a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path.replace("@", "\0", 1) if self.path.startswith("@") else self.path)


def _fetch(path, media_type, protocol):
    """As the server asks for it."""
    accept = media_type.replace(" ", "")
    if protocol == "PrometheusProto":
        accept += ";proto=io.prometheus.client.MetricFamily;encoding=delimited"
    elif protocol in prometheus_scrapes.ESCAPED:
        accept += ";escaping=allow-utf-8"
    connection = _Connection(path)
    connection.request("GET", "/metrics", headers={"Accept": accept, "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    kept = relay.Kept(dict(answer.headers), answer.read())
    connection.close()
    return kept


def _is_counted(family):
    return family.startswith("streamhouse_exporter_")


def _settings(protocol, path):
    socket_label = f"relabel_configs: [{{target_label: __unix_socket__, replacement: '{path}'}}]"
    return f"scrape_protocols: ['{protocol}']\n{socket_label}\n{prometheus_scrapes.BOTH}"


def _scraped(started, path):
    """A server with a job for each form of the page at the socket."""
    jobs = {protocol: "localhost:80" for protocol in prometheus_scrapes.FORMS}
    settings = {protocol: _settings(protocol, path) for protocol in jobs}
    flags = (*prometheus_scrapes.FLAGS, f"--enable-feature={prometheus_scrapes.FEATURES}")
    server = prometheus.Prometheus(started, jobs, flags, settings)
    server.wait_for(f"count(up == 1) == {len(jobs)}")
    return server


def sockets(started):
    """Every form, by the label __unix_socket__ of a target; a socket of the file system, and an abstract one."""
    folder = processes.folder_for(started)
    for where, path, line in (
        ("a Unix socket", f"{folder}/page.sock", f"prometheus+unix://{folder}/page.sock"),
        ("an abstract Unix socket", f"@{folder.name}", f"prometheus+unix:@{folder.name}"),
    ):
        started.start(line)
        server = _scraped(started, path)
        for protocol, form in prometheus_scrapes.FORMS.items():
            kept = _fetch(path, form[1], protocol)
            sent = reading.with_ranges(form[2](kept.decoded())).without(_is_counted)
            arrived = prometheus_reader.read(server, protocol, sent).without(_is_counted)
            cell = Cell(prometheus_scrapes.RECEIVER, f"{form[0]} from {where}", "", kept.coding)
            yield cell, Outcome(sent, arrived, aspects=prometheus_scrapes.SAID)
