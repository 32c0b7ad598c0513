"""Starts the program as its users do, and looks at it from outside. Only what Debian's python3 brings.

Everything that is started is ended with the test that started it, and lives below TEST_TMPDIR.
"""

import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from http.client import HTTPSConnection

BINARY = "apps/streamhouse"
DEADLINE_SECONDS = 60
_POLL_SECONDS = 0.05

# Under nohup, or behind an "&" of a script, programs would inherit that these are ignored.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)


def wait_for(condition, what, seconds=DEADLINE_SECONDS):
    """The first true value of condition(); an AssertionError that names `what` when none comes in time."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        pause.wait(_POLL_SECONDS)


def folder_for(test):
    """A new folder that is gone after the test."""
    folder = tempfile.TemporaryDirectory(dir=os.environ["TEST_TMPDIR"])
    test.addCleanup(folder.cleanup)
    return pathlib.Path(folder.name)


def run(*arguments, stdin="", seconds=DEADLINE_SECONDS):
    """Runs the program to its end; text in, text out."""
    command = [BINARY, *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=seconds, check=False)


class _Https(urllib.request.HTTPSHandler):
    """Shows and trusts the certificates of `context`; those of the system where there is none."""

    context = None

    def https_open(self, req):
        return self.do_open(HTTPSConnection, req, context=self.context)


HTTPS = _Https()
# Without a proxy, also where the environment names one.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}), HTTPS)


def fetch(url, headers=None, method="GET"):
    """(status, headers, body as text), also of a refusal."""
    request = urllib.request.Request(url, headers=headers or {}, method=method)
    try:
        with DIRECT.open(request, timeout=DEADLINE_SECONDS) as response:
            return response.status, response.headers, response.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.headers, refusal.read().decode()


def fetch_bytes(url, headers):
    """The body of a response."""
    with DIRECT.open(urllib.request.Request(url, headers=headers), timeout=DEADLINE_SECONDS) as response:
        return response.read()


class Process:
    """A process that runs until it is told to end, and what it has printed so far."""

    def __init__(self, test, command, stdin=subprocess.DEVNULL):
        self._test = test
        self._process = subprocess.Popen(
            list(map(str, command)), stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.stdin = self._process.stdin
        self._lines = {"stdout": [], "stderr": []}
        self._readers = [
            threading.Thread(target=self._read, args=(name, getattr(self._process, name)), daemon=True)
            for name in self._lines
        ]
        for reader in self._readers:
            reader.start()
        test.addCleanup(self.kill)

    def _read(self, name, stream):
        with stream:
            for line in stream:
                self._lines[name].append(line.rstrip("\n"))

    @property
    def stdout(self):
        return list(self._lines["stdout"])

    @property
    def stderr(self):
        return list(self._lines["stderr"])

    @property
    def pid(self):
        return self._process.pid

    def running(self):
        return self._process.poll() is None

    def match(self, pattern, stream="stdout"):
        """The first line that matches, as a match; waits for it."""

        def find():
            found = next((m for m in map(re.compile(pattern).search, list(self._lines[stream])) if m), None)
            if not found and not self.running():
                self._drain()
                raise AssertionError(f"ended with {self._process.returncode} before {pattern!r}: {self._lines}")
            return found

        return wait_for(find, f"{pattern!r} on {stream} of {self._process.args}")

    def _drain(self):
        for reader in self._readers:
            reader.join()

    def wait(self):
        """The exit code, when it ends by itself."""
        code = self._process.wait(timeout=DEADLINE_SECONDS)
        self._drain()
        return code

    def stop(self, with_signal=signal.SIGTERM):
        """The exit code after a signal."""
        self._process.send_signal(with_signal)
        return self.wait()

    def suspend(self):
        """Returns when no thread of it runs any more; a resume() comes at the latest with the end of the test."""
        self._process.send_signal(signal.SIGSTOP)
        self._test.addCleanup(self.resume)
        # The signal alone does not wait: on a busy machine a thread may still finish what it is at.
        os.waitid(os.P_PID, self.pid, os.WSTOPPED)

    def resume(self):
        self._process.send_signal(signal.SIGCONT)

    def kill(self):
        """Ends it with no chance to tidy up, if it still runs."""
        if self.running():
            self._process.kill()
        self.wait()
        with contextlib.suppress(AttributeError, BrokenPipeError):
            self.stdin.close()


class Streamhouse(Process):
    """`streamhouse ARGUMENTS`."""

    def __init__(self, test, *arguments, stdin=subprocess.DEVNULL):
        super().__init__(test, [BINARY, *arguments], stdin)


def held_address(test):
    """A loopback address that no other program gets until the test ends, whether a server listens there or not.

    It is bound and never listens, which does not disturb a server that sets SO_REUSEADDR, as the agent does.
    """
    held = socket.socket()
    test.addCleanup(held.close)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return f"127.0.0.1:{held.getsockname()[1]}"


class Agent(Streamhouse):
    """`streamhouse agent` that has said that it is ready; it may be started again at its address."""

    def __init__(self, test, data, *arguments, grpc=None, http="127.0.0.1:0"):
        grpc = grpc or held_address(test)
        super().__init__(test, "agent", "--data", data, "--grpc", grpc, "--http", http, *arguments)
        self.data = data
        self.match("^ready$")
        self.grpc = self.match("^grpc=(.*)")[1]
        self.http = self.match("^http=(.*)")[1]
        self.url = f"http://{self.http}"
