"""The examples run, and do what their first lines say."""

import gzip
import http.client
import http.server
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import unittest
import urllib.request

import pages
import processes


def receive_posts(test, bodies):
    """The address of an HTTP server that keeps what it is sent, until the test ends."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):  # pylint: disable=invalid-name
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):  # pylint: disable=arguments-differ
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    test.addCleanup(server.server_close)
    test.addCleanup(server.shutdown)
    return f"127.0.0.1:{server.server_port}"


def start_nats(test, address):
    """A NATS server at the address, once it takes connections."""
    program = os.environ.get("STREAMHOUSE_NATS")
    test.assertTrue(program, "STREAMHOUSE_NATS is not set: run this through tools/test, which unpacks a server")
    host, port = address.split(":")
    server = processes.Process(test, [program, "--addr", host, "--port", port])
    server.match("Server is ready", "stderr")
    return server


class Examples(unittest.TestCase):
    def start(self, name, *arguments):
        return processes.Process(self, [f"examples/{name}", *arguments], stdin=subprocess.PIPE)

    def send(self, process, text):
        process.stdin.write(text)
        process.stdin.flush()

    def bytes_of(self, url, request):
        """All that comes back for a request; an HTTP library would drop a wrong body of HEAD."""
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as connection:
            connection.sendall(request.encode())
            return connection.makefile("rb").read()

    def end(self, process):
        process.stdin.close()
        self.assertEqual(0, process.wait())

    def test_first_page_counts_the_characters_of_its_input(self):
        example = self.start("first_page")
        url = example.match("^(http://.*)/metrics$")[1]
        self.send(example, "12345")
        processes.wait_for(lambda: pages.value(url, "characters_read_total", source="stdin") == 5, "5 characters")
        self.end(example)

    def test_first_page_in_c_counts_the_characters_of_its_input(self):
        example = self.start("first_page_in_c")
        url = "http://" + example.match("^prometheus://(.*)$")[1]
        self.send(example, "12345")
        processes.wait_for(lambda: pages.value(url, "characters_read_total", source="stdin") == 5, "5 characters")
        self.end(example)

    def test_own_server_serves_pages_while_a_client_sends_half_a_request(self):
        example = self.start("own_server")
        url = example.match("^(http://.*)/metrics$")[1]
        slow = socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])))
        self.addCleanup(slow.close)
        slow.sendall(b"GET /metrics HT")
        self.send(example, "a\nb\n")
        processes.wait_for(lambda: pages.value(url, "broker_messages_total") == 2, "2 messages")
        # The slow one, and that of the scrape.
        self.assertEqual(2, pages.value(url, "streamhouse_exporter_connections"))
        self.assertLess(0, pages.value(url, "streamhouse_exporter_scrapes_total", code="200"))
        slow.sendall(b"TP/1.1\r\n\r\n")
        self.assertTrue(slow.makefile("rb").read().endswith(b"\r\n0\r\n\r\n"))
        self.end(example)

    def test_own_server_compresses_and_answers_head_and_what_is_wrong(self):
        example = self.start("own_server")
        url = example.match("^(http://.*)/metrics$")[1]
        request = urllib.request.Request(url + "/metrics", headers={"Accept-Encoding": "gzip"})
        with processes.DIRECT.open(request) as response:
            self.assertIn(b"\nbroker_messages_total 0\n", gzip.decompress(response.read()))
        for path in ("/metrics", "/ready"):
            answer = self.bytes_of(url, f"HEAD {path} HTTP/1.1\r\n\r\n")
            self.assertRegex(answer, rb"^HTTP/1\.1 200 OK\r\nContent-Type: text/plain[^\r]*\r\n")
            self.assertEqual(len(answer), answer.index(b"\r\n\r\n") + 4, "no body")
        self.assertEqual(404, processes.fetch(url + "/other")[0])
        self.assertEqual(405, processes.fetch(url + "/metrics", method="POST")[0])
        self.end(example)

    def test_microhttpd_server_serves_what_routes_answer(self):
        example = self.start("microhttpd_server")
        url = example.match("^(http://.*)/metrics$")[1]
        self.send(example, "a\nb\n")
        processes.wait_for(lambda: pages.value(url, "broker_messages_total") == 2, "2 messages")
        gzipped = urllib.request.Request(url + "/metrics?name[]=broker_*", headers={"Accept-Encoding": "gzip"})
        with processes.DIRECT.open(gzipped) as response:
            page = gzip.decompress(response.read()).decode()
        self.assertIn("\nbroker_messages_total 2\n", page)
        self.assertNotIn("streamhouse_", page, "the query is passed on")
        for path in ("/metrics", "/ready"):
            answer = self.bytes_of(url, f"HEAD {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            self.assertRegex(answer, rb"^HTTP/1\.1 200 OK\r\n")
            self.assertEqual(len(answer), answer.index(b"\r\n\r\n") + 4, "no body")
        self.assertEqual(404, processes.fetch(url + "/other")[0])
        self.assertEqual(405, processes.fetch(url + "/metrics", method="POST")[0])
        self.end(example)

    def test_microhttpd_server_keeps_a_connection_for_the_next_scrape(self):
        example = self.start("microhttpd_server")
        url = example.match("^(http://.*)/metrics$")[1]
        connection = http.client.HTTPConnection(url.removeprefix("http://"))
        self.addCleanup(connection.close)
        for method, body, code in (("GET", None, 200), ("POST", b"x" * 100000, 405), ("GET", None, 200)):
            connection.request(method, "/metrics", body)
            socket_before = connection.sock
            response = connection.getresponse()
            self.assertEqual(code, response.status)
            response.read()
            self.assertIs(socket_before, connection.sock)
        self.end(example)

    def test_microhttpd_server_counts_its_connections(self):
        example = self.start("microhttpd_server")
        url = example.match("^(http://.*)/metrics$")[1]
        slow = socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])))
        slow.sendall(b"GET /metrics HT")
        # The slow one, and that of the scrape.
        shown = "streamhouse_exporter_connections"
        processes.wait_for(lambda: pages.value(url, shown) == 2, "2 connections")
        slow.close()
        processes.wait_for(lambda: pages.value(url, shown) == 1, "1 connection")
        self.end(example)

    def test_nats_client_shows_what_libnats_counts(self):
        address = processes.held_address(self)
        start_nats(self, address)
        example = self.start("nats_client", f"nats://{address}", "orders")
        url = "http://" + example.match("^prometheus://(.*)$")[1]
        self.assertEqual(1, pages.value(url, "nats_client_connected"))
        self.send(example, "two apples\n")
        processes.wait_for(lambda: pages.value(url, "nats_client_received_messages_total") == 1, "the message")
        self.assertEqual(1, pages.value(url, "nats_client_published_messages_total"))
        self.assertEqual(len("two apples"), pages.value(url, "nats_client_published_bytes_total"))
        self.assertEqual(len("two apples"), pages.value(url, "nats_client_received_bytes_total"))
        self.assertEqual(0, pages.value(url, "nats_client_reconnects_total"))
        self.end(example)

    def test_nats_client_shows_that_its_server_was_unreachable(self):
        address = processes.held_address(self)
        server = start_nats(self, address)
        example = self.start("nats_client", f"nats://{address}", "orders")
        url = "http://" + example.match("^prometheus://(.*)$")[1]
        server.kill()
        processes.wait_for(lambda: pages.value(url, "nats_client_connected") == 0, "the end of the connection")
        start_nats(self, address)
        processes.wait_for(lambda: pages.value(url, "nats_client_connected") == 1, "the next connection")
        self.assertEqual(1, pages.value(url, "nats_client_reconnects_total"))
        self.end(example)

    def test_nats_client_says_that_no_server_is_there(self):
        example = self.start("nats_client", "nats://ann:secret@127.0.0.1:1", "orders")
        self.assertEqual(1, example.wait())
        self.assertEqual(["No server available for connection"], example.stderr)

    def test_instrumented_broker_shows_messages_depth_and_latency_and_why_it_is_not_ready(self):
        example = self.start("instrumented_broker")
        url = example.match("^(http://.*)/metrics$")[1]
        self.assertEqual(200, processes.fetch(url + "/ready")[0])
        self.send(example, "orders a\norders b\nreturns c\n")
        processes.wait_for(lambda: pages.value(url, "broker_append_seconds_count") == 3, "3 messages")
        self.assertEqual(2, pages.value(url, "broker_messages_total", topic="orders"))
        self.assertEqual(3, pages.value(url, "broker_queue_messages"))
        self.send(example, "quit\n")
        processes.wait_for(lambda: processes.fetch(url + "/ready")[0] == 503, "not ready")
        self.assertIn("quitting", processes.fetch(url + "/ready")[2])
        self.end(example)

    def test_orders_come_back_from_an_embedded_agent(self):
        example = self.start("embedded_agent", processes.folder_for(self) / "data")
        url = example.match("^(http://.*)/ready$")[1]
        self.assertEqual(200, processes.fetch(url + "/ready")[0])
        orders = self.start("orders", example.match(r"^127\.0\.0\.1:\d+$")[0])
        self.assertEqual(0, orders.wait(), orders.stderr)
        self.assertRegex("\n".join(orders.stdout), r"^sent to orders/\d at 0\ngot two apples$")
        self.assertEqual(1, pages.value(url, "streamhouse_agent_records_written_total"))
        self.assertEqual(1, pages.value(url, "shop_build_info"), "of another registry")
        self.assertEqual(1, pages.value(url, "target_info", service_name="shop"))
        self.end(example)

    def test_custom_exporter_runs_beside_a_built_in_one(self):
        example = self.start("custom_exporter", "prometheus://:0", "count://families")
        self.assertEqual(0, example.wait(), example.stderr)
        self.assertRegex(example.stdout[0], r"^started prometheus://127\.0\.0\.1:[1-9]\d*$")
        self.assertEqual("started families", example.stdout[1])
        self.assertRegex(example.stdout[2], r"^families: [1-9]\d*$")

    def test_custom_exporter_names_what_is_bad_about_a_spec(self):
        example = self.start("custom_exporter", "cuont://families")
        self.assertEqual(1, example.wait())
        wrong = r"^exporter cuont://families: there is no scheme cuont; there are count, .*prometheus, .*, textfile$"
        self.assertRegex("\n".join(example.stderr), wrong)

    def test_invoices_begin_only_where_they_are_told_to(self):
        folder = processes.folder_for(self)
        agent = self.start("embedded_agent", folder / "data").match(r"^127\.0\.0\.1:\d+$")[0]
        self.assertEqual(0, self.start("orders", agent).wait())
        refused = self.start("invoices", agent, folder)
        self.assertEqual(1, refused.wait())
        self.assertIn("no committed offset to continue from", "\n".join(refused.stderr))
        invoices = self.start("invoices", agent, folder, "first")
        written = pathlib.Path(invoices.match("^wrote (.*)$")[1])
        self.assertEqual("two apples", written.read_text(encoding="utf-8"))
        describe = ("groups", "describe", "--agent", agent, "--group", "invoices")
        processes.wait_for(lambda: re.search(r"\b1\b", processes.run(*describe).stdout), "the commit")
        invoices.kill()

    def test_clicks_are_sent_or_counted_as_lost(self):
        example = self.start("embedded_agent", processes.folder_for(self) / "data")
        url = example.match("^(http://.*)/ready$")[1]
        clicks = self.start("clicks", example.match(r"^127\.0\.0\.1:\d+$")[0])
        self.send(clicks, "home\ncart\n")
        clicks.stdin.close()
        sent, lost = map(int, clicks.match(r"^sent=(\d+) lost=(\d+)$").groups())
        self.assertEqual(2, sent + lost)
        self.assertEqual(sent, pages.value(url, "streamhouse_agent_records_written_total", topic="clicks"))
        self.end(example)

    def test_one_thread_counts_lines_and_serves_its_page(self):
        example = self.start("one_thread")
        url = example.match("^(http://.*)/metrics$")[1]
        with socket.create_connection(("127.0.0.1", int(example.match(r"^\d+$")[0]))) as client:
            client.sendall(b"a\nb\n")
            processes.wait_for(lambda: pages.value(url, "lines_total") == 2, "2 lines")
        self.assertEqual(0, example.stop())

    def test_rdkafka_consumer_shows_its_lag(self):
        # The cluster is librdkafka's own, in the process of the consumer; it makes topics of four
        # partitions.
        settings = ("test.mock.num.brokers=1", "group.id=billing", "auto.offset.reset=earliest", "log_level=0")
        example = self.start("rdkafka_consumer", "orders", "allow.auto.create.topics=true", *settings)
        url = example.match("^(http://.*)/metrics$")[1]
        lags = processes.wait_for(lambda: pages.samples(url, "streamhouse_consumer_lag_records"), "lags")
        self.assertEqual({0}, set(lags.values()))
        self.assertEqual(0, example.stop(signal.SIGINT))

    def test_rdkafka_consumer_shows_what_librdkafka_says(self):
        for setting, line in (
            ("test.mock.num.brokers=1", "^MOCK: "),
            ("bootstrap.servers=127.0.0.1:1", "^error: .*Connection refused"),
        ):
            with self.subTest(line):
                example = self.start("rdkafka_consumer", "orders", "group.id=billing", setting)
                example.match("^http://")
                example.match(line, "stderr")
                self.assertEqual(0, example.stop(signal.SIGTERM))

    def test_otlp_push_sends_names_with_dots_at_its_end(self):
        bodies = []
        receiver = receive_posts(self, bodies)
        example = self.start("otlp_push", f"otlp+http://{receiver}?encoding=json")
        self.send(example, "12345")
        self.end(example)
        self.assertIn('"name":"http.server.request.duration"', bodies[-1])
        self.assertIn('"count":"5"', bodies[-1])

    def test_orders_says_that_no_agent_is_there(self):
        orders = self.start("orders", "127.0.0.1:1")
        self.assertEqual(1, orders.wait())
        self.assertEqual(["cannot reach an agent at 127.0.0.1:1"], orders.stderr)


class Readme(unittest.TestCase):
    page = pathlib.Path("README.md").read_text(encoding="utf-8")

    def block(self, language):
        return re.search(rf"```{language}\n(.*?)```", self.page, re.DOTALL)[1]

    def test_shows_the_first_example_as_it_is(self):
        self.assertEqual(pathlib.Path("examples/first_page.cc").read_text(encoding="utf-8"), self.block("cpp"))

    def test_shows_the_workspace_of_the_example_for_bazel(self):
        workspace, targets = (
            pathlib.Path("examples/bazel", name).read_text(encoding="utf-8") for name in ("WORKSPACE", "BUILD.bazel")
        )
        workspace = workspace.replace('"../.."', '"../streamhouse"')
        self.assertEqual(f"# WORKSPACE\n{workspace}\n# BUILD.bazel\n{targets}", self.block("python"))
