"""What the tests of installed programs have in common: a process that no failure leaves behind."""

import contextlib
import re
import subprocess
import threading
import urllib.request

SECONDS = 60


@contextlib.contextmanager
def running(command, **options):
    """The process of a command; it ends with the block, and after SECONDS, so that a read from it ends too."""
    with subprocess.Popen(
        list(map(str, command)), stdout=subprocess.PIPE, text=True, **options
    ) as process:  # fmt: skip
        deadline = threading.Timer(SECONDS, process.kill)
        deadline.start()
        try:
            yield process
        finally:
            deadline.cancel()
            process.kill()


def assert_serves(test, command, environment, sample='characters_read_total{source="stdin"}'):
    """A page is read from the program, and the program ends with its input."""
    with running(command, stdin=subprocess.PIPE, env=environment) as process:
        address = re.sub(r"^\w+://|/metrics$", "", process.stdout.readline().strip())
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"http://{address}/metrics", timeout=SECONDS) as page:
            test.assertIn(f"{sample} 0\n", page.read().decode())
        process.stdin.close()
        test.assertEqual(0, process.wait(SECONDS))
