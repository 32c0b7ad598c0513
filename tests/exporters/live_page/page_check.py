"""Opens the live page in Debian's Chromium and compares what it shows with what the server said.

    page_check.py --program STREAMHOUSE [--pictures FOLDER] [TEST...]

A relay stands between the browser and a real `streamhouse demo`. It keeps every page of /metrics, and
can answer in the demo's place where a test needs a page that no demo gives. tools/page_test runs it.
"""

import argparse
import collections
import http.server
import json
import math
import os
import re
import select
import subprocess
import sys
import threading
import time
import unittest
import urllib.error
import urllib.request

from prometheus_client.parser import text_string_to_metric_families
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

PATIENCE = 60  # seconds; a condition that holds is seen at once
SCALES = {"T": 1e12, "G": 1e9, "M": 1e6, "k": 1e3, "m": 1e-3, "µ": 1e-6, "n": 1e-9, "%": 1e-2,
          "B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "PiB": 2**50, "EiB": 2**60,
          "s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9, "min": 60, "h": 3600, "d": 86400, "": 1}

ARGUMENTS = argparse.Namespace(program=None, pictures=None, tests=())


def number_of(text):
    """What a figure of the page stands for: "1.5 MiB/s" is 1572864."""
    number, _, unit = text.removesuffix("/s").removesuffix(" ago").partition(" ")
    if number in ("–", ""):
        return math.nan
    return float(number.replace("∞", "inf").replace("−", "-")) * SCALES[unit]


def eventually(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not (result := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {PATIENCE} s")
        time.sleep(0.05)
    return result


class Demo:
    """A real agent, producer and consumer in one process."""

    def __init__(self):
        self.process = subprocess.Popen(
            [ARGUMENTS.program, "demo", "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = ""
        while not (found := re.match(r"(http://\S+)/metrics", line)):
            if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
                raise AssertionError("the demo says no address")
            line = self.process.stdout.readline()
        self.url = found[1]
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


class Relay(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, target):
        super().__init__(("127.0.0.1", 0), RelayHandler)
        self.target = target
        self.pages = []     # (when, text) of each page of /metrics
        self.targets = []   # of all requests
        self.answers = {}   # path -> function of the handler that answers in place of the target
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # a browser that goes away, as it does where a page is too long


class RelayHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):  # pylint: disable=invalid-name
        path = self.path.partition("?")[0]
        self.server.targets.append(self.path)
        if path in self.server.answers:
            self.server.answers[path](self)
            return
        accept = self.headers.get("Accept", "*/*")
        request = urllib.request.Request(self.server.target + self.path, headers={"Accept": accept})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                self.send(response.status, response.read(), response.headers)
        except urllib.error.HTTPError as error:
            self.send(error.code, error.read(), error.headers)

    def send(self, status, body, headers):
        self.send_response(status)
        for name in ("Content-Type", "Content-Security-Policy"):
            if name in headers:
                self.send_header(name, headers[name])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if self.path == "/metrics":
            self.server.pages.append((time.time(), body.decode()))

    def send_text(self, text, status=200):
        self.send(status, text.encode(), {"Content-Type": "text/plain"})

    def log_message(self, *_):
        pass


def open_browser():
    options = Options()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    browser.set_script_timeout(PATIENCE)
    return browser


class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = Demo()
        cls.addClassCleanup(cls.demo.stop)
        cls.browser = open_browser()
        cls.addClassCleanup(cls.browser.quit)

    def setUp(self):
        self.relay = Relay(self.demo.url)
        self.addCleanup(self.relay.server_close)
        self.addCleanup(self.relay.shutdown)
        self.resize(1400, 1000)
        self.browser.get_log("performance")
        self.browser.get_log("browser")

    # A page that is open asks on: the next test must not see its requests, nor its errors.
    def tearDown(self):
        self.browser.get("about:blank")

    def resize(self, width, height, scheme="light"):
        command = self.browser.execute_cdp_cmd
        command("Emulation.setDeviceMetricsOverride",
                {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        command("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def open(self, readings=1):
        self.browser.get(self.relay.url + "/")
        self.wait_for_readings(readings)

    def wait_for_readings(self, more):
        wanted = len(self.metrics_requests()) + more
        eventually(lambda: len(self.metrics_requests()) > wanted, "readings of /metrics")

    def metrics_requests(self):
        return [target for target in self.relay.targets if target.startswith("/metrics")]

    def text(self, element):
        return self.browser.find_element(By.ID, element).get_attribute("textContent")

    def is_shown(self, element):
        return self.browser.find_element(By.ID, element).is_displayed()

    def press(self, keys):
        self.browser.find_element(By.TAG_NAME, "body").send_keys(keys)

    def search(self, text):
        box = self.browser.find_element(By.ID, "search")
        box.clear()
        box.send_keys(text)

    # {family: text of its figure}
    def figures(self):
        return dict(self.browser.execute_script(
            "return [...document.querySelectorAll('.card')].map("
            "(card) => [card.querySelector('h3').textContent, card.querySelector('.value').textContent])"))

    # Of a page that is scripted: what the card of `family` says once `condition` holds for it.
    def figure_when(self, family, condition):
        eventually(lambda: family in self.figures() and condition(self.figures()[family]), f"the figure of {family}")
        return self.figures()[family]

    def serve_text(self, page):
        """`page` gives the text of /metrics, which may be another each time."""
        self.relay.answers["/metrics"] = lambda handler: handler.send_text(page())


def bucket_quantile(q, bounds, counts):
    total = counts[-1]
    if total <= 0:
        return math.nan
    at = next(i for i, count in enumerate(counts) if count >= q * total)
    if math.isinf(bounds[at]):
        return bounds[at - 1]
    lower, below = (bounds[at - 1], counts[at - 1]) if at > 0 else (0.0, 0.0)
    return lower + (bounds[at] - lower) * (q * total - below) / (counts[at] - below)


def expected_figures(before, after):
    """By another parser: what each family's card has to say of two readings. A date is left out."""
    seconds = after[0] - before[0]
    families = [{f.name: f for f in text_string_to_metric_families(text)} for _, text in (before, after)]
    figures = {}
    for name, family in families[1].items():
        def total(suffix, reading=None, family=family, name=name):
            return sum(s.value for s in (reading or family).samples if s.name == name + suffix)
        old = families[0].get(name)
        if family.type == "counter":
            figures[name + "_total"] = (total("_total") - total("_total", old)) / seconds
        elif family.type == "histogram":
            counts = collections.Counter()
            for sign, reading in ((1, family), (-1, old)):
                for sample in reading.samples:
                    if sample.name == name + "_bucket":
                        counts[float(sample.labels["le"])] += sign * sample.value
            bounds = sorted(counts)
            figures[name] = bucket_quantile(0.99, bounds, [counts[bound] for bound in bounds])
        elif name.endswith(("_info", "_time_seconds", "_timestamp_seconds")):
            continue
        else:
            values = [s.value for s in family.samples]
            figures[name] = max(values) if name.endswith("_seconds") else sum(values)
    return figures


class ShownFiguresTest(PageTest):
    def test_equal_those_of_the_metrics_page(self):
        self.resize(1400, 20000)  # everything is in sight, and so drawn
        self.open(readings=6)
        self.press("p")
        eventually(lambda: self.text("pause") == "Go on", "the pause")
        time.sleep(2)  # a reading that was under way has ended: nothing tells of one that does not begin
        expected = expected_figures(self.relay.pages[-2], self.relay.pages[-1])
        shown = self.figures()
        self.assertEqual(set(expected) - set(shown), set())
        self.assertGreater(len(expected), 40)
        for name, value in expected.items():
            figure = number_of(shown[name])
            # Three digits are shown, and the page's clock is some milliseconds from the relay's.
            same = math.isnan(value) if math.isnan(figure) else math.isclose(figure, value, rel_tol=0.05, abs_tol=1e-9)
            self.assertTrue(same, f"{name}: shown {shown[name]}, expected {value}")

    def test_never_fall_below_zero_when_a_counter_begins_again(self):
        values = iter([100, 110, 3] + [3 + 2 * i for i in range(1000)])
        self.serve_text(lambda: f"# TYPE a_total counter\na_total {next(values)}\n")
        self.browser.get(self.relay.url + "/")
        rates = []
        deadline = time.monotonic() + 6
        while time.monotonic() < deadline:
            rates.append(number_of(self.figures().get("a_total", "–")))
        self.assertTrue(all(math.isnan(rate) or rate >= 0 for rate in rates))
        self.assertTrue(any(rate > 0 for rate in rates))

    def test_are_none_where_a_family_is_gone(self):
        pages = iter(["# TYPE a gauge\na 7\n# TYPE b gauge\nb 1\n"] * 2 + ["# TYPE b gauge\nb 1\n"] * 1000)
        self.serve_text(lambda: next(pages))
        self.browser.get(self.relay.url + "/")
        self.assertEqual(self.figure_when("a", lambda text: text == "–"), "–")
        self.assertEqual(self.figures()["b"], "1")

    def test_are_the_largest_of_ages_and_the_sum_of_amounts(self):
        self.serve_text(lambda: "".join(
            f'# TYPE {name} gauge\n{name}{{partition="0"}} 2\n{name}{{partition="1"}} 3\n'
            for name in ("lag_seconds", "lag_records")))
        self.browser.get(self.relay.url + "/")
        self.assertEqual(self.figure_when("lag_seconds", lambda text: text != ""), "3 s")
        self.assertEqual(self.figures()["lag_records"], "5")

    def test_show_label_values_as_text(self):
        value = '<img src=x onerror=alert(1)>\\"\\\\ \\n}'
        self.serve_text(lambda: f'# TYPE a gauge\na{{topic="{value}"}} 1\na{{topic="b"}} 2\n')
        self.browser.get(self.relay.url + "/")
        self.figure_when("a", lambda text: text == "3")
        legend = self.browser.find_element(By.CSS_SELECTOR, ".legend").get_attribute("textContent")
        self.assertIn("<img src=x onerror=alert(1)>", legend)
        self.assertEqual(self.browser.find_elements(By.TAG_NAME, "img"), [])


class ReaderOfThePageTest(PageTest):
    def test_finds_families_by_words_of_name_and_help(self):
        self.open()
        self.search("lag consumer")
        eventually(lambda: len(self.figures()) < 10, "fewer families")
        self.assertIn("streamhouse_consumer_lag_records", self.figures())
        self.search("no such words")
        eventually(lambda: self.is_shown("nothing"), "the word that there is none")

    def test_works_with_the_keyboard_alone(self):
        self.open()
        self.press("/")
        self.assertEqual(self.browser.switch_to.active_element.get_attribute("id"), "search")
        self.browser.switch_to.active_element.send_keys("lag", Keys.ESCAPE)
        self.press("p")
        self.assertEqual(self.text("pause"), "Go on")
        self.press("p")
        self.assertEqual(self.text("pause"), "Pause")
        self.press("j")
        self.assertEqual(self.browser.switch_to.active_element.get_attribute("className"), "card")
        self.press("t")
        self.assertEqual(self.browser.execute_script("return getComputedStyle(document.body).colorScheme"), "dark")
        self.press("?")
        self.assertTrue(self.is_shown("keys"))

    def test_asks_nothing_while_it_is_paused(self):
        self.open(readings=2)
        self.press("p")
        time.sleep(2)  # nothing tells of a reading that does not begin
        before = len(self.relay.targets)
        time.sleep(3)
        self.assertEqual(len(self.relay.targets), before)

    def test_is_told_why_the_program_is_not_ready(self):
        self.relay.answers["/ready"] = lambda handler: handler.send_text("NOT READY\nlease: ok\ndisk: is full\n", 503)
        self.open()
        eventually(lambda: self.text("readiness") == "not ready: disk: is full", "the reason")

    def test_is_told_when_the_server_does_not_answer_and_goes_on_when_it_does(self):
        self.open()
        self.relay.answers["/metrics"] = lambda handler: handler.send_text("", 503)
        eventually(lambda: self.is_shown("trouble"), "the trouble")
        self.assertIn("/metrics answers 503", self.text("trouble"))
        del self.relay.answers["/metrics"]
        eventually(lambda: not self.is_shown("trouble"), "the end of the trouble")


class BrowserTest(PageTest):
    def test_has_no_error_and_no_request_elsewhere(self):
        self.resize(1400, 20000)
        self.open(readings=4)
        self.assertEqual(self.browser.get_log("browser"), [])
        asked = set()
        for entry in self.browser.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                asked.add(message["params"]["request"]["url"])
        outside = [url for url in asked if not url.startswith((self.relay.url + "/", "data:", "about:"))]
        self.assertIn(self.relay.url + "/metrics", asked)
        self.assertEqual(outside, [])

    def test_fits_every_width(self):
        for width in (400, 800, 1400, 2500):
            self.resize(width, 900)
            self.open()
            self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), width)

    def test_pictures(self):
        for name, width, height, scheme in (("light", 1400, 1150, "light"), ("dark", 1400, 1150, "dark"),
                                            ("narrow", 400, 1400, "light")):
            self.resize(width, height, scheme)
            self.open(readings=25)
            colours = self.browser.execute_script("return getComputedStyle(document.body).backgroundColor")
            self.assertEqual(colours, "rgb(18, 22, 28)" if scheme == "dark" else "rgb(246, 247, 249)")
            if ARGUMENTS.pictures:
                self.browser.save_screenshot(os.path.join(ARGUMENTS.pictures, f"live_page_{name}.png"))


def processor_seconds_of_renderers(browser):
    """Of the newest browser's children that draw pages."""
    parent = browser.service.process.pid
    ticks = 0
    for process in subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True,
                                  check=True).stdout.splitlines():
        pid, _, command = process.split(None, 2)
        if "--type=renderer" in command and is_descendant(int(pid), parent):
            with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
                fields = stat.read().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def is_descendant(pid, ancestor):
    while pid > 1 and pid != ancestor:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            pid = int(stat.read().rpartition(")")[2].split()[1])
    return pid == ancestor


class LargePageTest(PageTest):
    def test_stays_usable_with_a_million_series(self):
        sent = []

        def answer(handler):
            name = re.search(r"name(?:\[\]|%5B%5D)=(\w+)", handler.path)
            handler.send_response(200)
            handler.send_header("Content-Type", "text/plain")
            handler.end_headers()
            families = [int(name[1].removeprefix("family_"))] if name else range(1000)
            for family in families:
                lines = [f"# TYPE family_{family} gauge\n"]
                lines += [f'family_{family}{{series="{i}"}} {i}\n' for i in range(1000)]
                handler.wfile.write("".join(lines).encode())
                sent.append(family)

        self.relay.answers["/metrics"] = answer
        self.browser.get(self.relay.url + "/")
        eventually(lambda: self.is_shown("notice"), "what is left out")
        self.assertIn("more than 20,000 samples", self.text("notice"))
        started = time.monotonic()
        self.search("family_777")
        self.assertEqual(self.figure_when("family_777", lambda text: text != ""), "500 k")
        seconds = time.monotonic() - started
        print(f"\n1,000,000 series: a family that was left out is shown {seconds:.1f} s after it was asked for")
        self.assertLess(len(sent), 2000, "the page is not read to its end")

    def test_uses_little_of_a_core_at_5000_series(self):
        state = {"n": 0}

        def page():
            state["n"] += 1
            lines = []
            for family in range(50):
                lines.append(f"# HELP family_{family}_total A counter\n# TYPE family_{family}_total counter\n")
                lines += [f'family_{family}_total{{topic="t{i}"}} {state["n"] * i}\n' for i in range(100)]
            return "".join(lines)

        self.serve_text(page)
        self.open(readings=3)
        before, started = processor_seconds_of_renderers(self.browser), time.monotonic()
        time.sleep(20)  # a measurement takes its time
        used = (processor_seconds_of_renderers(self.browser) - before) / (time.monotonic() - started)
        print(f"\n5,000 series, a reading a second: {used * 100:.1f} % of a core in the browser's page")
        self.assertLess(used, 0.20)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, help="the binary streamhouse")
    parser.add_argument("--pictures", help="a folder for pictures of the page")
    parser.add_argument("tests", nargs="*", help="such as BrowserTest.test_pictures; all unless told")
    parser.parse_args(namespace=ARGUMENTS)
    unittest.main(argv=[sys.argv[0], "-v", *ARGUMENTS.tests])


if __name__ == "__main__":
    main()
