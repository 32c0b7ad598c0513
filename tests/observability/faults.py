"""An agent, a producer, a consumer, another program with a page, a Prometheus with the rules; and faults in them."""

import os
import pathlib
import re
import resource
import socket
import subprocess
import threading

import metadata_file
import processes
import prometheus
import small_disk
from observability import alerts, rules

# Windows and durations of the rules are divided by it, and so are the thresholds that are times of
# the same scale.
FACTOR = 20
_UNITS = {"s": 1, "m": 60, "h": 3600}
_THRESHOLDS = (
    alerts.BEHIND_SECONDS_MAX,
    alerts.RETENTION_SECONDS_MIN,
    alerts.REFRESH_SECONDS_MAX,
    alerts.SCRAPE_SECONDS_MAX,
)
DISK_MEBIBYTES = 40
TARGETS = 4
SERIES_MAX = 10_000  # of a family
CONNECTIONS_MAX = 1_024  # of an HTTP server
PAGES_MAX = 64  # under way at a time
UNREAD_PAGES = 5  # more than the kernel takes off the server's hands
LINE = "x" * 1000


def shorter(text):
    """The rules with each duration of a window, an offset or a `for`, and each of _THRESHOLDS, divided by FACTOR."""

    def duration(found):
        return f"{found[1]}{int(found[2]) * _UNITS[found[3]] // FACTOR}s"

    text = re.sub(r"(\[|offset |for: )(\d+)([smh])\b", duration, text)
    thresholds = "|".join(map(str, _THRESHOLDS))
    return re.sub(rf"([<>] )({thresholds})(?![\d.])", lambda found: f"{found[1]}{int(found[2]) / FACTOR:g}", text)


class Faults:
    """The system, which a test starts again for each fault; a fault is a method without arguments."""

    def __init__(self, test, agent_flags):
        self.test = test
        folder = processes.folder_for(test)
        self.data = folder / "data"
        small_disk.mount(test, self.data, DISK_MEBIBYTES)
        self.start_agent("--topic", "orders:1", "--topic", "returns:1", *agent_flags)
        arguments = ("--agent", self.agent.grpc, "--topic", "orders", "--http", "127.0.0.1:0")
        self.producer = processes.Streamhouse(test, "produce", *arguments, stdin=subprocess.PIPE)
        self.start_consumer(*arguments, "--group", "billing")
        self.shop = processes.Process(test, ["tests/observability/shop"], stdin=subprocess.PIPE)
        self.prometheus = self.start_prometheus(folder)

    def start_agent(self, *arguments, grpc=None, http=None):
        """On the same ports, when it starts again."""
        http = http or processes.held_address(self.test)
        flags = ("--lag-interval", "1s", *arguments)
        self.agent = processes.Agent(self.test, self.data, *flags, grpc=grpc, http=http)

    def start_again(self):
        self.start_agent(grpc=self.agent.grpc, http=self.agent.http)

    def start_consumer(self, *arguments):
        """One whose output is read until consumer_hangs()."""
        self.consumer = subprocess.Popen(
            [processes.BINARY, "consume", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.test.addCleanup(self.end_consumer)
        self.consumer_http = self.consumer.stderr.readline().strip().removeprefix("http=")
        self.reads = threading.Event()
        self.reads.set()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        while self.reads.is_set() and self.consumer.stdout.readline():
            pass

    def end_consumer(self):
        self.consumer.kill()
        self.reader.join()
        self.consumer.communicate()

    def start_prometheus(self, folder):
        jobs = {
            "streamhouse-agent": self.agent.http,
            "streamhouse-consumer": self.consumer_http,
            "streamhouse-producer": self.producer.match("^http=(.*)", "stderr")[1],
            "streamhouse-shop": self.shop.match("^http=(.*)")[1],
        }
        for path in (rules.RECORDINGS_PATH, rules.ALERTS_PATH):
            (folder / pathlib.Path(path).name).write_text(shorter(pathlib.Path(path).read_text(encoding="utf-8")))
        server = prometheus.Prometheus(self.test, jobs, rules=[str(path) for path in folder.glob("*.yml")])
        server.wait_for(f"count(up == 1) == {TARGETS}")
        return server

    def produce(self, *lines):
        self.producer.stdin.write("".join(f"{line}\n" for line in lines))
        self.producer.stdin.flush()

    def firing(self):
        """Alert -> the labels of one that fires."""
        found = self.prometheus.query('ALERTS{alertstate="firing"}')
        return {labels["alertname"]: labels for labels, _ in found}

    def nothing(self):
        pass

    def consumer_hangs(self):
        self.reads.clear()
        self.produce(*[LINE] * 2000)

    def consumer_dies(self):
        self.consumer.kill()

    def retention_is_near(self):
        self.consumer_hangs()
        age = alerts.RETENTION_SECONDS_MIN // FACTOR + 5
        self.run("topics", "retention", "--topic", "orders", "--retention-time", f"{age}s")

    def agent_dies(self):
        self.agent.kill()

    def lease_is_taken_away(self):
        store = self.data / "metadata.db"
        metadata_file.change_leases(store, holder="'another'", epoch="epoch + 1", duration_ms=3600000)

    def topic_is_deleted(self):
        self.run("topics", "delete", "--topic", "orders")

    def disk_is_full(self):
        """ENOSPC, of a file system that is full."""
        small_disk.fill(self.data)
        self.produce(*[LINE] * 100)

    def disk_fails(self):
        """By a limit on the size of files, above that of the metadata's: writes of the log fail with EFBIG."""
        subprocess.run(["prlimit", "--pid", str(self.agent.pid), f"--fsize={6 << 20}"], check=True)
        self.produce(*[LINE] * 8000)

    def record_is_damaged(self):
        """The first one, behind the back of a group that has read it; another group begins there."""
        self.produce(LINE)
        self.wait_until_read(2)
        self.damage_first_batch("orders")
        group = ("--topic", "orders", "--group", "audit", "--agent", self.agent.grpc)
        processes.Streamhouse(self.test, "consume", *group)

    def log_loses_its_end(self):
        self.produce(*[LINE] * 100)
        self.wait_until_read(100)
        self.agent.kill()
        os.truncate(self.segment("orders"), 0)
        self.start_again()

    def partition_is_not_served(self):
        """By damage in front of a batch that is whole; no producer sends to it, and a group has read it."""
        for line in ("a", "b"):
            self.run("produce", "--topic", "returns", stdin=f"{line}\n")
        self.run("consume", "--topic", "returns", "--group", "refunds", "--exit-at-end")
        self.agent.kill()
        self.damage_first_batch("returns")
        self.start_again()

    def labels_flood(self):
        self.tell_shop(f"visitors {SERIES_MAX + 1}")

    def scrape_is_slow(self):
        """More than the alert takes, less than the second in which Prometheus gives up."""
        self.tell_shop("slow 500")

    def scrape_is_blocked(self):
        self.tell_shop("slow 3600000")

    def scrapers_crowd(self):
        """Those who do not read the pages that they ask for, and those who connect and ask for nothing."""
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        for _ in range(2 * PAGES_MAX):
            self.connect().sendall(b"GET /metrics HTTP/1.1\r\nHost: agent\r\n\r\n" * UNREAD_PAGES)
        self.wait_for_limit("scrapes")
        for _ in range(2 * CONNECTIONS_MAX):
            self.connect()
        self.wait_for_limit("connections")

    def connect(self):
        """To the agent's page, with little room in the kernel: the server waits for this reader within a few pages."""
        connection = socket.socket()
        self.test.addCleanup(connection.close)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        host, port = self.agent.http.split(":")
        connection.connect((host, int(port)))
        return connection

    def wait_for_limit(self, limit):
        self.prometheus.wait_for(f'streamhouse_exporter_limits_reached_total{{limit="{limit}"}} > 0')

    def process_hangs(self):
        self.producer.suspend()

    def run(self, *arguments, stdin=""):
        done = processes.run(*arguments, "--agent", self.agent.grpc, stdin=stdin)
        self.test.assertEqual(0, done.returncode, done.stderr)

    def tell_shop(self, line):
        self.shop.stdin.write(f"{line}\n")
        self.shop.stdin.flush()

    def wait_until_read(self, records):
        lag = "streamhouse_agent_group_lag_records == 0 and streamhouse_agent_group_committed_offset >= "
        self.prometheus.wait_for(f"{lag}{records}")

    def segment(self, topic):
        """The only one of a topic's only partition."""
        (path,) = self.data.glob(f"log/{topic}/0/*.log")
        return path

    def damage_first_batch(self, topic):
        with open(self.segment(topic), "r+b") as file:
            file.seek(41)
            byte = file.read(1)[0]
            file.seek(41)
            file.write(bytes([byte ^ 1]))
