"""A relay of datagrams: keeps what a program sent, and passes it on."""

import socket
import threading

import processes

_DATAGRAM_BYTES_MAX = 65536


class _Relay:
    """Receives at `address` and sends to the address of a daemon, until an empty datagram comes."""

    def __init__(self, started, family, own, target):
        self.kept = []
        self._family, self._target = family, target
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        # A push comes at once, and the relay must lose nothing of it.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self._socket.bind(own)
        self._thread = threading.Thread(target=self._pass_on, daemon=True)
        self._thread.start()
        started.addCleanup(self._socket.close)
        started.addCleanup(self.finish)

    def _pass_on(self):
        with socket.socket(self._family, socket.SOCK_DGRAM) as out:
            while datagram := self._socket.recv(_DATAGRAM_BYTES_MAX):
                self.kept.append(datagram)
                out.sendto(datagram, self._target)

    @property
    def address(self):
        return self._socket.getsockname()

    def finish(self):
        """Returns when all that was sent before is kept and passed on."""
        if self._thread.is_alive():
            with socket.socket(self._family, socket.SOCK_DGRAM) as out:
                out.sendto(b"", self.address)
        self._thread.join()

    def lines(self):
        return sum(len(datagram.splitlines()) for datagram in self.kept)


class UdpRelay(_Relay):
    """To a port of loopback."""

    def __init__(self, started, port):
        super().__init__(started, socket.AF_INET, ("127.0.0.1", 0), ("127.0.0.1", port))

    @property
    def scheme(self):
        """What a line of ours begins with."""
        host, port = self.address
        return f"statsd://{host}:{port}"


class UnixRelay(_Relay):
    """To a Unix socket of the file system."""

    def __init__(self, started, path):
        own = processes.folder_for(started) / "relay.sock"
        super().__init__(started, socket.AF_UNIX, str(own), str(path))

    @property
    def scheme(self):
        return f"statsd+unix://{self.address}"


def free_port():
    """Of UDP, for a daemon that takes 0 for its default. No process holds it until the daemon does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def in_container(**environment):
    """A command that runs a program with these variables, in a cgroup namespace of its own as in a container."""
    variables = [f"{name}={value}" for name, value in environment.items()]
    return ("unshare", "--user", "--map-root-user", "--cgroup", "env", *variables)


def push_once(started, relay, options, around=()):
    """Runs a program whose only push is its last one; returns when the relay has passed it on.

    `around` is a command that runs the program.
    """
    program = started.start_process(f"{relay.scheme}?interval=1h&{options}", around=around)
    program.stdin.close()
    program.wait()
    relay.finish()
