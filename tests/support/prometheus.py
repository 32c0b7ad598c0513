"""A Prometheus server of one's own, on loopback, that scrapes every second."""

import json
import os
import subprocess
import urllib.parse

import processes

_CONFIGURATION = """
global:
  scrape_interval: 1s
scrape_configs:
"""
_JOB = """
  - job_name: '{name}'
    static_configs:
      - targets: ['{address}']
"""


def _program(variable):
    path = os.environ.get(variable)
    if not path:
        raise AssertionError(f"{variable} is not set: run this through tools/test, which unpacks a Prometheus")
    return path


def lint(page):
    """What `promtool check metrics` has to say about a page; empty if nothing."""
    promtool = [_program("STREAMHOUSE_PROMTOOL"), "check", "metrics"]
    done = subprocess.run(promtool, input=page, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode or done.stdout or done.stderr else ""


class Prometheus(processes.Process):
    """Scrapes the jobs, given as name -> HOST:PORT, until the test ends; `url` is its own."""

    def __init__(self, test, jobs, flags=()):
        folder = processes.folder_for(test)
        jobs_text = "".join(_JOB.format(name=name, address=address) for name, address in jobs.items())
        (folder / "prometheus.yml").write_text(_CONFIGURATION + jobs_text)
        super().__init__(
            test,
            [
                _program("STREAMHOUSE_PROMETHEUS"),
                f"--config.file={folder}/prometheus.yml",
                f"--storage.tsdb.path={folder}/data",
                "--web.listen-address=127.0.0.1:0",
                *flags,
            ],
        )
        # The kernel picks the port, and the log says which.
        self.url = "http://" + self.match(r'"Listening on" address=(\S+)', "stderr")[1]
        processes.wait_for(lambda: processes.fetch(f"{self.url}/-/ready")[0] == 200, "Prometheus is ready")

    def query(self, expression):
        """The series of an instant query: [(labels, value)]; empty while there are none."""
        status, _, body = processes.fetch(f"{self.url}/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
        answer = json.loads(body)
        if status != 200 or answer["status"] != "success":
            raise AssertionError(f"{expression}: {body}")
        return [(series["metric"], float(series["value"][1])) for series in answer["data"]["result"]]

    def wait_for(self, expression):
        """The series of a query, as soon as there are some."""
        return processes.wait_for(lambda: self.query(expression), f"{expression} returns data")
