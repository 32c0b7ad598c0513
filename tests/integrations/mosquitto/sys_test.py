"""Figures of $SYS through the plugin's own client, against what was sent to a real broker."""

import os
import signal
import subprocess
import unittest

import brokers
import mqtt
import processes

OFTEN = "sys_interval 1"


class Sys(unittest.TestCase):
    def start(self, *lines, options=(), port=None):
        port = port or brokers.free_port(self)
        options = [f"sys_client 127.0.0.1:{port}", *options]
        broker = brokers.Broker(self, OFTEN, *lines, options=options, port=port)
        return broker

    def wait_for(self, broker, name, number):
        def read():
            return broker.value(name) == number

        processes.wait_for(read, f"{name} is {number}, not {broker.value(name)}")

    def test_figures_come_with_their_true_meaning(self):
        broker = self.start()
        self.wait_for(broker, "mosquitto_sys_client_subscribed", 1)
        client = mqtt.Client(self, broker.port, "sender")
        mqtt.Client(self, broker.port, "away", clean=False).disconnect()
        for qos in (0, 1, 2):
            client.publish("a", b"12345", qos=qos)
            client.publish("a", b"12345", qos=qos, retain=True)
        client.settle()
        self.wait_for(broker, "mosquitto_sys_plain_publishes_received_total", 2)
        self.wait_for(broker, "mosquitto_sys_payload_received_bytes_total", 30)
        self.wait_for(broker, "mosquitto_sys_clients_connected", 2)
        self.wait_for(broker, "mosquitto_sys_sessions", 3)
        self.wait_for(broker, "mosquitto_sys_subscriptions", 1)
        self.assertGreater(broker.value("mosquitto_sys_retained_messages"), 1)
        self.assertGreater(broker.value("mosquitto_sys_packets_received_total"), 6)
        self.assertEqual(6, broker.value("mosquitto_publishes_received_total"))

    def test_the_client_does_not_publish(self):
        broker = self.start()
        self.wait_for(broker, "mosquitto_sys_client_subscribed", 1)
        self.assertEqual(0, broker.value("mosquitto_publishing_clients"))

    def test_a_user_and_a_password_may_be_needed(self):
        folder = processes.folder_for(self)
        command = [brokers.password_program(), "-b", "-c", folder / "passwords", "metrics", "secret"]
        subprocess.run(command, check=True, capture_output=True)
        (folder / "password").write_text("secret\n", encoding="utf-8")
        given = [f"password_file {folder / 'passwords'}"]
        user = ["sys_user metrics", f"sys_password_file {folder / 'password'}"]
        self.wait_for(self.start(*given, options=user), "mosquitto_sys_client_subscribed", 1)
        (folder / "password").write_text("wrong\n", encoding="utf-8")
        broker = self.start(*given, options=user)
        broker.match("plugin_opt_sys_client: the broker refuses the client: the client is not authorized", "stderr")
        self.assertEqual(0, broker.value("mosquitto_sys_client_subscribed"))

    def test_figures_go_while_the_broker_refuses_the_client_and_come_back(self):
        folder = processes.folder_for(self)

        def set_password(password):
            command = [brokers.password_program(), "-b", folder / "passwords", "metrics", password]
            subprocess.run(command, check=True, capture_output=True)

        (folder / "passwords").touch(mode=0o600)
        set_password("secret")
        (folder / "password").write_text("secret\n", encoding="utf-8")
        user = ["sys_user metrics", f"sys_password_file {folder / 'password'}"]
        broker = self.start(f"password_file {folder / 'passwords'}", options=user)
        processes.wait_for(lambda: broker.value("mosquitto_sys_clients_connected"), "a figure")
        set_password("other")
        os.kill(broker.pid, signal.SIGHUP)
        self.wait_for(broker, "mosquitto_sys_client_subscribed", 0)
        self.assertEqual({}, brokers.pages.samples(broker.url, "mosquitto_sys_clients_connected"))
        set_password("secret")
        os.kill(broker.pid, signal.SIGHUP)
        processes.wait_for(lambda: broker.value("mosquitto_sys_clients_connected"), "the figure again")

    def test_a_client_that_takes_its_session_over_loses_it_again(self):
        broker = self.start()
        self.wait_for(broker, "mosquitto_sys_client_subscribed", 1)
        failures = broker.value("mosquitto_sys_client_failures_total")
        own_id = broker.match("as (streamhouse_mosquitto_\\S+) ", "stderr")[1]
        mqtt.Client(self, broker.port, own_id).wait_for_end()
        self.assertEqual(failures + 1, broker.value("mosquitto_sys_client_failures_total"))
        self.wait_for(broker, "mosquitto_sys_client_subscribed", 1)

    def test_a_broker_with_the_client_ends_at_once(self):
        broker = self.start()
        self.wait_for(broker, "mosquitto_sys_client_subscribed", 1)
        self.assertEqual(0, broker.stop())

    def test_a_listener_that_is_not_there_is_told_once(self):
        broker = brokers.Broker(self, options=[f"sys_client {processes.held_address(self)}"])
        broker.match("plugin_opt_sys_client: cannot connect to", "stderr")
        self.assertEqual({}, brokers.pages.samples(broker.url, "mosquitto_sys_clients_connected"))


if __name__ == "__main__":
    unittest.main()
