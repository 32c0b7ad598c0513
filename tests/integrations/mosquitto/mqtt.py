"""A client of MQTT 3.1.1 and 5 that sends what it is told, packet by packet, also what a proper client would not."""

import socket
import struct
import threading

import processes

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = range(1, 8)
SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT = range(8, 15)

MQTT_311 = 4
MQTT_5 = 5


def _text(value):
    data = value.encode() if isinstance(value, str) else value
    return struct.pack("!H", len(data)) + data


def packet(kind, flags, body):
    """The bytes of one packet."""
    length, rest = b"", len(body)
    while True:
        rest, digit = rest // 128, rest % 128
        length += bytes([digit | (128 if rest else 0)])
        if not rest:
            return bytes([kind << 4 | flags]) + length + body


class Will:  # pylint: disable=too-few-public-methods
    def __init__(self, topic, payload, qos=0, retain=False):
        self.topic, self.payload, self.qos, self.retain = topic, payload, qos, retain


class Client:
    """A connection. Packets that arrive are kept by kind, until they are asked for."""

    def __init__(self, test, port, client_id=None, *, clean=True, will=None, user=None, version=MQTT_311):
        """Without `client_id`, a connection that sends no CONNECT. `user` is (name, password)."""
        self.version = version
        self._mid = 0
        self._arrived = []
        self._condition = threading.Condition()
        self._ended = False
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=processes.DEADLINE_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reader = threading.Thread(target=self._read_all, daemon=True)
        self._reader.start()
        test.addCleanup(self.cut)
        self.code = None
        if client_id is not None:
            self._connect(client_id, clean, will, user)

    def _connect(self, client_id, clean, will, user):
        flags = 2 * clean
        payload = _text(client_id)
        no_properties = b"\0" if self.version == MQTT_5 else b""
        if will:
            flags |= 4 | will.qos << 3 | will.retain << 5
            payload += no_properties + _text(will.topic) + _text(will.payload)
        if user:
            flags |= 0xC0
            payload += _text(user[0]) + _text(user[1])
        head = _text("MQTT") + bytes([self.version, flags]) + struct.pack("!H", 60)
        # A session outlives its connection in version 5 only if it says for how long.
        expiry = b"" if clean else b"\x11" + struct.pack("!I", 3600)
        properties = bytes([len(expiry)]) + expiry if self.version == MQTT_5 else b""
        self.send(packet(CONNECT, 0, head + properties + payload))
        self.code = self.take(CONNACK)[1][1]

    def send(self, data):
        self._socket.sendall(data)

    def _read_all(self):
        try:
            with self._socket.makefile("rb") as stream:
                while head := stream.read(1):
                    length, shift = 0, 0
                    while True:
                        digit = stream.read(1)[0]
                        length |= (digit & 127) << shift
                        shift += 7
                        if digit < 128:
                            break
                    body = stream.read(length)
                    with self._condition:
                        self._arrived.append((head[0] >> 4, head[0] & 15, body))
                        self._condition.notify_all()
        except (OSError, IndexError, ValueError):
            pass
        with self._condition:
            self._ended = True
            self._condition.notify_all()

    def take(self, kind):
        """(flags, body) of the next packet of a kind; waits for it."""

        def found():
            return next((item for item in self._arrived if item[0] == kind), None)

        with self._condition:
            self._condition.wait_for(lambda: found() or self._ended, processes.DEADLINE_SECONDS)
            item = found()
            if item is None:
                raise AssertionError(f"no packet of kind {kind} came; these did: {self._arrived}")
            self._arrived.remove(item)
        return item[1:]

    def next_mid(self):
        self._mid += 1
        return self._mid

    def publish_packet(self, topic, payload=b"", *, qos=0, retain=False, dup=False, mid=None):
        properties = b"\0" if self.version == MQTT_5 else b""
        body = _text(topic) + (struct.pack("!H", mid) if qos else b"") + properties + payload
        return packet(PUBLISH, dup << 3 | qos << 1 | retain, body)

    def publish(self, topic, payload=b"", *, qos=0, retain=False, dup=False, mid=None):
        """Through the whole handshake of its QoS. The packet id."""
        if qos and mid is None:
            mid = self.next_mid()
        self.send(self.publish_packet(topic, payload, qos=qos, retain=retain, dup=dup, mid=mid))
        if qos == 1:
            self.take(PUBACK)
        if qos == 2:
            self.take(PUBREC)
            self.release(mid)
        return mid

    def release(self, mid):
        """The second half of a message of QoS 2."""
        self.send(packet(PUBREL, 2, struct.pack("!H", mid)))
        self.take(PUBCOMP)

    def subscribe(self, *filters, qos=0):
        """The code of each filter."""
        properties = b"\0" if self.version == MQTT_5 else b""
        body = b"".join(_text(topic_filter) + bytes([qos]) for topic_filter in filters)
        self.send(packet(SUBSCRIBE, 2, struct.pack("!H", self.next_mid()) + properties + body))
        return list(self.take(SUBACK)[1][2 + len(properties) :])

    def unsubscribe(self, topic_filter):
        self.send(packet(UNSUBSCRIBE, 2, struct.pack("!H", self.next_mid()) + _text(topic_filter)))
        self.take(UNSUBACK)

    def message(self):
        """(topic, payload) of the next message of version 3.1.1; answers as its QoS wants."""
        flags, body = self.take(PUBLISH)
        size = struct.unpack("!H", body[:2])[0]
        topic, rest = body[2 : 2 + size].decode(), body[2 + size :]
        qos = flags >> 1 & 3
        if qos == 1:
            self.send(packet(PUBACK, 0, rest[:2]))
        if qos == 2:
            self.send(packet(PUBREC, 0, rest[:2]))
            self.take(PUBREL)
            self.send(packet(PUBCOMP, 0, rest[:2]))
        return topic, rest[2:] if qos else rest

    def messages_so_far(self):
        """How many messages have arrived that were not asked for, once the broker has done what it was told."""
        self.settle()
        with self._condition:
            return sum(item[0] == PUBLISH for item in self._arrived)

    def settle(self):
        """Returns when the broker has taken every packet before."""
        self.send(packet(PINGREQ, 0, b""))
        self.take(PINGRESP)

    def wait_for_end(self):
        """Until the broker has ended the connection."""
        with self._condition:
            if not self._condition.wait_for(lambda: self._ended, processes.DEADLINE_SECONDS):
                raise AssertionError("the broker has not ended the connection")

    def disconnect(self):
        """As a client that leaves."""
        self.send(packet(DISCONNECT, 0, b""))
        self.wait_for_end()
        self.cut()

    def cut(self):
        """As a client that dies."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._reader.join()
        self._socket.close()
