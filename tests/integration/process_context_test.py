"""Goal: a reader outside of the process finds its context, also after fork and exec.

Method: a program publishes; this process reads its /proc/PID/maps and its memory, as the specification tells readers
to, and decodes the message by its own hand.
"""

import pathlib
import struct
import subprocess
import unittest

import processes

PUBLISHER = "tests/integration/context_publisher"
# The names that readers compare with, as a whole.
NAMES = ("[anon_shmem:OTEL_CTX]", "[anon:OTEL_CTX]", "/memfd:OTEL_CTX (deleted)", "/memfd:OTEL_CTX")
HEADER = struct.Struct("=8sIIQQ")


def mappings(pid):
    """[(address, permissions)] of the contexts of a process."""
    found = []
    for line in pathlib.Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
        fields = line.split(maxsplit=5)
        if len(fields) == 6 and fields[5] in NAMES:
            found.append((int(fields[0].split("-")[0], 16), fields[1]))
    return found


def memory(pid, address, size):
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as file:
        file.seek(address)
        return file.read(size)


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not data[at - 1] & 0x80:
            return value, at


def fields_of(data):
    """[(number, bytes)] of a message that has fields with a length only."""
    fields = []
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        if tag & 7 != 2:
            raise AssertionError(f"a field of another type: {data!r}")
        size, at = varint(data, at)
        if at + size > len(data):
            raise AssertionError(f"a field without its end: {data!r}")
        fields.append((tag >> 3, data[at : at + size]))
        at += size
    return fields


def attributes_of(message):
    """The attributes of ProcessContext.resource."""
    ((number, resource),) = fields_of(message)
    assert number == 1
    attributes = {}
    for number, attribute in fields_of(resource):
        assert number == 1
        parts = dict(fields_of(attribute))
        attributes[parts[1].decode()] = dict(fields_of(parts[2]))[1].decode()
    return attributes


class ProcessContext(unittest.TestCase):
    def publisher(self, name):
        started = processes.Process(self, [PUBLISHER, name], stdin=subprocess.PIPE)
        started.match("^started ok$")
        return started

    def tell(self, publisher, line, answer):
        publisher.stdin.write(line + "\n")
        publisher.stdin.flush()
        return publisher.match(answer)

    def header(self, pid):
        ((address, permissions),) = mappings(pid)
        self.assertEqual("rw-p", permissions)
        return HEADER.unpack(memory(pid, address, HEADER.size))

    def read(self, pid):
        """(the time of the publication, the attributes)"""
        signature, version, size, published_at, address = self.header(pid)
        self.assertEqual((b"OTEL_CTX", 2), (signature, version))
        self.assertNotEqual(0, published_at)
        self.assertTrue(1 <= size <= 65536, size)
        message = memory(pid, address, size)
        self.assertEqual(published_at, self.header(pid)[3], "it did not change meanwhile")
        return published_at, attributes_of(message)

    def test_shows_the_target_to_another_process(self):
        _, attributes = self.read(self.publisher("relay").pid)
        self.assertEqual("relay", attributes["service.name"])
        self.assertEqual("7", attributes["broker.id"])
        self.assertEqual("cpp", attributes["telemetry.sdk.language"])

    def test_shows_nothing_once_it_has_stopped_and_a_later_time_when_it_starts_again(self):
        publisher = self.publisher("relay")
        first, _ = self.read(publisher.pid)
        self.tell(publisher, "start", "^started again failed_precondition: ")
        self.tell(publisher, "stop", "^stopped$")
        self.assertEqual([], mappings(publisher.pid))
        self.tell(publisher, "start", "^started again ok$")
        self.assertGreater(self.read(publisher.pid)[0], first)

    def test_shows_it_in_the_child_of_a_fork_as_its_own(self):
        publisher = self.publisher("relay")
        before, attributes = self.read(publisher.pid)
        child = int(self.tell(publisher, "fork", r"^child (\d+)$")[1])
        in_child, of_child = self.read(child)
        self.assertEqual(attributes, of_child)
        self.assertGreater(in_child, before, "it is published again, not inherited")
        self.assertEqual(before, self.read(publisher.pid)[0], "the parent keeps its own")

    def test_shows_none_in_the_child_of_a_fork_after_a_stop(self):
        publisher = self.publisher("relay")
        self.tell(publisher, "stop", "^stopped$")
        child = int(self.tell(publisher, "fork", r"^child (\d+)$")[1])
        self.assertEqual([], mappings(child))

    def test_shows_after_exec_what_the_new_program_publishes(self):
        publisher = self.publisher("relay")
        publisher.stdin.write("exec other\n")
        publisher.stdin.flush()
        processes.wait_for(lambda: publisher.stdout.count("started ok") == 2, "the new program publishes")
        self.assertEqual("other", self.read(publisher.pid)[1]["service.name"])

    def test_shows_nothing_after_exec_of_a_program_that_publishes_nothing(self):
        publisher = self.publisher("relay")
        publisher.stdin.write("exec-plain\n")
        publisher.stdin.flush()
        program = pathlib.Path(f"/proc/{publisher.pid}/exe")
        processes.wait_for(lambda: program.readlink().name == "cat", "another program runs")
        self.assertEqual([], mappings(publisher.pid))


if __name__ == "__main__":
    unittest.main()
