"""A Prometheus server of one's own, on loopback, that scrapes every second."""

import json
import os
import subprocess
import textwrap
import urllib.parse

import processes

_CONFIGURATION = """
global:
  scrape_interval: 1s
  evaluation_interval: 1s
rule_files: [{rules}]
scrape_configs:
"""
_JOB = """
  - job_name: '{name}'
    static_configs:
      - targets: ['{address}']
{settings}
"""


def _program(variable):
    path = os.environ.get(variable)
    if not path:
        raise AssertionError(f"{variable} is not set: run this through tools/test, which unpacks a Prometheus")
    return path


def promtool(*arguments, **options):
    """`promtool ARGUMENTS`, run to its end."""
    command = [_program("STREAMHOUSE_PROMTOOL"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def lint(page):
    """What `promtool check metrics` has to say about a page; empty if nothing."""
    done = promtool("check", "metrics", input=page)
    return done.stdout + done.stderr if done.returncode or done.stdout or done.stderr else ""


class Prometheus(processes.Process):
    """Scrapes the jobs, given as name -> HOST:PORT, until the test ends; `url` is its own.

    `settings` are further lines of jobs, in YAML, as name -> lines; `rules` are paths of rule files; `sections` are
    lines of further sections.
    """

    def __init__(self, test, jobs, flags=(), settings=None, rules=(), sections=""):
        folder = processes.folder_for(test)
        settings = {name: textwrap.indent(textwrap.dedent(lines), "    ") for name, lines in (settings or {}).items()}
        jobs_text = "".join(
            _JOB.format(name=name, address=address, settings=settings.get(name, "")) for name, address in jobs.items()
        )
        configuration = _CONFIGURATION.format(rules=", ".join(rules)) + jobs_text + sections
        (folder / "prometheus.yml").write_text(configuration)
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
        self.url = "http://" + self.match(r'"Listening on".* address=(\S+)', "stderr")[1]
        processes.wait_for(lambda: processes.fetch(f"{self.url}/-/ready")[0] == 200, "Prometheus is ready")

    def api(self, path, **parameters):
        """The data of a response of its HTTP API."""
        status, _, body = processes.fetch(f"{self.url}/api/v1/{path}?" + urllib.parse.urlencode(parameters))
        answer = json.loads(body)
        if status != 200 or answer["status"] != "success":
            raise AssertionError(f"{path} {parameters}: {body}")
        return answer["data"]

    def query(self, expression):
        """The series of an instant query: [(labels, value)]; empty while there are none."""
        result = self.api("query", query=expression)["result"]
        return [(series["metric"], float(series["value"][1])) for series in result]

    def wait_for(self, expression):
        """The series of a query, as soon as there are some."""
        return processes.wait_for(lambda: self.query(expression), f"{expression} returns data")
