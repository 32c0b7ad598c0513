#!/bin/bash
# Packages: PyPI's grpcio 1.85.3 (gRPC's C++ core).
#
# Guess:    a channel to unix-abstract:metrics talks to the socket of that name on this machine. The
#           variables for an HTTP proxy (grpc_proxy, https_proxy, http_proxy) concern names and
#           addresses of the network, as for unix:/run/metrics.sock.
# Instead:  with grpc_proxy set the channel asks the proxy for "CONNECT metrics:443", a host that
#           does not exist, and never becomes ready. unix: is not affected. no_grpc_proxy=metrics
#           mends it.
# Matters:  an exporter that sends to a collector on the same machine by an abstract socket stops on
#           the day on which the machine gets a proxy for its other traffic. The error is of the
#           proxy, and names a host that is in no configuration.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install grpcio==1.85.3
cat >channel.py <<'END_PYTHON'
import os
import socket
import sys
import threading
from concurrent import futures

import grpc

# A proxy that keeps what it is asked for, and hangs up.
listener = socket.create_server(("127.0.0.1", 0))
asked = set()


def proxy():
    while True:
        connection, _ = listener.accept()
        asked.add(connection.recv(1000).split(b"\r\n")[0].decode())
        connection.close()


threading.Thread(target=proxy, daemon=True).start()
os.environ["grpc_proxy"] = f"http://127.0.0.1:{listener.getsockname()[1]}"
name = f"finding-{os.getpid()}"
target = sys.argv[1].replace("NAME", name)
if sys.argv[2:] == ["exempt"]:
    os.environ["no_grpc_proxy"] = name
server = grpc.server(futures.ThreadPoolExecutor(1))
server.add_insecure_port(target)
server.start()
channel = grpc.insecure_channel(target)
try:
    grpc.channel_ready_future(channel).result(timeout=5)
    state = "ready"
except grpc.FutureTimeoutError:
    state = "not ready"
print(*sys.argv[1:], f"- {state};", "the proxy was asked for:", *(sorted(asked) or ["nothing"]), flush=True)
os._exit(0)
END_PYTHON
unset http_proxy https_proxy no_proxy no_grpc_proxy
for arguments in unix:NAME unix-abstract:NAME 'unix-abstract:NAME exempt'; do
  # shellcheck disable=SC2086 # the arguments are words
  venv/bin/python channel.py $arguments 2>>log
done | sed 's/finding-[0-9]*/NAME/' | tee out
cat >expected <<'END_EXPECTED'
unix:NAME - ready; the proxy was asked for: nothing
unix-abstract:NAME - not ready; the proxy was asked for: CONNECT NAME:443 HTTP/1.1
unix-abstract:NAME exempt - ready; the proxy was asked for: nothing
END_EXPECTED
if ! cmp -s out expected; then
  cat log
  echo "CHANGED: channels to local sockets use the proxy in another way"
  exit 1
fi
echo "SEEN: a channel to an abstract Unix socket goes through the HTTP proxy"
