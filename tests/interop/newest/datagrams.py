"""A relay of datagrams: keeps what a program sent, and passes it on."""

import socket
import threading

_DATAGRAM_BYTES_MAX = 65536


class DatagramRelay:
    """Receives by UDP at `address` and sends to the port of a daemon on loopback, until an empty datagram comes."""

    def __init__(self, started, port):
        self.kept = []
        self._target = ("127.0.0.1", port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        # A push comes at once, and the relay must lose nothing of it.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._pass_on, daemon=True)
        self._thread.start()
        started.addCleanup(self._socket.close)
        started.addCleanup(self.finish)

    def _pass_on(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            while datagram := self._socket.recv(_DATAGRAM_BYTES_MAX):
                self.kept.append(datagram)
                out.sendto(datagram, self._target)

    def finish(self):
        """Returns when all that was sent before is kept and passed on."""
        if self._thread.is_alive():
            self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join()

    def lines(self):
        return sum(len(datagram.splitlines()) for datagram in self.kept)


def free_port():
    """Of UDP, for a daemon that takes 0 for its default. Nobody holds it until the daemon does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def push_once(started, relay, line):
    """Runs a program whose only push is its last one; returns when the relay has passed it on."""
    program = started.start_process(line)
    program.stdin.close()
    program.wait()
    relay.finish()
