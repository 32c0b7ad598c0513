#!/bin/bash
# Packages: Debian 12's python3-grpcio 1.51.1-3+b1 (gRPC's C++ core), downloaded and unpacked, not
#           installed.
#
# Guess:    unix-abstract:/a reaches the socket with the abstract name "/a", and what follows the
#           colon is percent-encoded. So unix-abstract:%2F%2Fa reaches the socket "//a".
# Instead:  no spelling reaches a name that begins with two slashes. unix-abstract:%2F%2Fa connects
#           to the socket with the empty name, and unix-abstract:%2F%2Fa/b to the socket "/b".
# Why:      the channel decodes the name, and then writes "unix-abstract://a/b" for its own use.
#           That is read as a URI again: "a" is its authority, and "/b" the name.
# Matters:  calls go to another program: any process of the machine may listen at the empty name, or
#           at "/b". Where none does, the error names the right socket, and says that it refuses the
#           connection.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
for package in python3-grpcio=1.51.1-3+b1 libabsl20220623 libc-ares2 libre2-9; do
  (apt-get download -qq "$package" && dpkg -x "${package%=*}"_*.deb unpacked) >log 2>&1 || { cat log; exit 1; }
done
cat >channel.py <<'END_PYTHON'
import os
import selectors
import socket
import sys

import grpc

# Which of some sockets a channel connects to.
target, *names = sys.argv[1:]
selector = selectors.DefaultSelector()
for name in names:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(b"\0" + name.encode())
    listener.listen()
    selector.register(listener, selectors.EVENT_READ, name)
grpc.channel_ready_future(grpc.insecure_channel(target))
reached = [f'"{key.data}"' for key, _ in selector.select(timeout=10)]
print(target, "reaches", *(reached or ["none"]), flush=True)
os._exit(0)
END_PYTHON
export PYTHONPATH=$dir/unpacked/usr/lib/python3/dist-packages
LD_LIBRARY_PATH=$(echo "$dir"/unpacked/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
unset grpc_proxy http_proxy https_proxy
name=finding-$$
{
  /usr/bin/python3 channel.py "unix-abstract:/$name" "/$name" ""
  /usr/bin/python3 channel.py "unix-abstract:%2F%2F$name" "//$name" ""
  /usr/bin/python3 channel.py "unix-abstract:////$name" "//$name" ""
  /usr/bin/python3 channel.py "unix-abstract:%2F%2F$name/b" "//$name/b" "/b"
} 2>log | sed "s/$name/NAME/g" | tee out
cat >expected <<'END_EXPECTED'
unix-abstract:/NAME reaches "/NAME"
unix-abstract:%2F%2FNAME reaches ""
unix-abstract:////NAME reaches ""
unix-abstract:%2F%2FNAME/b reaches "/b"
END_EXPECTED
if ! cmp -s out expected; then
  cat log
  echo "CHANGED: gRPC reaches other sockets by these names"
  exit 1
fi
echo "SEEN: a channel to an abstract name with two slashes connects to another socket"
