"""Goal: each fault fires the alerts of its row, and no other.

Method: MATRIX; an agent, a producer, a consumer and a Prometheus with the rules for each row. Windows and durations of
the rules are divided by FACTOR, and so is the threshold of StreamhouseConsumerBehind. A row begins when nothing fires,
and ends QUIET_SECONDS after its alerts have fired. It takes minutes and a machine that is not busy: it runs by its name
only (docs/testing.md).
"""

import os
import pathlib
import re
import signal
import subprocess
import threading
import time
import unittest

import metadata_file
import processes
import prometheus
from observability import alerts, rules

FACTOR = 20
# For how long nothing more may fire.
QUIET_SECONDS = 20
FIRES_WITHIN_SECONDS = 150
_UNITS = {"s": 1, "m": 60, "h": 3600}

# Fault -> the alerts that it fires.
MATRIX = {
    "nothing": set(),
    "consumer_hangs": {"StreamhouseConsumerStuck", "StreamhouseConsumerBehind"},
    "consumer_dies": {"StreamhouseConsumerStuck", "StreamhouseConsumerBehind", "StreamhouseTargetDown"},
    "agent_dies": {"StreamhouseTargetDown", "StreamhouseNoAgent", "StreamhouseSendErrors"},
    "lease_is_taken_away": {
        "StreamhouseLeaseLost",
        "StreamhouseNotReady",
        "StreamhouseRecordsRefused",
        "StreamhouseSendErrors",
    },
    "topic_is_deleted": {"StreamhouseRecordsRefused", "StreamhouseSendErrors", "StreamhouseLeaseLost"},
    "disk_fails": {"StreamhouseDiskFailing", "StreamhouseCallsFailing", "StreamhouseSendErrors"},
    "process_hangs": {"StreamhouseTargetDown"},
}


def shorter(text):
    """The same with each duration of a window, an offset or a `for` divided by FACTOR."""

    def divided(found):
        seconds = int(found[2]) * _UNITS[found[3]] // FACTOR
        return f"{found[1]}{seconds}s"

    text = re.sub(r"(\[|offset |for: )(\d+)([smh])\b", divided, text)
    behind = f"_seconds) > {alerts.BEHIND_SECONDS_MAX}"
    return text.replace(behind, f"_seconds) > {alerts.BEHIND_SECONDS_MAX // FACTOR}")


class AlertMatrix(unittest.TestCase):
    def start(self):
        folder = processes.folder_for(self)
        self.data = folder / "data"
        self.agent = processes.Agent(
            self, self.data, "--topic", "orders:1", "--topic", "returns:1", "--lag-interval", "1s"
        )
        arguments = ("--agent", self.agent.grpc, "--topic", "orders", "--http", "127.0.0.1:0")
        self.producer = processes.Streamhouse(self, "produce", *arguments, stdin=subprocess.PIPE)
        self.start_consumer(*arguments, "--group", "billing")
        jobs = {"streamhouse-agent": self.agent.http, "streamhouse-consumer": self.consumer_http}
        jobs["streamhouse-producer"] = self.producer.match("^http=(.*)", "stderr")[1]
        for path in (rules.RECORDINGS_PATH, rules.ALERTS_PATH):
            (folder / pathlib.Path(path).name).write_text(shorter(pathlib.Path(path).read_text(encoding="utf-8")))
        paths = [str(path) for path in folder.glob("*.yml")]
        self.prometheus = prometheus.Prometheus(self, jobs, rules=paths)
        self.prometheus.wait_for("count(up == 1) == 3")

    def start_consumer(self, *arguments):
        """One whose output is read until consumer_hangs()."""
        self.consumer = subprocess.Popen(
            [processes.BINARY, "consume", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.addCleanup(self.consumer.wait)
        self.addCleanup(self.consumer.kill)
        self.consumer_http = self.consumer.stderr.readline().strip().removeprefix("http=")
        self.reads = threading.Event()
        self.reads.set()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while self.reads.is_set() and self.consumer.stdout.readline():
            pass

    def nothing(self):
        pass

    def consumer_hangs(self):
        self.reads.clear()
        self.produce(*["x" * 1000] * 2000)

    def consumer_dies(self):
        self.consumer.kill()

    def agent_dies(self):
        self.agent.kill()

    def lease_is_taken_away(self):
        store = self.data / "metadata.db"
        metadata_file.change_leases(store, holder="'another'", epoch="epoch + 1", duration_ms=3600000)

    def topic_is_deleted(self):
        done = processes.run("topics", "delete", "--agent", self.agent.grpc, "--topic", "orders")
        self.assertEqual(0, done.returncode, done.stderr)

    def disk_fails(self):
        """By a limit on the size of files, above that of the metadata's: writes of the log fail with EFBIG."""
        subprocess.run(["prlimit", "--pid", str(self.agent.pid), f"--fsize={6 << 20}"], check=True)
        self.produce(*["x" * 1000] * 8000)

    def process_hangs(self):
        os.kill(self.producer.pid, signal.SIGSTOP)
        self.addCleanup(os.kill, self.producer.pid, signal.SIGCONT)

    def produce(self, *lines):
        self.producer.stdin.write("".join(f"{line}\n" for line in lines))
        self.producer.stdin.flush()

    def firing(self):
        found = self.prometheus.query('ALERTS{alertstate="firing"}')
        return {labels["alertname"] for labels, _ in found}

    def fired(self, expected):
        """What has fired, up to some time after the last that is expected."""
        seen = set()
        until = time.monotonic() + FIRES_WITHIN_SECONDS
        while time.monotonic() < until:
            self.produce("a record")
            now = self.firing() - seen
            seen |= now
            if now and seen >= expected:
                until = time.monotonic() + QUIET_SECONDS
            threading.Event().wait(0.5)
        return seen

    def test_fires_what_each_fault_is_known_by(self):
        chosen = os.environ.get("STREAMHOUSE_FAULTS", ",".join(MATRIX)).split(",")
        for fault in chosen:
            with self.subTest(fault):
                self.start()
                self.produce("a record")
                processes.wait_for(lambda: not self.firing(), "nothing fires")
                getattr(self, fault)()
                self.assertEqual(MATRIX[fault], self.fired(MATRIX[fault]))
                self.doCleanups()
