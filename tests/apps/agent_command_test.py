"""`streamhouse agent`: starts, says where, and ends when it is told to; or says in a line why it cannot."""

import contextlib
import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import unittest

import processes

# For 127.0.0.1, and signed by itself, so that it is its own authority.
CERTIFICATE = "tests/agent/rpc/certificate.pem"
KEY = "tests/agent/rpc/key.pem"


class AgentCommand(unittest.TestCase):
    def setUp(self):
        self.data = processes.folder_for(self)

    def agent(self, *arguments, **keywords):
        return processes.Agent(self, self.data / "data", *arguments, **keywords)

    def run_agent(self, data, *arguments):
        return processes.run("agent", "--data", data, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", *arguments)

    def assert_refused(self, done, pattern):
        self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertRegex(done.stderr, f"^streamhouse agent: {pattern}\n$")

    def taken_address(self):
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        return f"127.0.0.1:{taken.getsockname()[1]}"

    def test_prints_its_addresses_and_then_that_it_is_ready(self):
        agent = self.agent("--topic", "orders:2", grpc="127.0.0.1:0")
        self.assertEqual([f"grpc={agent.grpc}", f"http={agent.http}", "ready"], agent.stdout)
        self.assertNotIn(":0", " ".join(agent.stdout) + " ")

    def test_serves_when_it_says_so(self):
        agent = self.agent("--topic", "orders:2")
        self.assertEqual(200, processes.fetch(agent.url + "/ready")[0])
        self.assertEqual(
            0, processes.run("produce", "--agent", agent.grpc, "--topic", "orders", stdin="a\n").returncode
        )

    def test_hands_no_descriptor_to_children(self):
        agent = self.agent("--topic", "orders:2", "--exporter", f"textfile://{self.data}/a.prom")
        processes.run("produce", "--agent", agent.grpc, "--topic", "orders", stdin="a\n")
        host, port = agent.http.split(":")
        with socket.create_connection((host, int(port))) as client:
            client.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            self.assertIn(b"200", client.recv(1000))
            opened = [name for name in os.listdir(f"/proc/{agent.pid}/fd") if int(name) > 2]
            self.assertGreater(len(opened), 10)
            for name in opened:
                with open(f"/proc/{agent.pid}/fdinfo/{name}", encoding="ascii") as info:
                    flags = next(int(line.split()[1], 8) for line in info if line.startswith("flags:"))
                self.assertTrue(flags & os.O_CLOEXEC, os.readlink(f"/proc/{agent.pid}/fd/{name}"))

    def test_ends_cleanly_on_any_signal(self):
        for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self.assertEqual(0, self.agent().stop(ending))

    def test_writes_the_last_text_file_on_any_signal(self):
        page = self.data / "agent.prom"
        for ending, written in ((signal.SIGTERM, 2), (signal.SIGHUP, 7)):
            agent = self.agent("--topic", "orders:1", "--exporter", f"textfile://{page}?interval=60m")
            processes.run("produce", "--agent", agent.grpc, "--topic", "orders", stdin="a\n" * written)
            self.assertEqual(0, agent.stop(ending))
            self.assertIn(f'\nstreamhouse_agent_records_written_total{{topic="orders"}} {written}\n', page.read_text())

    def test_outlives_a_hangup_under_nohup(self):
        command = [
            processes.BINARY,
            "agent",
            "--data",
            self.data / "data",
            "--grpc",
            "127.0.0.1:0",
            "--http",
            "127.0.0.1:0",
        ]
        agent = processes.Process(self, ["nohup", *command])
        agent.match("^ready$")
        os.kill(agent.pid, signal.SIGHUP)
        self.assertEqual("OK", processes.fetch(f"http://{agent.match('^http=(.*)')[1]}/health")[2].strip())
        self.assertEqual(0, agent.stop())

    def service_manager(self, name):
        """A socket of a manager, which the tests give to an agent as NOTIFY_SOCKET."""
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.settimeout(processes.DEADLINE_SECONDS)
        manager.bind(name)
        return manager

    def agent_of(self, notify_socket, grpc, *flags):
        command = ["env", f"NOTIFY_SOCKET={notify_socket}", processes.BINARY, "agent", "--data", self.data / "data"]
        return processes.Process(self, [*command, "--grpc", grpc, "--http", "127.0.0.1:0", *flags])

    def test_tells_a_service_manager_when_it_serves_and_when_it_stops(self):
        name = f"streamhouse-test-{os.getpid()}"
        manager = self.service_manager(f"\0{name}")
        grpc = processes.held_address(self)
        agent = self.agent_of(f"@{name}", grpc, "--topic", "orders:2")
        self.assertEqual(b"READY=1", manager.recv(100))
        done = processes.run("produce", "--agent", grpc, "--topic", "orders", stdin="a\n")
        self.assertEqual(0, done.returncode, done.stderr)
        os.kill(agent.pid, signal.SIGTERM)
        self.assertEqual(b"STOPPING=1", manager.recv(100))
        self.assertEqual(0, agent.wait())

    def test_tells_no_service_manager_that_it_serves_before_it_does(self):
        name = f"streamhouse-test-{os.getpid()}"
        manager = self.service_manager(f"\0{name}")
        self.assertEqual(1, self.agent_of(f"@{name}", self.taken_address()).wait())
        manager.setblocking(False)
        self.assertRaises(BlockingIOError, manager.recv, 100)

    def test_serves_without_the_service_manager_that_it_is_told_of(self):
        agent = self.agent_of(self.data / "none", "127.0.0.1:0")
        agent.match(f"the service manager is not told: NOTIFY_SOCKET={self.data}/none: ", stream="stderr")
        self.assertEqual("OK", processes.fetch(f"http://{agent.match('^http=(.*)')[1]}/health")[2].strip())
        self.assertEqual(0, agent.stop())

    def test_keeps_its_files_from_closed_standard_streams(self):
        data = self.data / "data"
        command = [processes.BINARY, "agent", "--data", data, "--topic", "orders:1", "--grpc", "127.0.0.1:0"]
        command += ["--http", "127.0.0.1:0", "--exporter", f"textfile://{self.data}/agent.prom"]
        agent = processes.Process(self, ["bash", "-c", 'exec "$@" <&- >&- 2>&-', "bash", *command])
        processes.wait_for((self.data / "agent.prom").exists, "the agent starts")
        self.assertEqual(0, agent.stop())
        self.assertEqual(b"", (data / "lock").read_bytes())

    def test_opens_as_many_files_as_the_system_allows_it(self):
        command = [processes.BINARY, "agent", "--data", self.data / "data", "--grpc", "127.0.0.1:0"]
        command += ["--http", "127.0.0.1:0"]
        agent = processes.Process(self, ["bash", "-c", 'ulimit -Sn 64; exec "$@"', "bash", *command])
        agent.match("^ready$")
        soft, hard = resource.prlimit(agent.pid, resource.RLIMIT_NOFILE)
        self.assertEqual((hard, hard), (soft, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))

    def test_logs_to_stderr_only(self):
        agent = self.agent()
        agent.stop()
        self.assertEqual(3, len(agent.stdout))
        self.assertRegex("\n".join(agent.stderr), "has stopped")

    def logged_lines(self, *flags):
        """What an agent logs that has a topic and is stopped."""
        agent = self.agent("--topic", "orders:1", *flags)
        self.assertEqual(0, agent.stop())
        return agent.stderr

    def test_logs_a_json_object_a_line_when_it_is_asked_to(self):
        lines = [json.loads(line) for line in self.logged_lines("--log-format", "json")]
        for line in lines:
            self.assertLessEqual({"time", "level", "message"}, line.keys())
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        created = next(line for line in lines if "created" in line["message"])
        self.assertEqual(("info", "orders", 1), (created["level"], created["topic"], created["partitions"]))

    def test_logs_text_unless_it_is_told_otherwise(self):
        for flags in ((), ("--log-format", "text")):
            self.assertRegex("\n".join(self.logged_lines(*flags)), r"(?m)^\S.*has stopped")

    def test_logs_from_a_level_on(self):
        self.assertRegex("\n".join(self.logged_lines("--log-level", "info")), "has stopped")
        for level in ("warning", "error", "none"):
            self.assertEqual([], self.logged_lines("--log-level", level))

    def test_takes_its_flags_from_a_file_and_the_command_line_wins(self):
        file = self.data / "agent.conf"
        address = self.taken_address()
        lines = (
            f'data = "{self.data}/data"',
            "topic = orders:2",
            f"grpc = {address}",
            "http = 127.0.0.1:0",
            "log-format = json",
        )
        file.write_text("".join(line + "\n" for line in lines))
        refused = processes.run("agent", "--config", file)
        self.assertEqual(1, refused.returncode)
        self.assertRegex(refused.stderr, f"{address}.*--grpc")
        agent = processes.Streamhouse(self, "agent", "--config", file, "--grpc", "127.0.0.1:0")
        grpc = agent.match("^grpc=(.*)")[1]
        self.assertIn("topic=orders partitions=2", processes.run("topics", "list", "--agent", grpc).stdout)
        self.assertEqual(0, agent.stop())
        self.assertTrue(all(json.loads(line) for line in agent.stderr))

    def test_names_a_key_of_its_file_that_it_does_not_know(self):
        file = self.data / "agent.conf"
        file.write_text(f"data = {self.data}\ngrcp = 127.0.0.1:0\n")
        done = processes.run("agent", "--config", file)
        self.assert_refused(done, f"--config: {file}: there is no flag --grcp; see streamhouse agent --help")

    def test_keeps_its_metadata_where_it_is_told(self):
        metadata = self.data / "elsewhere.db"
        self.agent("--metadata", f"sqlite://{metadata}", "--topic", "orders:1").stop()
        self.assertFalse((self.data / "data/metadata.db").exists())
        agent = self.agent("--metadata", f"sqlite://{metadata}")
        self.assertIn("topic=orders", processes.run("topics", "list", "--agent", agent.grpc).stdout)

    def test_is_refused_beside_metadata_that_it_would_not_use(self):
        self.agent().stop()
        refused = self.run_agent(self.data / "data", "--metadata", f"sqlite://{self.data}/moved.db")
        self.assert_refused(
            refused, f".*leaves {self.data}/data/metadata.db unused.*move metadata.db\\* away \\(--metadata\\)"
        )

    def test_serves_with_metadata_in_memory(self):
        agent = self.agent("--metadata", "memory:", "--topic", "orders:1")
        self.assertEqual(
            0, processes.run("produce", "--agent", agent.grpc, "--topic", "orders", stdin="a\n").returncode
        )

    def test_refuses_a_metadata_store_that_is_none_and_an_id_that_is_not_safe(self):
        for flag, value in (
            ("--metadata", "nosuch://h/d"),
            ("--metadata", "a.db"),
            ("--id", "a/b"),
            ("--id", "a" * 65),
        ):
            self.assert_refused(self.run_agent(self.data / "data", flag, value), f".*{flag}.*")

    def holder(self, metadata):
        with contextlib.closing(sqlite3.connect(metadata)) as database:
            return database.execute("SELECT holder FROM partition_leases").fetchall()

    def test_holds_leases_under_its_id(self):
        agent = self.agent("--topic", "orders:1", "--id", "broker-1")
        self.assertEqual([("broker-1",)], self.holder(self.data / "data/metadata.db"))
        agent.stop()
        self.agent().stop()

    def test_is_refused_beside_another_on_one_store_until_that_is_killed(self):
        metadata = self.data / "shared.db"
        flags = ("--metadata", f"sqlite://{metadata}")
        first = self.agent(*flags, "--topic", "orders:1")
        for agent_id in "agent", "b":
            refused = self.run_agent(self.data / "other", *flags, "--id", agent_id)
            self.assert_refused(refused, f"another agent uses {metadata} \\(--metadata\\)")
        first.kill()
        self.agent(*flags).stop()

    def test_takes_several_topics_and_keeps_them(self):
        self.agent("--topic", "orders:2", "--topic", "returns:1").stop()
        agent = self.agent()
        for topic, partitions in (("orders", 2), ("returns", 1)):
            lag = processes.run("lag", "--agent", agent.grpc, "--topic", topic, "--group", "g")
            self.assertEqual(partitions, lag.stdout.count("\n"), lag)

    def test_names_a_grpc_port_that_is_taken_and_the_flag(self):
        address = self.taken_address()
        done = processes.run("agent", "--data", self.data / "data", "--grpc", address, "--http", "127.0.0.1:0")
        self.assert_refused(done, f".*{address}.*--grpc.*")

    def test_names_an_http_port_that_is_taken_and_the_flag(self):
        address = self.taken_address()
        done = processes.run("agent", "--data", self.data / "data", "--grpc", "127.0.0.1:0", "--http", address)
        self.assert_refused(done, f".*{address}.*--http.*")

    def test_names_a_folder_that_cannot_be_written_and_the_flag(self):
        file = self.data / "file"
        file.write_text("not a folder")
        self.assert_refused(self.run_agent(file / "data"), f".*{file}/data.*--data.*")

    def test_names_a_folder_without_permission(self):
        self.assert_refused(self.run_agent("/proc/streamhouse"), ".*/proc/streamhouse.*--data.*")

    def test_keeps_a_second_agent_out_of_its_folder(self):
        agent = self.agent()
        self.assert_refused(self.run_agent(self.data / "data"), ".*in use by another agent.*--data.*")
        self.assertTrue(agent.running())

    def test_refuses_metadata_of_a_newer_version(self):
        self.agent().stop()
        metadata = self.data / "data/metadata.db"
        with contextlib.closing(sqlite3.connect(metadata)) as database:
            database.execute("PRAGMA user_version = 99")
        done = self.run_agent(self.data / "data")
        self.assert_refused(done, f"{metadata} has schema version 99; this program knows versions up to 3")

    def test_refuses_another_number_of_partitions(self):
        self.agent("--topic", "orders:2").stop()
        self.assert_refused(self.run_agent(self.data / "data", "--topic", "orders:3"), ".*orders.*--topic.*")

    def test_refuses_a_name_that_is_no_topic(self):
        self.assert_refused(self.run_agent(self.data / "data", "--topic", "../orders:3"), ".*--topic.*")

    def unsyncable_topic(self):
        """A topic "orders" whose one segment takes writes, but cannot be synced."""
        self.agent("--topic", "orders:1").stop()
        segment = self.data / "data/log/orders/0" / ("0" * 20 + ".log")
        segment.unlink()
        segment.symlink_to("/dev/null")
        return segment

    def test_fails_when_the_last_sync_does(self):
        segment = self.unsyncable_topic()
        agent = self.agent("--sync", "none")
        self.assertEqual(
            0, processes.run("produce", "--agent", agent.grpc, "--topic", "orders", stdin="a\n").returncode
        )
        self.assertEqual(1, agent.stop())
        self.assertRegex(agent.stderr[-1], f"^streamhouse agent: .*{segment}.*cannot sync.*")

    def test_syncs_as_it_is_told_and_by_interval_unless_told(self):
        self.unsyncable_topic()
        for flags in (["--sync", "each-batch"], ["--sync", "interval", "--sync-interval", "100ms"], []):
            agent = self.agent(*flags)
            status, _, reason = processes.fetch(agent.url + "/ready")
            self.assertEqual(503, status)
            self.assertRegex(reason, "log: orders/0 is not served: .*cannot sync")
            agent.stop()
        self.assertIn("--sync each-batch|interval|none=interval ", self.help())

    def help(self):
        return " ".join(processes.run("agent", "--help").stdout.split())

    def test_refuses_a_sync_policy_or_interval_that_is_none(self):
        for flag, value in (("--sync", "sometimes"), *(("--sync-interval", bad) for bad in ("soon", "0s", "366d"))):
            self.assert_refused(self.run_agent(self.data / "data", flag, value), f".*{flag}.*")

    def test_keeps_as_many_bytes_in_reserve_as_it_is_told(self):
        for given, bytes_kept in (("1MiB", [1 << 20]), ("0", [])):
            agent = self.agent("--reserve-bytes", given)
            agent.stop()
            self.assertEqual(bytes_kept, [file.stat().st_size for file in self.data.glob("data/**/reserve")])

    def test_refreshes_the_lag_unless_told_not_to(self):
        def shows_logs(agent):
            return "streamhouse_agent_partition_log_end_offset{" in processes.fetch(agent.url + "/metrics")[2]

        agent = self.agent("--topic", "orders:1", "--lag-interval", "100ms")
        processes.wait_for(lambda: shows_logs(agent), "a log on the page")
        agent.stop()
        self.assertFalse(shows_logs(self.agent("--lag-interval", "0s")))

    def test_refuses_an_interval_of_the_lag_that_is_too_long(self):
        self.assert_refused(self.run_agent(self.data / "data", "--lag-interval", "366d"), ".*--lag-interval.*")

    def test_raises_its_limit_on_open_files(self):
        agent = self.agent()
        with open(f"/proc/{agent.pid}/limits", encoding="ascii") as limits:
            soft, hard = next(line.split()[3:5] for line in limits if line.startswith("Max open files"))
        self.assertEqual(hard, soft)

    def test_survives_a_limit_on_the_size_of_its_files(self):
        agent = self.agent("--topic", "orders:1")
        resource.prlimit(agent.pid, resource.RLIMIT_FSIZE, (65536, 65536))
        done = processes.run("produce", "--agent", agent.grpc, "--topic", "orders", stdin=("x" * 999 + "\n") * 200)
        self.assertEqual(1, done.returncode, done)
        self.assertTrue(agent.running())

    def test_begins_files_and_removes_them_as_it_is_told(self):
        agent = self.agent("--topic", "orders:1", "--segment-bytes", "1KiB", "--retention-interval", "50ms")
        for _ in range(3):
            processes.run("produce", "--agent", agent.grpc, "--topic", "orders", stdin="x" * 1500 + "\n")

        def files():
            return len(list((self.data / "data").glob("log/orders/0/*.log")))

        self.assertGreater(files(), 1)
        processes.run("topics", "retention", "--agent", agent.grpc, "--topic", "orders", "--retention-bytes", "1")
        processes.wait_for(lambda: files() == 1, "the oldest files are gone")
        self.assertEqual(0, agent.stop())

    def test_refuses_a_record_over_its_limit(self):
        agent = self.agent("--topic", "orders:1", "--record-bytes-max", "1KiB", "--request-bytes-max", "1MiB")
        for size, code in ((1000, 0), (1100, 1)):
            done = processes.run("produce", "--agent", agent.grpc, "--topic", "orders", stdin="x" * size + "\n")
            self.assertEqual(code, done.returncode, done.stderr)
        self.assertEqual(0, agent.stop())

    def test_names_the_flag_of_a_size_or_interval_that_cannot_be(self):
        for flag, value in (("--segment-bytes", "0"), ("--retention-interval", "366d"), ("--record-bytes-max", "0"),
                            ("--record-bytes-max", "64MiB"), ("--request-bytes-max", "1GiB")):
            wanted = "--request-bytes-max" if value == "64MiB" else flag
            self.assert_refused(self.run_agent(self.data / "data", flag, value), f".* \\({wanted}\\)")

    def test_warns_once_when_others_can_reach_it_without_tls(self):
        warning = "open to other machines without TLS"
        agent = processes.Agent(self, self.data / "open", grpc="0.0.0.0:0")
        agent.stop()
        self.assertEqual(1, "\n".join(agent.stderr).count(warning))
        agent = self.agent()
        agent.stop()
        self.assertNotIn(warning, "\n".join(agent.stderr))

    def test_names_the_flag_that_is_meant_also_for_a_folder_whose_name_is_everywhere(self):
        address = self.taken_address()
        command = [
            os.path.abspath(processes.BINARY),
            "agent",
            "--data",
            "g",
            "--grpc",
            address,
            "--http",
            "127.0.0.1:0",
        ]
        done = subprocess.run(command, cwd=self.data, capture_output=True, text=True, check=False)
        self.assert_refused(done, f".*{address}.*; choose another address with --grpc")

    def test_speaks_tls_to_those_whom_it_knows(self):
        own = ["--tls-cert", CERTIFICATE, "--tls-key", KEY]
        agent = self.agent("--topic", "orders:1", *own, "--tls-client-ca", CERTIFICATE)
        topic = ["--agent", agent.grpc, "--topic", "orders"]
        trust = ["--tls-ca", CERTIFICATE]
        done = processes.run("produce", *topic, *trust, *own, stdin="a\n")
        self.assertEqual((0, "sent=1 acked=1 failed=0\n", ""), (done.returncode, done.stdout, done.stderr))
        done = processes.run("consume", *topic, *trust, *own, "--group", "g", "--exit-at-end")
        self.assertEqual((0, "a\n"), (done.returncode, done.stdout))
        self.assertIn(" lag=0 ", processes.run("lag", *topic, *trust, *own, "--group", "g").stdout)
        self.assertIn("topic=orders", processes.run("topics", "list", "--agent", agent.grpc, *trust, *own).stdout)

    def test_lets_no_client_in_without_tls_or_without_a_certificate_that_it_asks_for(self):
        own = ["--tls-cert", CERTIFICATE, "--tls-key", KEY]
        agent = self.agent("--topic", "orders:1", *own, "--tls-client-ca", CERTIFICATE)
        tries = [
            (processes.Streamhouse(self, "topics", "list", "--agent", agent.grpc, *flags), advice)
            for flags, advice in (([], " (--agent)"), (["--tls-ca", CERTIFICATE], " by TLS (--agent, --tls-ca)"))
        ]
        for refused, advice in tries:
            self.assertEqual(1, refused.wait())
            reason = f"streamhouse topics list: cannot reach an agent at {agent.grpc}{advice}"
            self.assertEqual(([], [reason]), (refused.stdout, refused.stderr))

    def test_names_tls_files_and_flags_that_are_missing(self):
        self.assert_refused(self.run_agent(self.data / "data", "--tls-key", KEY), ".*--tls-cert.*")
        for no_file in (self.data / "missing.pem", self.data):
            done = self.run_agent(self.data / "data", "--tls-cert", no_file, "--tls-key", KEY)
            self.assert_refused(done, f".*{no_file}.* \\(--tls-cert\\)")
            done = processes.run("topics", "list", "--tls-ca", no_file)
            self.assertRegex(
                done.stderr, rf"^streamhouse topics list: cannot read TLS file {no_file}: .* \(--tls-ca\)\n$"
            )
        done = processes.run("topics", "list", "--tls-cert", CERTIFICATE)
        self.assertRegex(done.stderr, "--tls-cert and --tls-key go together\n$")

    def test_names_tls_files_and_flags_that_are_not_what_they_are_given_for(self):
        done = self.run_agent(self.data / "data", "--tls-cert", CERTIFICATE, "--tls-key", CERTIFICATE)
        self.assert_refused(done, f"cannot use TLS files {CERTIFICATE}.* \\(--tls-cert, --tls-key\\)")
        own = ["--tls-cert", CERTIFICATE, "--tls-key", KEY]
        done = self.run_agent(self.data / "data", *own, "--tls-client-ca", KEY)
        self.assert_refused(done, f"cannot use TLS file {KEY}: .* \\(--tls-client-ca\\)")

    def test_waits_for_no_tls_file_and_asks_for_no_pass_phrase(self):
        fifo, locked = self.data / "fifo", self.data / "locked.pem"
        os.mkfifo(fifo)
        subprocess.run(
            ["openssl", "rsa", "-aes128", "-passout", "pass:x", "-in", KEY, "-out", locked], check=True, stderr=-3
        )
        for key, reason, flag in (
            (fifo, "it is not a regular file", "--tls-key"),
            (locked, "the key has a pass phrase", "--tls-cert, --tls-key"),
            ("/dev/stdin", "not a", "--tls-key"),
        ):
            flags = ("--tls-cert", CERTIFICATE, "--tls-key", key)
            for command in (
                ("agent", "--data", self.data / "data", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"),
                ("topics", "list"),
            ):
                done = processes.Streamhouse(self, *command, *flags, stdin=subprocess.PIPE)
                self.assertEqual(1, done.wait())
                self.assertRegex(done.stderr[-1], rf"TLS file.* {key}.*{reason}.* \({flag}\)$")

    def test_sends_its_metrics_by_several_exporters_at_once(self):
        page = self.data / "agent.prom"
        agent = self.agent("--exporter", f"textfile://{page}?interval=100ms", "--exporter", "prometheus://127.0.0.1:0")
        family = "# TYPE streamhouse_agent_active_partitions gauge"
        self.assertIn(family, processes.fetch(agent.url + "/metrics")[2])
        processes.wait_for(lambda: page.exists() and family in page.read_text(), "the page is written")
        self.assertEqual(0, agent.stop())

    def test_names_an_exporter_that_cannot_be(self):
        for spec in (
            "nonsense://x",
            "prometheus://127.0.0.1:0?nonsense=1",
            f"textfile://{self.data}/missing/agent.prom",
        ):
            done = self.run_agent(self.data / "data", "--exporter", spec)
            self.assert_refused(done, ".*(nonsense|missing).* \\(--exporter\\)")
