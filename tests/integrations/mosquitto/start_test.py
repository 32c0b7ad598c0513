"""How the plugin starts, lives and ends with a real broker, and that the broker decides as it does without it."""

import os
import pathlib
import signal
import socket
import subprocess
import unittest

import brokers
import mqtt
import pages
import processes

REFUSED_SUBSCRIPTION = 0x80


def run_broker(test, lines):
    """(exit code, log) of a broker that cannot start."""
    configuration = brokers.write_configuration(processes.folder_for(test), lines)
    ended = subprocess.run(
        [brokers.broker_program(), "-c", configuration],
        capture_output=True, text=True, check=False, timeout=processes.DEADLINE_SECONDS,
    )  # fmt: skip
    return ended.returncode, ended.stderr


class Options(unittest.TestCase):
    def refused(self, *lines):
        port = brokers.free_port(self)
        code, log = run_broker(self, [f"plugin {brokers.PLUGIN.resolve()}", *lines, f"listener {port} 127.0.0.1"])
        self.assertNotEqual(0, code)
        return log

    def test_wrong_ones_end_the_start_with_their_name(self):
        for line, error in (
            ("plugin_opt_http nowhere", "plugin_opt_http: "),
            ("plugin_opt_http 192.0.2.1:0", "plugin_opt_http: "),
            ("plugin_opt_topics a", "plugin_opt_topics: there is no such option"),
            ("plugin_opt_topic_levels many", "plugin_opt_topic_levels: "),
            ("plugin_opt_topic_rule a/#/b", "plugin_opt_topic_rule: "),
            ("plugin_opt_acl_checks true", "plugin_opt_acl_checks: the value must be with_acl_file"),
            ("plugin_opt_web_config /nowhere/web.yml", "plugin_opt_web_config: "),
        ):
            first = [] if "http" in line else ["plugin_opt_http 127.0.0.1:0"]
            self.assertIn(f"Error: streamhouse_mosquitto: {error}", self.refused(*first, line), line)

    def test_an_address_is_needed(self):
        self.assertIn("plugin_opt_http: the option is missing", self.refused())

    def test_a_second_plugin_line_with_the_same_file_is_refused(self):
        log = self.refused("plugin_opt_http 127.0.0.1:0", *brokers.plugin_lines())
        self.assertIn("another `plugin` line", log)

    def test_rules_may_be_repeated(self):
        broker = brokers.Broker(self, options=["topic_rule device/+/state", "topic_rule device/#", "topic_levels 2"])
        client = mqtt.Client(self, broker.port, "sender")
        for topic in ("device/7/state", "device/7/log", "x/y/z"):
            client.publish(topic, b"1", qos=1)
        self.assertEqual(
            {"device/+/state": 1, "device/#": 1, "x/y": 1},
            broker.values("mosquitto_prefix_publishes_received_total", "prefix"),
        )


class Exports(unittest.TestCase):
    def test_are_the_functions_of_a_plugin_alone(self):
        command = ["nm", "--dynamic", "--defined-only", "--extern-only", "--format=just-symbols", brokers.PLUGIN]
        symbols = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        self.assertEqual([f"mosquitto_plugin_{name}" for name in ("cleanup", "init", "version")], sorted(symbols))


class Life(unittest.TestCase):
    def test_page_and_health_are_served(self):
        broker = brokers.Broker(self)
        processes.wait_for(lambda: processes.fetch(broker.url + "/ready")[0] == 200, "/ready says yes")
        self.assertEqual(200, processes.fetch(broker.url + "/health")[0])
        self.assertLess(broker.value("mosquitto_loop_silence_seconds"), 5)

    def test_a_new_connection_of_the_page_ends_the_oldest_one_beyond_the_limit(self):
        broker = brokers.Broker(self)
        host, port = broker.url.removeprefix("http://").split(":")
        connections = []
        for _ in range(40):
            connections.append(socket.create_connection((host, port), timeout=processes.DEADLINE_SECONDS))
            self.addCleanup(connections[-1].close)

        def has_ended(connection):
            try:
                return connection.recv(1) == b""
            except ConnectionResetError:
                return True

        for oldest in connections[:8]:
            self.assertTrue(has_ended(oldest))
        for newer in connections[8:]:
            newer.setblocking(False)
            self.assertRaises(BlockingIOError, newer.recv, 1)

    def test_connections_of_the_page_are_not_among_the_brokers_descriptors(self):
        broker = brokers.Broker(self)
        host, port = broker.url.removeprefix("http://").split(":")

        def descriptors():
            return sorted(os.readlink(link) for link in pathlib.Path(f"/proc/{broker.pid}/fd").iterdir())

        before = descriptors()
        for _ in range(3):
            connection = socket.create_connection((host, port), timeout=processes.DEADLINE_SECONDS)
            self.addCleanup(connection.close)
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: broker\r\n\r\n")
            self.assertIn(b"200", connection.recv(100))
        self.assertEqual(before, descriptors())
        # The log, the loop and the listener.
        self.assertLessEqual(sum("socket:" in name for name in before), 2)

    def test_sighup_is_survived_and_counted(self):
        broker = brokers.Broker(self)
        client = mqtt.Client(self, broker.port, "sender")
        client.publish("a", b"1", qos=1)
        os.kill(broker.pid, signal.SIGHUP)
        processes.wait_for(lambda: broker.value("mosquitto_reloads_total") == 1, "a reload")
        os.kill(broker.pid, signal.SIGHUP)
        processes.wait_for(lambda: broker.value("mosquitto_reloads_total") == 2, "another reload")
        client.publish("a", b"1", qos=1)
        self.assertEqual(2, broker.value("mosquitto_publishes_received_total"))

    def test_sigterm_ends_the_broker_with_clients_connected(self):
        broker = brokers.Broker(self)
        mqtt.Client(self, broker.port, "sender").publish("a", b"1", qos=1)
        self.assertEqual(0, broker.stop())

    def test_threads_of_the_plugin_take_no_signal(self):
        broker = brokers.Broker(self)
        processes.fetch(broker.url + "/ready")  # starts the thread of the checks
        masks = {}
        for task in pathlib.Path(f"/proc/{broker.pid}/task").iterdir():
            status = (task / "status").read_text(encoding="utf-8")
            masks[int(task.name)] = int(next(line for line in status.splitlines() if "SigBlk" in line).split()[1], 16)
        del masks[broker.pid]
        self.assertTrue(masks)
        for mask in masks.values():
            for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2):
                self.assertTrue(mask >> (number - 1) & 1, number)

    def test_a_daemon_serves_its_page(self):
        folder = processes.folder_for(self)
        port, http = brokers.free_port(self), processes.held_address(self)
        lines = [*brokers.plugin_lines(http=http), f"listener {port} 127.0.0.1", "allow_anonymous true"]
        lines += [f"pid_file {folder}/pid", f"log_dest file {folder}/log"]
        configuration = brokers.write_configuration(folder, lines)
        subprocess.run([brokers.broker_program(), "-c", configuration, "-d"], check=True)
        pid = int(processes.wait_for(lambda: (folder / "pid").exists() and (folder / "pid").read_text(), "a pid file"))
        self.addCleanup(lambda: pathlib.Path(f"/proc/{pid}").exists() and os.kill(pid, signal.SIGKILL))
        processes.wait_for(lambda: "running" in (folder / "log").read_text(), "the listeners")
        mqtt.Client(self, port, "sender").publish("a", b"1", qos=1)
        self.assertEqual(1, pages.value(f"http://{http}", "mosquitto_publishes_received_total"))
        os.kill(pid, signal.SIGTERM)
        processes.wait_for(lambda: not pathlib.Path(f"/proc/{pid}/exe").exists(), "the end of the daemon")

    def test_a_listener_that_is_taken_ends_the_start_as_without_the_plugin(self):
        broker = brokers.Broker(self)
        listener = f"listener {broker.port} 127.0.0.1"
        code, log = run_broker(self, [*brokers.plugin_lines(), listener])
        plain, _ = run_broker(self, [listener])
        self.assertEqual(plain, code)
        self.assertIn("Address already in use", log)

    def test_per_listener_settings_are_warned_of(self):
        folder = processes.folder_for(self)
        seen, unseen = brokers.free_port(self), brokers.free_port(self)
        lines = ["per_listener_settings true", f"listener {seen} 127.0.0.1", "allow_anonymous true"]
        lines += [*brokers.plugin_lines(), f"listener {unseen} 127.0.0.1", "allow_anonymous true"]
        configuration = brokers.write_configuration(folder, lines)
        broker = processes.Process(self, [brokers.broker_program(), "-c", configuration])
        url = f"http://{broker.match('serving metrics at (.*)', 'stderr')[1]}"
        broker.match("mosquitto version .* running", "stderr")
        for port in (seen, unseen):
            mqtt.Client(self, port, f"sender-{port}").publish("a", b"1", qos=1)
        self.assertEqual(1, pages.value(url, "mosquitto_publishes_received_total"))
        self.assertEqual(200, processes.fetch(url + "/ready")[0])

        def is_told():
            # The absence of the loop is told some seconds later, with an event.
            mqtt.Client(self, seen, "another").disconnect()
            return any("per_listener_settings" in line for line in broker.stderr)

        processes.wait_for(is_told, "the warning")
        broker.match("per_listener_settings true, the figures are those of one listener", "stderr")
        self.assertEqual({}, pages.samples(url, "mosquitto_loop_silence_seconds"))


    def test_a_plugin_without_a_listener_is_never_ready(self):
        folder = processes.folder_for(self)
        port = brokers.free_port(self)
        lines = ["per_listener_settings true", *brokers.plugin_lines()]
        lines += [f"listener {port} 127.0.0.1", "allow_anonymous true"]
        configuration = brokers.write_configuration(folder, lines)
        broker = processes.Process(self, [brokers.broker_program(), "-c", configuration])
        url = f"http://{broker.match('serving metrics at (.*)', 'stderr')[1]}"
        broker.match("mosquitto version .* running", "stderr")
        mqtt.Client(self, port, "sender").publish("a", b"1", qos=1)
        self.assertEqual(0, pages.value(url, "mosquitto_publishes_received_total"))
        status, _, reason = processes.fetch(url + "/ready")
        self.assertEqual(503, status)
        self.assertIn("no event of the broker has reached the plugin", reason)


class Decisions(unittest.TestCase):
    """The same clients at a broker with the plugin and at one without it get the same answers."""

    def setUp(self):
        self.folder = processes.folder_for(self)
        self.passwords = self.folder / "passwords"
        command = [brokers.password_program(), "-b", "-c", self.passwords, "ann", "secret"]
        subprocess.run(command, check=True, capture_output=True)
        self.acl = self.folder / "acl"
        rights = "topic readwrite open/#\nuser ann\ntopic readwrite open/#\ntopic read in/#\n"
        self.acl.write_text(rights, encoding="utf-8")

    def answers(self, broker):
        def code(name, user=None):
            client = mqtt.Client(self, broker.port, name, user=user)
            return client, client.code

        anonymous, first = code("anonymous")
        found = [first, code("wrong", ("ann", "wrong"))[1], code("unknown", ("bob", "x"))[1]]
        ann, right = code("right", ("ann", "secret"))
        found += [right]
        if first == 0:
            found.append(anonymous.subscribe("open/a", "closed/a"))
            anonymous.publish("open/a", b"1", qos=1)
            anonymous.publish("closed/a", b"1", qos=1)
            found.append(anonymous.message())
            found.append(anonymous.messages_so_far())
        if right == 0:
            found.append(ann.subscribe("in/a", "open/b"))
            ann.publish("in/a", b"2", qos=1)
            ann.publish("open/b", b"2", qos=1)
            found.append(ann.message())
            found.append(ann.messages_so_far())
        return found

    def compare(self, *lines, options=()):
        plain = self.answers(brokers.Broker(self, *lines, plugin=False))
        broker = brokers.Broker(self, *lines, options=options)
        self.assertEqual(plain, self.answers(broker))
        return broker

    def test_are_the_same_for_every_client(self):
        self.compare()

    def test_are_the_same_with_an_acl_file_and_a_password_file(self):
        self.compare(f"acl_file {self.acl}", f"password_file {self.passwords}")

    def test_are_the_same_with_the_checks_and_their_files(self):
        broker = self.compare(
            f"acl_file {self.acl}", f"password_file {self.passwords}",
            options=["acl_checks with_acl_file", "auth_checks with_password_file"],
        )  # fmt: skip
        self.assertEqual(4, broker.value("mosquitto_acl_checks_total", access="subscribe"))
        self.assertEqual(4, broker.value("mosquitto_acl_checks_total", access="write"))
        self.assertEqual(2, broker.value("mosquitto_acl_checks_total", access="read"))

    def test_without_their_files_the_checks_refuse_what_was_allowed(self):
        """What the words with_acl_file and with_password_file warn of."""
        broker = brokers.Broker(self, options=["acl_checks with_acl_file"])
        refusals = "it refuses every subscription and drops every message"
        broker.match(f"the broker must have an acl_file: without one {refusals}", "stderr")
        client = mqtt.Client(self, broker.port, "client")
        self.assertEqual([REFUSED_SUBSCRIPTION], client.subscribe("a"))
        broker = brokers.Broker(self, options=["auth_checks with_password_file"])
        broker.match("must have a password_file: without one it refuses every user name", "stderr")
        self.assertNotEqual(0, mqtt.Client(self, broker.port, "client", user=("ann", "secret")).code)


class Authentication(unittest.TestCase):
    def test_connected_clients_are_none_when_all_have_left(self):
        folder = processes.folder_for(self)
        command = [brokers.password_program(), "-b", "-c", folder / "passwords", "ann", "secret"]
        subprocess.run(command, check=True, capture_output=True)
        broker = brokers.Broker(
            self, f"password_file {folder / 'passwords'}", options=["auth_checks with_password_file"]
        )
        clients = [mqtt.Client(self, broker.port, f"c{n}", user=("ann", "secret"), clean=n > 2) for n in range(5)]
        clients.append(mqtt.Client(self, broker.port, "anonymous"))
        mqtt.Client(self, broker.port, "wrong", user=("ann", "wrong"))
        self.assertEqual(7, broker.value("mosquitto_authentication_checks_total"))
        processes.wait_for(lambda: broker.value("mosquitto_clients_connected") == 6, "the refused one has left")
        os.kill(broker.pid, signal.SIGHUP)
        processes.wait_for(lambda: broker.value("mosquitto_authentication_checks_total") == 13, "checks of a reload")
        self.assertEqual(6, broker.value("mosquitto_clients_connected"))
        clients.append(mqtt.Client(self, broker.port, "c0", user=("ann", "secret"), clean=False))  # takes over
        for client in clients:
            client.cut()
        processes.wait_for(lambda: broker.value("mosquitto_clients_connected") == 0, "all have left")

    def test_a_reload_adds_no_client_that_is_away(self):
        folder = processes.folder_for(self)
        command = [brokers.password_program(), "-b", "-c", folder / "passwords", "ann", "secret"]
        subprocess.run(command, check=True, capture_output=True)
        broker = brokers.Broker(
            self, f"password_file {folder / 'passwords'}", options=["auth_checks with_password_file"]
        )
        mqtt.Client(self, broker.port, "away", user=("ann", "secret"), clean=False).disconnect()
        processes.wait_for(lambda: broker.value("mosquitto_clients_connected") == 0, "the client is offline")
        os.kill(broker.pid, signal.SIGHUP)
        processes.wait_for(lambda: broker.value("mosquitto_authentication_checks_total") == 2, "the check of a reload")
        self.assertEqual(0, broker.value("mosquitto_clients_connected"))
        here = mqtt.Client(self, broker.port, "here", user=("ann", "secret"))
        self.assertEqual(1, broker.value("mosquitto_clients_connected"))
        here.disconnect()
        processes.wait_for(lambda: broker.value("mosquitto_clients_connected") == 0, "all have left")


if __name__ == "__main__":
    unittest.main()
