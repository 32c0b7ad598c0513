#!/bin/bash
# Packages: Debian 12's mosquitto 2.0.11, mosquitto-dev and libmosquitto-dev (downloaded and
#           unpacked, not installed), and the libraries that mosquitto needs; gcc, python3.
#
# Guess:    a plugin whose ACL callback always answers MOSQ_ERR_PLUGIN_DEFER decides nothing, so the
#           broker allows what it allows without the plugin.
# Instead:  a broker without an acl_file then refuses every subscription (0x80) and drops every
#           message. A publish of QoS 1 is still acknowledged, so its sender sees no error.
# Matters:  a plugin that only counts or logs checks seems harmless. It stops all traffic of a
#           broker that had no ACL, while the clients that publish report success.
set -euo pipefail
dir=$(mktemp -d)
broker=
trap '[ -z "$broker" ] || kill "$broker" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
(apt-get download -qq {mosquitto,mosquitto-dev,libmosquitto-dev}=2.0.11-1.2+deb12u2 \
  libcjson1=1.7.15-1+deb12u4 libdlt2=2.18.8-6 libwrap0=7.6.q-32 &&
  for package in *.deb; do dpkg -x "$package" debian; done) >log 2>&1 || { cat log; exit 1; }
LD_LIBRARY_PATH=$(find "$dir/debian" -type d -path '*/lib/*-linux-gnu' | paste -sd:)
export LD_LIBRARY_PATH

cat >plugin.c <<'END_C'
#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

static int defer(int event, void* data, void* user_data) {
  (void)event; (void)data; (void)user_data;
  return MOSQ_ERR_PLUGIN_DEFER;
}
int mosquitto_plugin_version(int count, const int* versions) {
  (void)count; (void)versions;
  return 5;
}
int mosquitto_plugin_init(mosquitto_plugin_id_t* id, void** user_data, struct mosquitto_opt* opts, int count) {
  (void)user_data; (void)opts; (void)count;
  return mosquitto_callback_register(id, MOSQ_EVT_ACL_CHECK, defer, NULL, NULL);
}
int mosquitto_plugin_cleanup(void* user_data, struct mosquitto_opt* opts, int count) {
  (void)user_data; (void)opts; (void)count;
  return MOSQ_ERR_SUCCESS;
}
END_C
gcc -shared -fPIC -Idebian/usr/include plugin.c -o plugin.so
chmod -R a+rX "$dir"

cat >client.py <<'END_PYTHON'
import socket
import struct
import sys


def text(value):
    return struct.pack("!H", len(value)) + value


def packet(first, body):
    return bytes([first, len(body)]) + body


def connect(client_id):
    connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10)
    connection.sendall(packet(0x10, text(b"MQTT") + b"\x04\x02\x00\x3c" + text(client_id)))
    assert connection.recv(4) == b"\x20\x02\x00\x00"
    return connection


receiver, sender = connect(b"receiver"), connect(b"sender")
receiver.sendall(packet(0x82, b"\x00\x01" + text(b"a") + b"\x00"))
code = receiver.recv(5)[4]
sender.sendall(packet(0x32, text(b"a") + b"\x00\x01hello"))
acknowledged = sender.recv(4) == b"\x40\x02\x00\x01"
receiver.sendall(b"\xc0\x00")
arrived = receiver.recv(100)
print(f"subscription {code:#04x}, publish", "acknowledged" if acknowledged else "refused", end=", ")
print("message arrived" if arrived[0] >> 4 == 3 else "no message")
END_PYTHON

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

try() {
  start_broker "$@"
  python3 client.py "$port" || cat log
  kill "$broker"
  wait "$broker" || true
  broker=
}
{
  printf 'without the plugin: '; try
  printf 'with it: '; try "plugin $dir/plugin.so"
  echo 'topic readwrite #' >acl
  printf 'with it and an acl_file: '; try "plugin $dir/plugin.so" "acl_file $dir/acl"
} | tee out
cat >expected <<'END_EXPECTED'
without the plugin: subscription 0x00, publish acknowledged, message arrived
with it: subscription 0x80, publish acknowledged, no message
with it and an acl_file: subscription 0x00, publish acknowledged, message arrived
END_EXPECTED
if ! cmp -s out expected; then
  echo "CHANGED: a plugin that defers every ACL check has another effect"
  exit 1
fi
echo "SEEN: a plugin that defers every ACL check stops a broker without an acl_file"
