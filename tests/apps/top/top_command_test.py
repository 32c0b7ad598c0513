"""`streamhouse top`: figures of running programs, as lines, as JSON and on the screen of a terminal."""

import crypt  # pylint: disable=deprecated-module
import json
import os
import re
import signal
import socket
import subprocess
import unittest

import http_pages
import pages
import processes
import terminal

CONTROL_CHARACTERS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
CERTIFICATE = "tests/agent/rpc/certificate.pem"
KEY = "tests/agent/rpc/key.pem"
HOSTILE_PAGE = (
    '# TYPE streamhouse_agent_records_written_total counter\n'
    'streamhouse_agent_records_written_total{topic="evil\x1b[2J\x1b]0;title\x07\x9b31m"} 5\n'
    'streamhouse_agent_group_lag_records{topic="\x1b[31m",partition="0",group="\x1bc"} 5\n'
    'send_errors_total{reason="\r\\n\x08\x1b[8m"} 5\n'
)


def top(*arguments, **keywords):
    return processes.run("top", *arguments, **keywords)


def once(*arguments):
    """The JSON object of one comparison."""
    done = top(*arguments, "--once", "--json", "--interval", "200ms")
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)


def hostile_server(test):
    body = HOSTILE_PAGE.encode("latin-1")
    reason = b"NOT READY\n\x1b[2Jdisk: \x9bfull\n"
    return http_pages.serve(test, lambda path: (503, {}, reason) if path == "/ready" else (200, {}, body))


def silent_server(test):
    """The address of a server that takes connections and never answers."""
    server = socket.create_server(("127.0.0.1", 0))
    test.addCleanup(server.close)
    return f"127.0.0.1:{server.getsockname()[1]}"


class Stream(processes.Streamhouse):
    """`streamhouse top --json` until it is ended; its objects so far."""

    def __init__(self, test, *addresses):
        super().__init__(test, "top", *addresses, "--json", "--interval", "200ms")

    def objects(self):
        return [json.loads(line) for line in self.stdout]

    def wait_for(self, condition, what):
        """The first object that meets the condition."""

        def find():
            if not self.running():
                raise AssertionError(f"ended before: {what}; {self.stderr}")
            return next((one for one in self.objects() if condition(one)), None)

        return processes.wait_for(find, what)

    def counted(self, program, name):
        """The increase of a counter since the first object: each rate times the time that it is over."""
        own = [one["programs"][program] for one in self.objects()]
        return sum(one[name] * one["rate_seconds"] for one in own if one[name] is not None)


class WithAgent(unittest.TestCase):
    def setUp(self):
        self.folder = processes.folder_for(self)
        self.agent = processes.Agent(
            self, self.folder / "data", "--topic", "orders:2", "--topic", "audit:1", "--lag-interval", "100ms"
        )
        self.down = processes.held_address(self)

    def client(self, command, *arguments, **keywords):
        """A client that serves its page, and the address of this."""
        client = processes.Streamhouse(
            self,
            *(command, "--agent", self.agent.grpc, "--topic", "orders", "--http", "127.0.0.1:0", *arguments),
            **keywords,
        )
        return client, client.match("^http=(.*)$", "stderr")[1]

    def produce(self, count):
        arguments = ("--agent", self.agent.grpc, "--topic", "orders")
        self.assertEqual(0, processes.run("produce", *arguments, stdin="a record\n" * count).returncode)

    def consume(self, count, group="billing"):
        arguments = ("--agent", self.agent.grpc, "--topic", "orders", "--group", group, "--max", count)
        self.assertEqual(0, processes.run("consume", *arguments).returncode)

    def lag(self):
        return pages.value(self.agent.url, "streamhouse_agent_group_lag_records", group="billing", topic="orders")


class Figures(WithAgent):
    """What is shown is what another parser finds on the pages."""

    def test_rates_add_up_to_what_the_counters_say(self):
        producer, producer_address = self.client("produce", stdin=subprocess.PIPE)
        _, consumer_address = self.client("consume", "--group", "billing")

        def send(count):
            producer.stdin.write("a record\n" * count)
            producer.stdin.flush()

        def consumed():
            return pages.value(f"http://{consumer_address}", "streamhouse_consumer_records_consumed_total")

        send(1)  # the series of a producer begins with its first record
        processes.wait_for(lambda: consumed() == 1, "the first record arrives")
        stream = Stream(self, self.agent.http, producer_address, consumer_address)
        stream.wait_for(lambda one: one["programs"][2]["records_consumed_per_second"] == 0, "a first rate")
        send(1000)
        processes.wait_for(lambda: consumed() == 1001, "all records arrive")
        last = len(stream.stdout) + 2
        stream.wait_for(lambda one: len(stream.stdout) > last, "two more readings")
        for program, name in enumerate(("written", "sent", "consumed")):
            self.assertAlmostEqual(1000, stream.counted(program, f"records_{name}_per_second"), places=6)
        topics = [topic for one in stream.objects() for topic in one["topics"] if topic["topic"] == "orders"]
        for name in ("records_written", "records_sent", "bytes_sent", "records_consumed", "bytes_consumed"):
            self.assertTrue(any((topic[f"{name}_per_second"] or 0) > 0 for topic in topics), name)
        self.assertEqual(0, stream.stop())

    def test_lag_leases_and_samples_are_those_of_the_page(self):
        self.produce(50)
        self.consume(20)
        members = "streamhouse_agent_group_members"
        processes.wait_for(lambda: self.lag() == 30, "the agent tells the lag")
        processes.wait_for(lambda: pages.value(self.agent.url, members, group="billing") == 0, "the consumer has left")
        figures = once(self.agent.http)
        (group,) = figures["groups"]
        names = ("group", "topic", "partitions", "lag_records")
        self.assertEqual(("billing", "orders", 2, 30), tuple(group[name] for name in names))
        self.assertEqual(
            pages.value(self.agent.url, "streamhouse_agent_group_lag_bytes", group="billing"), group["lag_bytes"]
        )
        self.assertGreater(group["lag_seconds"], 0)
        self.assertEqual(0, group["members"])
        (program,) = figures["programs"]
        self.assertEqual(3, program["leases"])
        self.assertEqual("ready", program["state"])
        samples = pages.count(self.agent.url)
        self.assertEqual(samples, once(self.agent.http)["programs"][0]["samples"])

    def test_latencies_are_of_what_happened_between_two_readings(self):
        self.produce(10)
        stream = Stream(self, self.agent.http)

        def of_writes(one):
            name = "streamhouse_agent_write_latency_seconds"
            return next((latency for latency in one["latencies"] if latency["family"] == name), None)

        stream.wait_for(lambda one: (of_writes(one) or {}).get("per_second") == 0, "a rate of 0")
        self.assertIsNone(of_writes(stream.objects()[-1])["p99_seconds"])
        before = pages.value(self.agent.url, "streamhouse_agent_write_latency_seconds_count")
        self.produce(10)
        shown = stream.wait_for(lambda one: (of_writes(one)["per_second"] or 0) > 0, "a rate of writes")
        latency = of_writes(shown)
        self.assertLess(0, latency["p50_seconds"])
        self.assertLessEqual(latency["p50_seconds"], latency["p99_seconds"])
        after = pages.value(self.agent.url, "streamhouse_agent_write_latency_seconds_count")

        def counted():
            return sum((of_writes(one)["per_second"] or 0) * one["rate_seconds"] for one in stream.objects()[1:])

        processes.wait_for(lambda: abs(counted() - (after - before)) < 1e-6, "rates that add up to the writes")

    def test_errors_are_shown_by_reason(self):
        done = processes.run("produce", "--agent", self.agent.grpc, "--topic", "nowhere", stdin="a\n")
        self.assertEqual(1, done.returncode)
        errors = {
            (error["counter"], error["labels"].get("code") or error["labels"].get("reason")): error["total"]
            for error in once(self.agent.http)["errors"]
        }
        self.assertIn(("streamhouse_agent_grpc_requests_total", "NOT_FOUND"), errors)
        self.assertEqual(
            pages.value(self.agent.url, "streamhouse_agent_grpc_requests_total", code="NOT_FOUND"),
            sum(total for (_, reason), total in errors.items() if reason == "NOT_FOUND"),
        )

    def test_a_program_that_was_started_again_has_no_negative_rate(self):
        self.produce(100)
        stream = Stream(self, self.agent.http)
        stream.wait_for(lambda one: one["programs"][0]["records_written_per_second"] == 0, "a first rate")
        address = self.agent.http
        self.agent.stop()
        stream.wait_for(lambda one: one["programs"][0]["state"] == "no_response", "the agent is down")
        self.agent = processes.Agent(self, self.agent.data, http=address)
        down = len(stream.stdout)
        processes.wait_for(lambda: stream.objects()[-1]["programs"][0]["state"] == "ready", "it is back")
        processes.wait_for(lambda: len(stream.stdout) > down + 3, "more readings")
        rates = [one["programs"][0]["records_written_per_second"] for one in stream.objects()]
        self.assertEqual([], [rate for rate in rates if rate is not None and rate < 0])


class Lines(WithAgent):
    def test_prints_tables_and_ends_with_once(self):
        self.produce(5)
        done = top(self.agent.http, "--once", "--interval", "200ms")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertRegex(done.stdout, r"\A1 of 1 programs answer; rates over \d+\.\d s; 20\d\d-.*Z\n\nPROGRAM ")
        self.assertRegex(done.stdout, rf"(?m)^{self.agent.http}  ready +0 ")
        self.assertRegex(done.stdout, r"(?m)^orders +0 +- +- +- +-$")

    def test_goes_on_where_one_of_several_cannot_be_read(self):
        silent = silent_server(self)
        done = top(self.down, self.agent.http, silent, "--once", "--interval", "200ms")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertRegex(done.stdout, "^1 of 3 programs answer")
        self.assertRegex(done.stdout, f"(?m)^{self.down} +no response .* Connection refused$")
        self.assertRegex(done.stdout, f"(?m)^{silent} +no response .* no response in time$")
        self.assertRegex(done.stdout, f"(?m)^{self.agent.http} +ready ")
        states = [program["state"] for program in once(self.down, self.agent.http)["programs"]]
        self.assertEqual(["no_response", "ready"], states)

    def test_fails_where_none_can_be_read(self):
        done = top(self.down, "--once")
        self.assertEqual((1, "streamhouse top: no program answers\n"), (done.returncode, done.stderr))
        self.assertIn("Connection refused", done.stdout)
        self.assertEqual(1, top(self.down, "--once", "--json").returncode)

    def test_into_a_pipe_has_no_escape_codes_with_and_without_a_term(self):
        for term in ("TERM=xterm", "--unset=TERM"):
            command = ["env", term, processes.BINARY, "top", self.agent.http, "--interval", "100ms"]
            lines = processes.Process(self, command)
            lines.match("programs answer; rates over")
            self.assertEqual(0, lines.stop())
            self.assertNotRegex("\n".join(lines.stdout), CONTROL_CHARACTERS)

    def test_ends_cleanly_on_every_signal(self):
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            stream = Stream(self, self.agent.http)
            stream.wait_for(lambda one: True, "an object")
            self.assertEqual((0, []), (stream.stop(ending), stream.stderr))

    def test_a_signal_before_the_second_reading_is_no_result(self):
        waiting = processes.Streamhouse(self, "top", self.agent.http, "--once", "--interval", "1h")
        name = "streamhouse_exporter_requests_total"
        processes.wait_for(lambda: pages.value(self.agent.url, name, path="/ready") > 0, "the first reading")
        self.assertEqual(1, waiting.stop())
        self.assertEqual(([], 1), (waiting.stdout, len(waiting.stderr)))

    def test_is_not_led_by_a_hostile_page(self):
        address = hostile_server(self)
        for arguments in ((), ("--json",)):
            done = top(address, "--once", "--interval", "200ms", *arguments)
            self.assertEqual((0, ""), (done.returncode, done.stderr))
            self.assertNotRegex(done.stdout, CONTROL_CHARACTERS)
            self.assertIn("evil", done.stdout)
            self.assertIn("disk", done.stdout)

    def test_names_what_makes_no_sense(self):
        for arguments, part in (
            (("--interval", "10ms"), "--interval: must be 100ms to 365d"),
            (("--interval", "x"), "--interval"),
            (("ftp://a:1",), '"ftp://a:1" is not http://HOST:PORT'),
            (("a:1", "http://a:1/"), "http://a:1 is given twice"),
            (("--user", "me", "a:1"), "--user and --password-file go together"),
            (("--tls-ca", "x", "a:1"), "--tls-ca, --tls-cert and --tls-key are for an https:// address"),
            (("--tls-cert", "x", "https://a:1"), "--tls-cert and --tls-key go together"),
        ):
            done = top(*arguments, "--once")
            self.assertEqual((1, ""), (done.returncode, done.stdout), arguments)
            self.assertRegex(done.stderr, "^streamhouse top: .*\n$")
            self.assertIn(part, done.stderr)

    def test_asks_port_8080_of_this_machine_by_default(self):
        self.assertIn("http://127.0.0.1:8080", top("--help").stdout)
        self.assertEqual("http://127.0.0.1:8080", json.loads(top("--once", "--json").stdout)["programs"][0]["url"])


class Locked(unittest.TestCase):
    """A page with TLS and a password."""

    def setUp(self):
        self.folder = processes.folder_for(self)
        self.password = self.folder / "password"
        self.password.write_text("secret\n")
        config = self.folder / "web.yml"
        password_hash = crypt.crypt("secret", "$2b$04$abcdefghijklmnopqrstuu")
        tls = f"tls_server_config: {{cert_file: {os.path.abspath(CERTIFICATE)}, key_file: {os.path.abspath(KEY)}}}\n"
        config.write_text(f"{tls}basic_auth_users: {{reader: '{password_hash}'}}\n")
        self.address = processes.held_address(self)
        exporter = f"prometheus://{self.address}?web_config={config}"
        processes.Agent(self, self.folder / "data", "--topic", "orders:1", "--exporter", exporter)

    def note(self, *arguments):
        """What is said of it; it must have no response."""
        done = top(f"https://{self.address}", "--once", "--json", "--interval", "10s", *arguments)
        self.assertEqual(1, done.returncode)
        return json.loads(done.stdout)["programs"][0]["note"]

    def test_is_read_with_its_authority_and_password(self):
        access = ("--tls-ca", CERTIFICATE, "--user", "reader", "--password-file", self.password)
        figures = json.loads(top(f"https://{self.address}", *access, "--once", "--json", "--interval", "3s").stdout)
        self.assertEqual("ready", figures["programs"][0]["state"], figures)

    def test_is_not_trusted_without_its_authority(self):
        self.assertRegex(self.note(), r"^TLS: certificate verify failed.* \(--tls-ca\)$")

    def test_asks_for_a_password(self):
        self.assertEqual("HTTP 401 (--user, --password-file)", self.note("--tls-ca", CERTIFICATE))

    def test_is_not_read_under_another_name(self):
        address = self.address.replace("127.0.0.1", "localhost")
        done = top(f"https://{address}", "--tls-ca", CERTIFICATE, "--once", "--json")
        self.assertRegex(json.loads(done.stdout)["programs"][0]["note"], "^TLS: ")


class OnTheScreen(WithAgent):
    def open(self, *addresses, **keywords):
        arguments = ("top", *(addresses or (self.agent.http,)), "--interval", "200ms")
        return terminal.Terminal(self, *arguments, **keywords)

    def assert_restored(self, shown, code=0):
        self.assertEqual(code, shown.wait())
        self.assertEqual(shown.settings_before, shown.settings())

    def test_fills_80_by_24_and_ends_with_q(self):
        self.produce(5)
        self.consume(2)
        shown = self.open(self.agent.http, self.down)
        shown.wait_for(r"^1 of 2 programs answer; rates over \d+\.\d s$")
        shown.wait_for(rf"^{self.agent.http} +ready ")
        shown.wait_for(rf"^{self.down} +no response .*Conn")
        for header in ("PROGRAM", "TOPIC", "GROUP", "LATENCY"):
            shown.wait_for(f"^{header}")
        shown.wait_for("^billing +orders +3 ")
        self.assertTrue(shown.lines()[0].startswith("1 of 2 programs"))
        self.assertTrue(shown.lines()[23].startswith("q quit  p pause"))
        self.assertNotEqual(shown.settings_before, shown.settings())
        shown.press("q")
        self.assert_restored(shown)

    def test_fits_40_by_10_and_follows_a_resize(self):
        shown = self.open(columns=40, rows=10)
        shown.wait_for(f"^{self.agent.http} +ready")
        shown.wait_for("^orders +0 ")
        self.assertTrue(shown.lines()[9].startswith("q quit"))
        shown.resize(80, 24)
        shown.wait_for("^LATENCY")
        self.assertTrue(processes.wait_for(lambda: shown.lines()[23].startswith("q quit"), "the last line"))
        shown.resize(30, 5)
        processes.wait_for(lambda: shown.lines()[4].startswith("q quit"), "the last of five lines")
        self.assertNotIn("LATENCY", "".join(line[:7] for line in shown.lines()))

    def test_obeys_its_keys(self):
        shown = self.open()
        shown.wait_for("^audit ")
        shown.press("/")
        shown.wait_for("^Filter: _")
        shown.press("ord\n")
        shown.wait_for('only what has "ord"$')
        processes.wait_for(lambda: not any(line.startswith("audit") for line in shown.lines()), "no audit")
        shown.press("\x1b")
        shown.wait_for("^audit ")
        shown.press("s")
        shown.wait_for(r"^TOPIC .*SENT/s\*")
        shown.press("\t\t" + terminal.UP + terminal.DOWN)
        shown.wait_for("  LATENCY .* by PER SECOND$")
        shown.press(terminal.LEFT)
        shown.wait_for("  GROUP none of 0 ")

    def test_outlasts_a_held_key_that_means_nothing(self):
        shown = self.open()
        shown.wait_for("^audit ")
        shown.hold(terminal.F5, 150)
        shown.hold("ж", 150)
        shown.press("p")
        shown.wait_for("^PAUSED; 1 of 1 programs answer")

    def test_stands_still_while_it_is_paused(self):
        shown = self.open()
        shown.wait_for("^audit ")
        shown.press("p")
        shown.wait_for("^PAUSED; 1 of 1 programs answer")

        def readings():
            return pages.value(self.agent.url, "streamhouse_exporter_requests_total", path="/ready")

        before = readings()
        self.produce(5)
        self.consume(5)
        # A program of the kind that is not paused has ten readings meanwhile.
        running = Stream(self, hostile_server(self))
        running.wait_for(lambda _: len(running.stdout) >= 10, "ten readings")
        self.assertLessEqual(readings(), before + 1)  # one may have been under way
        shown.press("p")
        shown.wait_for("^billing ")
        processes.wait_for(lambda: readings() > before + 1, "readings")

    def test_leaves_the_terminal_as_it_was_after_a_signal(self):
        for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            shown = self.open(term="xterm")
            processes.wait_for(lambda shown=shown: "audit" in shown.text, "the screen")
            shown.send_signal(ending)
            self.assert_restored(shown)
            # The shell's own screen is back, and the cursor.
            processes.wait_for(lambda shown=shown: "\x1b[?1049l" in shown.text.partition("audit")[2], "its screen")
            self.assertIn("\x1b[?25h", shown.text.partition("audit")[2])

    def test_ctrl_c_ends_it(self):
        shown = self.open()
        shown.wait_for("^audit ")
        shown.press("\x03")
        self.assert_restored(shown)

    def test_ends_when_its_terminal_is_closed(self):
        shown = self.open()
        shown.wait_for("^audit ")
        shown.hang_up()
        self.assertEqual(0, shown.wait())

    def test_prints_lines_where_nothing_can_be_drawn(self):
        for term in (None, "dumb", "no-such-terminal"):
            shown = self.open(term=term)
            processes.wait_for(lambda shown=shown: shown.text.count("\nPROGRAM") > 1, f"tables, TERM={term}")
            self.assertNotIn("\x1b", shown.text)
            shown.send_signal(signal.SIGTERM)
            self.assert_restored(shown)

    def test_is_not_led_by_a_hostile_page(self):
        shown = self.open(hostile_server(self))
        shown.wait_for(r"^evil\?\[2J\?\]0;title\?")  # and the emulator refuses what is no command of its own
        shown.wait_for(r"not ready .*  \?\[2J")
        xterm = self.open(hostile_server(self), term="xterm")
        processes.wait_for(lambda: "evil" in xterm.text, "the topic")
        # ncurses sends what has changed only. The last line changes with this key, so all above it
        # has come then.
        xterm.press("/")
        processes.wait_for(lambda: "Filter: " in xterm.text.partition("evil")[2], "the last line")
        for command in ("\x1b]0;", "\x9b", "\udc9b", "\x1b[8m", "\x1bc"):
            self.assertNotIn(command, xterm.text)
