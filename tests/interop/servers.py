"""Servers of other projects, on loopback, each with a folder of its own; the kernel picks the ports."""

import contextlib
import json
import os
import pathlib
import re
import urllib.error
import urllib.parse
import urllib.request

from prometheus_client import parser

import processes


def _program(variable):
    path = os.environ.get(variable)
    if not path:
        raise AssertionError(f"{variable} is not set: run this through tools/test, which unpacks the servers")
    return path


def series_of(text):
    """{(name, labels as a sorted tuple of pairs): value} of a page in text format."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in parser.text_string_to_metric_families(text)
        for sample in family.samples
    }


def listening_port(pid, protocol="tcp"):
    """The port on which a process listens, or None; for a server that does not say what the kernel picked."""
    sockets = set()
    for descriptor in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        # A server that starts closes files, too.
        with contextlib.suppress(FileNotFoundError):
            sockets.add(re.sub(r"^socket:\[(\d+)\]$", r"\1", os.readlink(descriptor)))
    for line in pathlib.Path(f"/proc/{pid}/net/{protocol}").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        # A socket of UDP is unconnected where it listens.
        if fields[3] == {"tcp": "0A", "udp": "07"}[protocol] and fields[9] in sockets:
            return int(fields[1].split(":")[1], 16)
    return None


class _Server(processes.Process):
    LISTENS = re.compile(r'msg="Listening on" address=(\S+)')

    def __init__(self, test, *command, scheme="http"):
        super().__init__(test, command)
        self.url = f"{scheme}://" + self.match(self.LISTENS, "stderr")[1]

    def page(self):
        status, _, text = processes.fetch(f"{self.url}/metrics")
        if status != 200:
            raise AssertionError(text)
        return text

    def errors(self):
        """The lines of its log that are errors."""
        return [line for line in self.stderr if "level=error" in line]


class NodeExporter(_Server):
    """Reads the text files of a folder, with metrics of its process and of the textfile collector on."""

    def __init__(self, test, folder):
        super().__init__(
            test,
            _program("STREAMHOUSE_NODE_EXPORTER"),
            "--web.listen-address=127.0.0.1:0",
            "--collector.disable-defaults",
            "--collector.textfile",
            f"--collector.textfile.directory={folder}",
        )


class Pushgateway(_Server):
    """`web_config` is the path of a web configuration with TLS."""

    def __init__(self, test, web_config=None):
        folder = processes.folder_for(test)
        super().__init__(
            test,
            _program("STREAMHOUSE_PUSHGATEWAY"),
            "--web.listen-address=127.0.0.1:0",
            f"--persistence.file={folder}/kept",
            *([f"--web.config.file={web_config}"] if web_config else []),
            scheme="https" if web_config else "http",
        )

    def push(self, page, content_type, job):
        """The status and the text of the response."""
        request = urllib.request.Request(
            f"{self.url}/metrics/job/{job}", data=page, headers={"Content-Type": content_type}, method="PUT"
        )
        try:
            with processes.DIRECT.open(request, timeout=processes.DEADLINE_SECONDS) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()


class VictoriaMetrics(processes.Process):
    """Scrapes the targets, given as name -> HOST:PORT, every second. `settings` are further keys of jobs, by name."""

    def __init__(self, test, targets, flags=(), settings=None):
        folder = processes.folder_for(test)
        jobs = [
            {"job_name": name, "static_configs": [{"targets": [target]}], **(settings or {}).get(name, {})}
            for name, target in targets.items()
        ]
        configuration = folder / "scrape.yml"  # JSON is YAML
        configuration.write_text(json.dumps({"global": {"scrape_interval": "1s"}, "scrape_configs": jobs}))
        super().__init__(
            test,
            [
                _program("STREAMHOUSE_VICTORIA_METRICS"),
                "-httpListenAddr=127.0.0.1:0",
                f"-storageDataPath={folder}/data",
                f"-promscrape.config={configuration}",
                "-memory.allowedPercent=10",
                "-search.latencyOffset=0s",
                *flags,
            ],
        )
        port = processes.wait_for(lambda: listening_port(self.pid), "VictoriaMetrics listens")
        self.url = f"http://127.0.0.1:{port}"

    def give(self, page, job):
        """Has it take a page as if it had scraped it."""
        url = f"{self.url}/api/v1/import/prometheus?extra_label=job={job}"
        request = urllib.request.Request(url, data=page.encode(), method="POST")
        with processes.DIRECT.open(request, timeout=processes.DEADLINE_SECONDS):
            pass

    def series(self, job):
        """{(name, labels as a sorted tuple of pairs): value} of the last scrape."""
        query = urllib.parse.urlencode({"match[]": '{job="' + job + '"}'})
        _, _, text = processes.fetch(f"{self.url}/api/v1/export?{query}")
        series = {}
        for line in text.splitlines():
            found = json.loads(line)
            labels = {k: v for k, v in found["metric"].items() if k not in ("__name__", "job", "instance")}
            series[found["metric"]["__name__"], tuple(sorted(labels.items()))] = found["values"][-1]
        return series
