"""What all receivers of one run share: the program that is read, and where the receivers are."""

import contextlib
import functools
import os
import subprocess

import installs
import processes

PROGRAM = "bazel-bin/tests/interop/newest/every_kind"


class Started:
    """Ends what it has started when it is closed; stands for the test of tests/support/processes.py."""

    def __init__(self, cache):
        self.cache = cache
        self._stack = contextlib.ExitStack()
        os.environ["STREAMHOUSE_PROMETHEUS"] = str(installs.path_of(cache, "prometheus"))
        os.environ["STREAMHOUSE_VICTORIA_METRICS"] = str(installs.path_of(cache, "victoria_metrics"))
        os.environ["STREAMHOUSE_PUSHGATEWAY"] = str(installs.path_of(cache, "pushgateway"))

    def __enter__(self):
        return self

    @functools.cached_property
    def program(self):
        """A program without further exporters."""
        return self.start()

    def part(self):
        """Another one, for what ends before this one does."""
        return Started(self.cache)

    def __exit__(self, *_):
        self._stack.close()

    def addCleanup(self, function, *arguments):  # pylint: disable=invalid-name
        self._stack.callback(function, *arguments)

    def start(self, *lines):
        """{"http": address, "created": address} of a program that also has these exporters."""
        started = self.start_process(*lines)
        return {name: started.match(f"^{name}=(.*)$")[1] for name in ("http", "created")}

    def start_process(self, *lines, around=()):
        """`around` is a command that runs the program."""
        return processes.Process(self, [*around, PROGRAM, *lines], stdin=subprocess.PIPE)
