"""`streamhouse produce`: a record a line, and the truth about each."""

import array
import contextlib
import fcntl
import functools
import os
import re
import signal
import subprocess
import termios
import threading
import time
import unittest

import pages
import processes

RECORD_BYTES_MAX = 1 << 20


class ProduceCommand(unittest.TestCase):
    def setUp(self):
        self.folder = processes.folder_for(self)
        self.agent = processes.Agent(self, self.folder / "data", "--topic", "orders:2")

    def produce(self, *arguments, stdin=""):
        return processes.run("produce", "--agent", self.agent.grpc, "--topic", "orders", *arguments, stdin=stdin)

    def consume(self):
        return processes.run(
            "consume", "--agent", self.agent.grpc, "--topic", "orders", "--group", "check", "--exit-at-end"
        ).stdout

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def assert_sent(self, done, sent):
        self.assertEqual((0, f"sent={sent} acked={sent} failed=0\n", ""), (done.returncode, done.stdout, done.stderr))

    def test_sends_each_line_of_stdin(self):
        self.assert_sent(self.produce(stdin="a\n\nb b\nlast"), 4)
        self.assertEqual(sorted(["a", "", "b b", "last"]), sorted(self.consume().splitlines()))

    def test_sends_each_line_of_its_files_and_does_not_read_stdin(self):
        done = self.produce(self.file("1", "a\nb\n"), self.file("2", "c\n"), stdin="d\n")
        self.assert_sent(done, 3)
        self.assertEqual(["a", "b", "c"], sorted(self.consume().splitlines()))

    def test_compresses_as_it_is_told(self):
        for codec in ("none", "lz4", "zstd"):
            self.assert_sent(self.produce("--compression", codec, stdin=codec + " x" * 1000), 1)
        self.assertEqual(["lz4", "none", "zstd"], sorted(line.split()[0] for line in self.consume().splitlines()))

    def test_refuses_a_compression_that_it_does_not_know(self):
        done = self.produce("--compression", "snappy", stdin="a\n")
        self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertRegex(done.stderr, "^streamhouse produce: .*--compression.*snappy")

    def test_sends_nothing_of_nothing(self):
        self.assert_sent(self.produce(), 0)

    def test_loses_nothing_of_a_hundred_thousand_lines(self):
        lines = [str(i) for i in range(100_000)]
        self.assert_sent(self.produce(stdin="\n".join(lines)), len(lines))
        self.assertEqual(sorted(lines), sorted(self.consume().splitlines()))

    def test_fails_for_a_record_that_is_too_large_and_sends_the_others(self):
        done = self.produce(stdin="a\n" + "x" * (RECORD_BYTES_MAX + 1) + "\nb\n")
        self.assertEqual((1, "sent=3 acked=2 failed=1\n"), (done.returncode, done.stdout))
        self.assertRegex(done.stderr, "^streamhouse produce: 1 of 3 records failed, the first because: .*\n$")
        self.assertEqual(["a", "b"], sorted(self.consume().splitlines()))

    def test_names_a_topic_that_is_not_there(self):
        done = processes.run("produce", "--agent", self.agent.grpc, "--topic", "nowhere", stdin="a\n")
        self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertRegex(done.stderr, '^streamhouse produce: .*no topic "nowhere" \\(--topic\\).*\n$')

    def test_names_an_agent_that_cannot_be_reached(self):
        self.agent.stop()
        done = self.produce(stdin="a\n")
        self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertEqual(f"streamhouse produce: cannot reach an agent at {self.agent.grpc} (--agent)\n", done.stderr)

    def test_waits_for_an_agent_that_has_not_opened_its_topics_yet(self):
        self.agent.stop()
        producer = self.start()
        producer.stdin.write("a\n")
        producer.stdin.close()
        processes.Agent(self, self.folder / "data", grpc=self.agent.grpc)
        self.assertEqual(0, producer.wait())
        self.assertEqual(["sent=1 acked=1 failed=0"], producer.stdout)

    def test_names_a_file_that_cannot_be_read_and_keeps_what_came_before(self):
        done = self.produce(self.file("1", "a\n"), self.folder / "missing")
        self.assertEqual((1, "sent=1 acked=1 failed=0\n"), (done.returncode, done.stdout))
        self.assertRegex(done.stderr, f"^streamhouse produce: cannot read {self.folder}/missing: .*\n$")

    def test_reads_a_fifo_and_hears_a_signal_while_no_program_writes_to_it(self):
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        producer = self.start(fifo, "--http", "127.0.0.1:0")
        producer.match("^http=", "stderr")
        self.assertEqual(0, producer.stop())
        producer = self.start(fifo)
        fifo.write_text("a\nb\n")
        self.assertEqual(0, producer.wait())
        self.assertEqual(["sent=2 acked=2 failed=0"], producer.stdout)

    def start(self, *arguments):
        return processes.Streamhouse(
            self, "produce", "--agent", self.agent.grpc, "--topic", "orders", *arguments, stdin=subprocess.PIPE
        )

    def test_delivers_what_it_has_read_when_a_signal_ends_it(self):
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            producer = self.start("--http", "127.0.0.1:0")
            url = "http://" + producer.match("^http=(.*)", "stderr")[1]
            producer.stdin.write("a\nb\n")
            producer.stdin.flush()
            sent = functools.partial(pages.value, url, "streamhouse_producer_records_sent_total")
            processes.wait_for(lambda sent=sent: sent() == 2, "2 sent")
            self.assertEqual(0, producer.stop(ending))
            self.assertEqual(["sent=2 acked=2 failed=0"], producer.stdout)

    def test_serves_its_own_metrics_where_it_is_asked_to(self):
        producer = self.start("--http", "127.0.0.1:0")
        url = "http://" + producer.match("^http=(.*)", "stderr")[1]
        producer.stdin.write("four\n" + "x" * (RECORD_BYTES_MAX + 1) + "\n")
        producer.stdin.flush()
        processes.wait_for(
            lambda: pages.value(url, "streamhouse_producer_bytes_sent_total", topic="orders") == 4,
            "4 bytes on the page",
        )
        errors = "streamhouse_producer_send_errors_total"
        self.assertEqual(1, pages.value(url, errors, topic="orders", reason="record_too_large"))
        self.assertEqual(1, pages.value(url, errors))
        self.assertEqual(200, processes.fetch(url + "/ready")[0])

    def test_names_an_http_port_that_is_taken(self):
        done = self.produce("--http", self.agent.http, stdin="a\n")
        self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertRegex(done.stderr, f"^streamhouse produce: .*{self.agent.http}.*--http\n$")

    def test_ends_soon_after_a_signal_though_the_agent_hangs_and_the_buffer_is_full(self):
        producer = self.start("--http", "127.0.0.1:0")
        url = "http://" + producer.match("^http=(.*)", "stderr")[1]
        producer.stdin.write("a\n")
        producer.stdin.flush()
        processes.wait_for(lambda url=url: pages.value(url, "streamhouse_producer_records_sent_total") == 1, "1 sent")
        self.agent.suspend()
        pending = "streamhouse_producer_pending_records"
        filling = threading.Thread(target=fill, args=(producer.stdin, "x" * 100_000 + "\n", 500), daemon=True)
        filling.start()
        processes.wait_for(lambda: pages.value(url, pending) > 300, "the buffer is full")
        begun = time.monotonic()
        self.assertEqual(1, producer.stop(signal.SIGINT))
        # Without a signal, it waits for half a minute.
        self.assertLess(time.monotonic() - begun, 25)
        sent, acked, failed = map(
            int, re.fullmatch("sent=(\\d+) acked=(\\d+) failed=(\\d+)", producer.stdout[0]).groups()
        )
        self.assertEqual((1, sent - 1), (acked, failed))
        self.assertRegex(producer.stderr[-1], f"^streamhouse produce: {failed} of {sent} records failed, .*")

    def test_is_killed_by_a_second_signal_while_the_first_one_waits_for_the_agent(self):
        producer = self.start("--http", "127.0.0.1:0")
        producer.match("^http=", "stderr")
        self.agent.suspend()
        producer.stdin.write("a\n")
        producer.stdin.flush()
        # The look-up of the topic waits for the agent, so that no metric tells yet; the pipe does.
        processes.wait_for(lambda: unread(producer.stdin) == 0, "the line is read")

        def ended_by_another():
            os.kill(producer.pid, signal.SIGINT)
            return not producer.running()

        # Signals that come at once with the first one are the same request.
        processes.wait_for(ended_by_another, "a later signal ends it")
        self.assertEqual(-signal.SIGINT, producer.wait())


def unread(pipe):
    """How many bytes the reader of a pipe has not taken yet."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe.fileno(), termios.FIONREAD, count)
    return count[0]


def fill(pipe, text, times):
    """Writes until the pipe has no reader."""
    with contextlib.suppress(BrokenPipeError, ValueError):
        for _ in range(times):
            pipe.write(text)
