"""Stands between a program and a receiver, and keeps what was sent.

The first page, or the first push that is taken, is the one that counts: later scrapes get the same bytes again, and
later pushes the same answer, so that what a receiver holds is what was kept.
"""

import dataclasses
import gzip
import http.server
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import zlib

import processes
from decoders import wire


@dataclasses.dataclass(frozen=True)
class Kept:
    """`headers` came with the body."""

    headers: dict
    body: bytes
    asked: dict = dataclasses.field(default_factory=dict)  # by whom a page is asked for
    status: int = 200
    answer: bytes = b""

    @property
    def content_type(self):
        return self.headers.get("Content-Type", "")

    @property
    def coding(self):
        return self.headers.get("Content-Encoding", "none")

    def decoded(self):
        """The body without its compression."""
        return decompress(self.body, self.coding)


def decompress(body, coding):
    if coding == "gzip":
        return gzip.decompress(body)
    if coding == "deflate":
        return zlib.decompress(body)
    if coding == "zstd":
        return subprocess.run(["zstd", "-d", "-q", "-c"], input=body, stdout=subprocess.PIPE, check=True).stdout
    if coding == "snappy":
        return wire.unsnappy(body)
    return body


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):  # pylint: disable=arguments-differ
        """A peer that has ended is no error of ours."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(*_)


def _serve(test, handler):
    server = _Server(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    test.addCleanup(server.server_close)
    test.addCleanup(server.shutdown)
    return f"127.0.0.1:{server.server_port}"


def exchange(url, method, headers, body=None):
    """(status, headers, body) of the other side's answer, also of a refusal."""
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    try:
        with processes.DIRECT.open(request, timeout=processes.DEADLINE_SECONDS) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, dict(refusal.headers), refusal.read()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def body(self):
        if "Content-Length" in self.headers:
            return self.rfile.read(int(self.headers["Content-Length"]))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "connection", "transfer-encoding", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class PageRelay:
    """Serves at `address` the page of a program, as the first reader asked for it."""

    def __init__(self, test, source):
        self.kept = None
        lock = threading.Lock()
        relay = self

        class Handler(_Handler):
            def do_GET(self):  # pylint: disable=invalid-name
                with lock:
                    if relay.kept is None:
                        relay.kept = relay.fetch(source, self.headers)
                self.answer(200, relay.kept.headers, relay.kept.body)

        self.address = _serve(test, Handler)

    def fetch(self, source, asked):
        wanted = {name: asked[name] for name in ("Accept", "Accept-Encoding") if name in asked}
        status, headers, body = exchange(f"http://{source}/metrics", "GET", wanted)
        if status != 200:
            raise AssertionError(f"{status}: {body!r}")
        return Kept(headers, body, wanted)


def is_success(kept):
    return kept.status < 300


class PushRelay:
    """Takes pushes at `address` for the receiver at `target`, an address; keeps every exchange up to the last, which
    is the first success unless `is_last` tells.

    Without a target it answers 200 itself.
    """

    def __init__(self, test, target=None, is_last=is_success):
        self.exchanges = []
        self._is_last = is_last
        lock = threading.Lock()
        relay = self

        class Handler(_Handler):
            def take(self):
                body = self.body()
                with lock:
                    if not relay.kept:
                        relay.exchanges.append(relay.forward(self, target, body))
                    last = relay.exchanges[-1]
                self.answer(last.status, last.asked, last.answer)

            do_POST = do_PUT = take  # pylint: disable=invalid-name

        self.address = _serve(test, Handler)

    @staticmethod
    def forward(handler, target, body):
        headers = {name: value for name, value in handler.headers.items() if name.lower() not in ("host", "connection")}
        if target is None:
            return Kept(headers, body)
        # In chunks, if it came so.
        passed_on = body if "Content-Length" in headers else iter([body])
        status, answered, answer = exchange(f"http://{target}{handler.path}", handler.command, headers, passed_on)
        return Kept(headers, body, answered, status, answer)

    @property
    def kept(self):
        """The push that was taken; None before."""
        return self.exchanges[-1] if self.exchanges and self._is_last(self.exchanges[-1]) else None


def fallen_back(started, line, target):
    """The first push of remote write 1.0 that was taken, of a program that began with 2.0."""

    def is_last(kept):
        return is_success(kept) and "v2" not in kept.content_type

    push = PushRelay(started, target, is_last)
    started.start(line.format(push.address))
    processes.wait_for(lambda: push.kept, "a push of 1.0 is taken")
    if "v2" not in push.exchanges[0].content_type:
        raise AssertionError(f"it began with {push.exchanges[0].content_type}")
    return push.kept


def taken(started, line, target=None):
    """The push that was taken, of a program whose exporter has the line; `{}` in it is where it sends to.

    The first that was refused where none is taken.
    """
    push = PushRelay(started, target)
    started.start(line.format(push.address))
    processes.wait_for(lambda: push.exchanges, "a push is answered")
    return push.exchanges[-1]
