"""What was sent to a real broker, against what the plugin shows: equal, but for what each help text says is missing.

Every client of a test settles before the page is read: the broker is one thread, and has then counted all packets.
"""

import collections
import unittest

import brokers
import mqtt
import processes

RECEIVED = "mosquitto_publishes_received_total"
BY_PREFIX = "mosquitto_prefix_publishes_received_total"
BYTES_BY_PREFIX = "mosquitto_prefix_payload_received_bytes_total"


class Ledger:
    """Sends, and writes down what the families should say."""

    def __init__(self):
        self.by_kind = collections.Counter()
        self.by_prefix = collections.Counter()
        self.bytes_by_prefix = collections.Counter()

    def enter(self, topic, payload, qos=0, retain=False):
        kind = "no" if not retain else "set" if payload else "clear"
        self.by_kind[str(qos), kind] += 1
        prefix = topic.split("/")[0]
        self.by_prefix[prefix] += 1
        self.bytes_by_prefix[prefix] += len(payload)

    def publish(self, client, topic, payload=b"", qos=0, retain=False):
        client.publish(topic, payload, qos=qos, retain=retain)
        self.enter(topic, payload, qos, retain)

    def check(self, test, broker):
        for family in (RECEIVED, BY_PREFIX, BYTES_BY_PREFIX, "mosquitto_publish_payload_bytes_count"):
            test.assertNotEqual({}, brokers.pages.samples(broker.url, family), family)
        read = broker_pairs(broker)
        test.assertEqual(dict(self.by_kind), read)
        test.assertEqual(dict(self.by_prefix), broker.values(BY_PREFIX, "prefix"))
        bytes_sent = {prefix: size for prefix, size in self.bytes_by_prefix.items() if size}
        test.assertEqual(bytes_sent, broker.values(BYTES_BY_PREFIX, "prefix"))
        test.assertEqual(sum(self.by_kind.values()), broker.value("mosquitto_publish_payload_bytes_count"))
        test.assertEqual(sum(self.bytes_by_prefix.values()), broker.value("mosquitto_publish_payload_bytes_sum"))


def broker_pairs(broker):
    """{(qos, retain): value} without zeros."""
    samples = brokers.pages.samples(broker.url, RECEIVED)
    return {(dict(p)["qos"], dict(p)["retain"]): number for p, number in samples.items() if number}


class Received(unittest.TestCase):
    def setUp(self):
        self.ledger = Ledger()

    def test_every_qos_and_retained_message_counts_once(self):
        broker = brokers.Broker(self)
        for version in (mqtt.MQTT_311, mqtt.MQTT_5):
            client = mqtt.Client(self, broker.port, f"sender-{version}", version=version)
            for number in range(30):
                topic, payload = f"area{number % 4}/x", b"." * number
                self.ledger.publish(client, topic, payload, qos=number % 3, retain=number % 2 == 0)
            client.settle()
        self.ledger.check(self, broker)

    def test_a_packet_that_is_sent_again_counts_again(self):
        broker = brokers.Broker(self)
        receiver = mqtt.Client(self, broker.port, "receiver")
        receiver.subscribe("a/#", qos=2)
        for qos in (1, 2):
            for dup in (False, True, True):
                # As a client does whose connection broke before the response.
                client = mqtt.Client(self, broker.port, "sender", clean=False)
                client.send(client.publish_packet("a/b", b"xyz", qos=qos, dup=dup, mid=qos))
                client.take(mqtt.PUBACK if qos == 1 else mqtt.PUBREC)
                self.ledger.enter("a/b", b"xyz", qos)
                client.cut()
        mqtt.Client(self, broker.port, "sender", clean=False).release(2)
        self.ledger.check(self, broker)
        # A message of QoS 2 is delivered once all the same, one of QoS 1 each time.
        self.assertEqual(["a/b"] * 4, [receiver.message()[0] for _ in range(4)])
        self.assertEqual(0, receiver.messages_so_far())

    def test_a_will_is_missing(self):
        broker = brokers.Broker(self)
        receiver = mqtt.Client(self, broker.port, "receiver")
        receiver.subscribe("last/#")
        client = mqtt.Client(self, broker.port, "sender", will=mqtt.Will("last/words", b"bye", qos=1))
        self.ledger.publish(client, "a/b", b"1")
        client.settle()
        client.cut()
        self.assertEqual(("last/words", b"bye"), receiver.message())
        self.ledger.check(self, broker)

    def test_a_packet_that_is_too_large_is_missing(self):
        broker = brokers.Broker(self, "message_size_limit 100")
        client = mqtt.Client(self, broker.port, "sender")
        self.ledger.publish(client, "a/b", b"." * 100)
        client.publish("a/b", b"." * 101, qos=1)
        client.publish("a/b", b"." * 101, qos=0)
        client.settle()
        self.ledger.check(self, broker)

    def test_a_packet_that_the_acl_refuses_is_missing(self):
        folder = processes.folder_for(self)
        (folder / "acl").write_text("topic readwrite open/#\n", encoding="utf-8")
        broker = brokers.Broker(self, f"acl_file {folder / 'acl'}")
        client = mqtt.Client(self, broker.port, "sender")
        self.ledger.publish(client, "open/b", b"1", qos=1)
        client.publish("closed/b", b"1", qos=1)
        client.settle()
        self.ledger.check(self, broker)

    def test_topics_of_the_broker_are_missing(self):
        broker = brokers.Broker(self)
        client = mqtt.Client(self, broker.port, "sender")
        receiver = mqtt.Client(self, broker.port, "receiver")
        receiver.subscribe("$SYS/#")
        self.assertTrue(receiver.message()[0].startswith("$SYS/"))
        client.publish("$CONTROL/dynamic-security/v1", b"{}", qos=1)
        self.ledger.publish(client, "a/b", b"1", qos=1)
        client.settle()
        self.ledger.check(self, broker)

    def test_a_session_that_is_taken_over_or_resumed_counts_on(self):
        broker = brokers.Broker(self)
        for round_number in range(3):
            first = mqtt.Client(self, broker.port, "device", clean=False)
            first.subscribe("in/#", qos=1)
            self.ledger.publish(first, "a/b", b"12", qos=1)
            second = mqtt.Client(self, broker.port, "device", clean=False)
            first.wait_for_end()
            self.ledger.publish(second, "a/b", b"34", qos=2)
            self.assertEqual(1, broker.value("mosquitto_publishing_clients"), round_number)
            second.cut()
        processes.wait_for(lambda: broker.value("mosquitto_publishing_clients") == 0, "no client publishes")
        self.ledger.check(self, broker)

    def test_a_bridge_counts_what_it_brings(self):
        remote = brokers.Broker(self)
        bridge = [f"connection c\naddress 127.0.0.1:{remote.port}\ntopic # both 1\nrestart_timeout 1"]
        local = brokers.Broker(self, *bridge)
        receiver = mqtt.Client(self, local.port, "receiver")
        receiver.subscribe("from/#")
        sender = mqtt.Client(self, remote.port, "sender")
        # Messages before the bridge has subscribed do not arrive; the retained one shows that it
        # has.
        sender.publish("from/remote", b"retained", qos=1, retain=True)
        self.assertEqual(("from/remote", b"retained"), receiver.message())
        for number in range(5):
            sender.publish("from/remote", str(number).encode(), qos=1)
        self.assertEqual([b"0", b"1", b"2", b"3", b"4"], [receiver.message()[1] for _ in range(5)])
        self.assertEqual(6, local.values(BY_PREFIX, "prefix")["from"])
        self.assertEqual(1, local.value("mosquitto_publishing_clients"))
        remote.kill()
        processes.wait_for(lambda: local.value("mosquitto_publishing_clients") == 0, "the bridge has left")

    def test_a_broker_that_is_killed_starts_at_zero_with_its_retained_messages(self):
        folder = processes.folder_for(self)
        keep = ["persistence true", f"persistence_location {folder}/"]
        keep += ["autosave_interval 1", "autosave_on_changes true"]
        broker = brokers.Broker(self, *keep)
        client = mqtt.Client(self, broker.port, "sender")
        client.publish("a/b", b"kept", qos=1, retain=True)
        client.publish("a/c", b"kept", qos=1, retain=True)
        processes.wait_for((folder / "mosquitto.db").exists, "the database")
        broker.kill()
        again = brokers.Broker(self, *keep, port=broker.port)
        receiver = mqtt.Client(self, again.port, "receiver")
        receiver.subscribe("a/#")
        self.assertEqual(b"kept", receiver.message()[1])
        self.ledger.check(self, again)
        sender = mqtt.Client(self, again.port, "sender")
        self.ledger.publish(sender, "a/b", b"new", qos=1)
        self.ledger.check(self, again)


class Connections(unittest.TestCase):
    ENDED = "mosquitto_connections_ended_total"

    def setUp(self):
        self.broker = brokers.Broker(self)

    def ended(self, **labels):
        return self.broker.value(self.ENDED, **labels)

    def wait_for_ended(self, number, **labels):
        processes.wait_for(lambda: self.ended(**labels) == number, f"{number} have ended: {labels}")

    def test_one_without_a_connect_is_of_no_client(self):
        mqtt.Client(self, self.broker.port).cut()
        self.wait_for_ended(1, client="none")
        self.assertEqual(0, self.ended(client="identified"))

    def test_a_refused_connect_is_of_no_client(self):
        refused = mqtt.Client(self, self.broker.port, "", clean=False)
        self.assertEqual(2, refused.code)
        refused.wait_for_end()
        self.wait_for_ended(1, client="none")

    def test_each_way_to_leave_counts_once(self):
        mqtt.Client(self, self.broker.port, "a").disconnect()
        self.wait_for_ended(1, client="identified")
        mqtt.Client(self, self.broker.port, "b").cut()
        self.wait_for_ended(2, client="identified")
        first = mqtt.Client(self, self.broker.port, "c")
        second = mqtt.Client(self, self.broker.port, "c")
        first.wait_for_end()
        second.settle()
        self.wait_for_ended(3, client="identified")

    def test_a_stored_session_that_is_resumed_counts_twice(self):
        mqtt.Client(self, self.broker.port, "kept", clean=False).disconnect()
        self.wait_for_ended(1, client="identified")
        mqtt.Client(self, self.broker.port, "kept", clean=False).disconnect()
        self.wait_for_ended(3, client="identified")

    def test_publishing_clients_are_none_when_all_have_left(self):
        clients = [mqtt.Client(self, self.broker.port, f"c{number}", clean=number % 2 == 0) for number in range(20)]
        for client in clients:
            for _ in range(3):
                client.publish("a", b"1", qos=1)
        self.assertEqual(20, self.broker.value("mosquitto_publishing_clients"))
        for number, client in enumerate(clients):
            (client.disconnect if number % 3 else client.cut)()
        processes.wait_for(lambda: self.broker.value("mosquitto_publishing_clients") == 0, "all have left")


if __name__ == "__main__":
    unittest.main()
