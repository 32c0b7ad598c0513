"""/ready says yes while the agent holds leases, and otherwise no and why; /health does not care."""

import contextlib
import sqlite3
import unittest

import metadata_file
import processes

# A lease is renewed every 10 s, and then its loss is noticed.
NOTICE_SECONDS = 30


class Readiness(unittest.TestCase):
    def setUp(self):
        self.data = processes.folder_for(self) / "data"

    def ready(self):
        return processes.fetch(self.agent.url + "/ready")

    def start(self, *arguments):
        self.agent = processes.Agent(self, self.data, *arguments)

    def change_leases(self, **columns):
        metadata_file.change_leases(self.data / "metadata.db", **columns)

    def test_is_no_before_the_first_lease_with_the_reason(self):
        self.start()
        status, headers, body = self.ready()
        self.assertEqual((503, "text/plain; charset=utf-8"), (status, headers["Content-Type"]))
        self.assertIn("lease", body)

    def test_is_yes_with_a_lease(self):
        self.start("--topic", "orders:1")
        status, _, body = self.ready()
        self.assertEqual((200, "READY"), (status, body.strip()))

    def test_is_no_once_another_holder_has_taken_the_lease_and_yes_when_it_is_back(self):
        self.start("--topic", "orders:1")
        self.change_leases(holder="'another'", epoch="epoch + 1", duration_ms=3600000)
        processes.wait_for(lambda: self.ready()[0] == 503, "/ready says no", NOTICE_SECONDS)
        self.assertIn("lease", self.ready()[2])
        self.assertEqual(200, processes.fetch(self.agent.url + "/health")[0])
        self.change_leases(duration_ms=0)
        processes.wait_for(lambda: self.ready()[0] == 200, "/ready says yes", NOTICE_SECONDS)

    def test_is_no_when_the_lease_runs_out_because_the_store_cannot_be_written(self):
        self.start("--topic", "orders:1")
        with contextlib.closing(sqlite3.connect(self.data / "metadata.db", isolation_level=None)) as store:
            store.execute("BEGIN IMMEDIATE")
            self.assertEqual(200, self.ready()[0])
            processes.wait_for(lambda: self.ready()[0] == 503, "/ready says no", 2 * NOTICE_SECONDS)
            self.assertEqual(200, processes.fetch(self.agent.url + "/health")[0])
        processes.wait_for(lambda: self.ready()[0] == 200, "/ready says yes", NOTICE_SECONDS)

    def test_health_is_yes_in_any_case(self):
        self.start()
        status, _, body = processes.fetch(self.agent.url + "/health")
        self.assertEqual((200, "OK"), (status, body.strip()))
