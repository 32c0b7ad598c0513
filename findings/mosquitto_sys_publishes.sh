#!/bin/bash
# Packages: Debian 12's mosquitto 2.0.11 (downloaded and unpacked, not installed), and the libraries
#           that it needs; python3.
#
# Guess:    $SYS/broker/publish/messages/received is the number of PUBLISH messages that the broker
#           has received, as its manual says: 6 of 6, beside 30 bytes of payload.
# Instead:  of one message for each QoS, with and without the retain flag, it counts 2. Those of QoS
#           2 and retained ones are missing. publish/bytes/received has the payload of all 6.
# Matters:  exporters of Mosquitto show this figure as the rate of messages, and the bytes beside.
#           Where devices publish retained states or QoS 2, the rate is near zero, and bytes divided
#           by messages is a size that no message has.
set -euo pipefail
dir=$(mktemp -d)
broker=
trap '[ -z "$broker" ] || kill "$broker" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
(apt-get download -qq mosquitto=2.0.11-1.2+deb12u2 libcjson1=1.7.15-1+deb12u4 libdlt2=2.18.8-6 libwrap0=7.6.q-32 &&
  for package in *.deb; do dpkg -x "$package" debian; done) >log 2>&1 || { cat log; exit 1; }
LD_LIBRARY_PATH=$(find "$dir/debian" -type d -path '*/lib/*-linux-gnu' | paste -sd:)
export LD_LIBRARY_PATH
chmod -R a+rX "$dir"

# Another program may take the port before the broker listens: then another port is tried. A broker
# that does not start is a failure of the set-up, and no change of what is shown here.
start_broker() {
  local attempt
  for attempt in {1..5}; do
    port=$(python3 -c 'import socket; probe = socket.socket(); probe.bind(("127.0.0.1", 0)); print(probe.getsockname()[1])')
    { printf 'listener %s 127.0.0.1\nallow_anonymous true\n' "$port"; printf '%s\n' "$@"; } >mosquitto.conf
    debian/usr/sbin/mosquitto -c mosquitto.conf >log 2>&1 &
    broker=$!
    for _ in {1..100}; do
      if grep -q running log; then return; fi
      kill -0 "$broker" 2>/dev/null || break
      sleep 0.1
    done
    kill "$broker" 2>/dev/null || true
    wait "$broker" || true
    broker=
    grep -q 'Address already in use' log || break
  done
  cat log
  echo "no broker after $attempt attempts"
  exit 2
}
start_broker 'sys_interval 1'

cat >client.py <<'END_PYTHON'
import socket
import struct
import sys
import time


def text(value):
    return struct.pack("!H", len(value)) + value


def packet(first, body):
    return bytes([first, len(body)]) + body


def connect(client_id):
    connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10)
    connection.sendall(packet(0x10, text(b"MQTT") + b"\x04\x02\x00\x3c" + text(client_id)))
    assert connection.recv(4) == b"\x20\x02\x00\x00"
    return connection


def figures(until):
    """The figures of publish/, once one of them has its value or some intervals have passed."""
    found = {}
    reader = connect(b"reader")
    reader.sendall(packet(0x82, b"\x00\x01" + text(b"$SYS/broker/publish/#") + b"\x00"))
    stream = reader.makefile("rb")
    deadline = time.monotonic() + 8
    while time.monotonic() < deadline:
        first, length = stream.read(1)[0], stream.read(1)[0]
        body = stream.read(length)
        if first >> 4 == 3:
            size = struct.unpack("!H", body[:2])[0]
            found[body[2 : 2 + size].decode().removeprefix("$SYS/broker/publish/")] = int(body[2 + size :])
        if all(found.get(name) == value for name, value in until.items()):
            break
    return found


sender = connect(b"sender")
for qos in range(3):
    for retain in range(2):
        identifier = b"" if qos == 0 else bytes([0, 2 * qos + retain])
        sender.sendall(packet(0x30 | qos << 1 | retain, text(b"state") + identifier + b"12345"))
        if qos == 1:
            assert sender.recv(4)[0] == 0x40
        if qos == 2:
            assert sender.recv(4)[0] == 0x50
            sender.sendall(packet(0x62, identifier))
            assert sender.recv(4)[0] == 0x70
seen = figures({"bytes/received": 30})
print("6 messages of 5 bytes: messages/received", seen["messages/received"], "bytes/received", seen["bytes/received"])
END_PYTHON
python3 client.py "$port" | tee out
echo '6 messages of 5 bytes: messages/received 2 bytes/received 30' >expected
if ! cmp -s out expected; then
  cat log
  echo "CHANGED: publish/messages/received counts another number of messages"
  exit 1
fi
echo "SEEN: publish/messages/received leaves out retained messages and those of QoS 2"
