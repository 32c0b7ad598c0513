"""What clients should not send: each gets a clear answer, is counted where that says something, and breaks nothing."""

import socket
import struct
import subprocess
import unittest

import pages
import processes

REQUESTS = "streamhouse_agent_grpc_requests_total"


def varint(number):
    encoded = b""
    while number > 0x7F:
        encoded += bytes([number & 0x7F | 0x80])
        number >>= 7
    return encoded + bytes([number])


def field(number, value):
    """A protobuf field: a number as a varint, bytes with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def produce_request(topic, partition, *values):
    records = b"".join(field(3, field(2, value)) for value in values)
    return field(1, topic.encode()) + field(2, partition) + records


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        case = cls("run_nothing")
        cls.addClassCleanup(case.doCleanups)
        cls.agent = processes.Agent(case, processes.folder_for(case) / "data", "--topic", "orders:1")

    def run_nothing(self):
        """Owns what the class shares."""

    def tearDown(self):
        done = processes.run("produce", "--agent", self.agent.grpc, "--topic", "orders", stdin="fine\n")
        self.assertEqual("sent=1 acked=1 failed=0\n", done.stdout, "the agent does not work any more")
        self.assertEqual(200, processes.fetch(self.agent.url + "/ready")[0])

    def call(self, method, message):
        """The code of a gRPC call, made by curl; None when there was no response of gRPC's kind."""
        frame = b"\0" + struct.pack(">I", len(message)) + message
        command = ["curl", "--silent", "--http2-prior-knowledge", "--dump-header", "-", "--output", "/dev/null"]
        command += ["--header", "content-type: application/grpc", "--header", "te: trailers", "--data-binary", "@-"]
        command += [f"http://{self.agent.grpc}/streamhouse.v1.{method}"]
        done = subprocess.run(command, input=frame, capture_output=True, timeout=60, check=False)
        codes = [line.split(b":")[1] for line in done.stdout.splitlines() if line.lower().startswith(b"grpc-status:")]
        return int(codes[0]) if codes else None

    def count(self, method, code):
        return pages.value(self.agent.url, REQUESTS, method=method, code=code)

    def assert_refused(self, message, number, name):
        before = self.count("Produce", name)
        self.assertEqual(number, self.call("ProducerService/Produce", message))
        self.assertEqual(before + 1, self.count("Produce", name))

    def test_takes_a_good_request_made_by_hand(self):
        self.assert_refused(produce_request("orders", 0, b"good"), 0, "OK")

    def test_an_unknown_topic_is_not_found(self):
        self.assert_refused(produce_request("nowhere", 0, b"a"), 5, "NOT_FOUND")

    def test_a_partition_out_of_range_is_not_found(self):
        self.assert_refused(produce_request("orders", 7, b"a"), 5, "NOT_FOUND")

    def test_an_empty_batch_is_an_invalid_argument(self):
        self.assert_refused(produce_request("orders", 0), 3, "INVALID_ARGUMENT")

    def test_a_record_over_the_limit_is_an_invalid_argument(self):
        self.assert_refused(produce_request("orders", 0, b"x" * ((1 << 20) + 1)), 3, "INVALID_ARGUMENT")

    def test_a_topic_that_would_leave_the_folder_is_an_invalid_argument(self):
        before = self.count("CreateTopic", "INVALID_ARGUMENT")
        self.assertEqual(3, self.call("TopicService/CreateTopic", field(1, b"../../orders") + field(2, 1)))
        self.assertEqual(before + 1, self.count("CreateTopic", "INVALID_ARGUMENT"))

    def test_bytes_that_are_no_message_are_refused(self):
        self.assertNotIn(self.call("ProducerService/Produce", b"\xff\xff\xff"), (0, None))

    def test_a_method_that_does_not_exist_is_unimplemented(self):
        # gRPC answers before it has read the request, which curl, when it still sends, takes for a
        # broken connection.
        answers = (self.call("ProducerService/Nonsense", b"") for _ in range(20))
        self.assertEqual(12, next((code for code in answers if code is not None), None))

    def test_http_on_the_grpc_port_does_no_harm(self):
        self.send_raw(self.agent.grpc, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")

    def send_raw(self, address, request):
        """What comes back before the connection is closed."""
        host, port = address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=processes.DEADLINE_SECONDS) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while received := connection.recv(65536):
                answer += received
        return answer

    def status_of(self, request):
        first_line = self.send_raw(self.agent.http, request).split(b"\r\n", 1)[0]
        return int(first_line.split()[1]) if first_line else None

    def test_malformed_http_is_a_bad_request(self):
        for request in (b"\0\1\2\3\r\n\r\n", b"GET\r\n\r\n", b"GET /metrics HTTP/1.1\r\nno colon\r\n\r\n"):
            self.assertEqual(400, self.status_of(request), request)

    def test_a_path_that_climbs_out_is_not_found(self):
        for path in ("/../../etc/passwd", "/metrics/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd"):
            request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
            self.assertEqual(404, self.status_of(request), path)

    def test_an_unknown_path_is_not_found(self):
        self.assertEqual(404, processes.fetch(self.agent.url + "/nowhere")[0])

    def test_another_method_is_refused_with_a_list_of_allowed_ones(self):
        for method in ("POST", "PUT", "DELETE"):
            status, headers, _ = processes.fetch(self.agent.url + "/metrics", method=method)
            self.assertEqual((405, "GET, HEAD"), (status, headers["Allow"]))

    def test_a_header_without_end_is_cut_off(self):
        request = b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 1_000_000
        try:
            self.assertIn(self.status_of(request), (400, 431, None))
        except OSError:
            pass  # cut off while it was still being sent
