"""`streamhouse verify`: reads every batch of a data folder and prints what is damaged."""

import array
import fcntl
import os
import shutil
import subprocess
import termios
import unittest

import processes


class VerifyCommand(unittest.TestCase):
    def setUp(self):
        self.data = processes.folder_for(self) / "data"
        self.agent = processes.Agent(self, self.data, "--topic", "orders:2")
        for text in ("a\nb\n", "c\n"):
            self.produce(text)

    def produce(self, text):
        done = processes.run("produce", "--agent", self.agent.grpc, "--topic", "orders", stdin=text)
        self.assertEqual(0, done.returncode, done.stderr)

    def verify(self, *arguments):
        return processes.run("verify", *arguments)

    def damage(self):
        """Flips a bit of the first record of a partition; returns the partition."""
        for partition in (0, 1):
            segment = self.data / f"log/orders/{partition}" / ("0" * 20 + ".log")
            content = bytearray(segment.read_bytes())
            if content:
                content[70] ^= 1
                segment.write_bytes(content)
                return partition
        raise AssertionError("no partition has a record")

    def test_finds_nothing_in_a_folder_that_is_being_served(self):
        done = self.verify("--data", self.data)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertRegex(done.stdout, "^partitions=2 segments=2 batches=[0-9]+ records=3 .*torn_bytes=0 damages=0\n$")

    def test_prints_each_damage_and_fails(self):
        partition = self.damage()
        done = self.verify("--data", self.data)
        self.assertEqual(1, done.returncode)
        self.assertRegex(done.stderr, "^streamhouse verify: there is damage.*\n$")
        self.assertRegex(
            done.stdout,
            f"^orders/{partition}: offsets? 0.* cannot be read: .* at byte 0: .*\npartitions=2 .* damages=1\n$",
        )

    def test_names_a_topic_whose_folder_cannot_be_read_and_fails(self):
        folder = self.data / "log/orders"
        folder.chmod(0)
        self.addCleanup(folder.chmod, 0o755)
        command = [processes.BINARY, "verify", "--data", self.data]
        if os.geteuid() == 0:  # reads everything, unless it gives that up
            command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(1, done.returncode, done.stderr)
        self.assertRegex(done.stdout, "^orders: cannot list .*/log/orders: .*\npartitions=0 .* damages=1\n$")

    def test_ends_with_another_code_when_it_was_not_told_what_to_read(self):
        for arguments in ((), ("--data", self.data / "none"), ("--data", self.data, "--fast")):
            done = self.verify(*arguments)
            self.assertEqual((2, ""), (done.returncode, done.stdout))
            self.assertRegex(done.stderr, "^streamhouse verify: .*--(data|fast).*\n$")

    def test_takes_a_topic_that_is_deleted_meanwhile_for_no_damage(self):
        """The command waits at a full pipe, behind damage; the folder goes meanwhile."""
        data = processes.folder_for(self) / "data"
        for partition in range(200):
            segment = data / f"log/orders/{partition}" / ("0" * 20 + ".log")
            segment.parent.mkdir(parents=True)
            segment.write_bytes(b"x" * 1000)
        reader, writer = os.pipe()
        capacity = fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
        verify = subprocess.Popen([processes.BINARY, "verify", "--data", data], stdout=writer)
        os.close(writer)
        filled = array.array("i", [0])

        def is_full():
            fcntl.ioctl(reader, termios.FIONREAD, filled)
            return filled[0] > capacity - 1000

        processes.wait_for(is_full, "the output of verify fills the pipe")
        shutil.rmtree(data / "log/orders")
        with os.fdopen(reader) as output:
            printed = output.read()
        self.assertEqual(1, verify.wait(timeout=60))
        self.assertIn("orders/0: ", printed)
        self.assertNotIn("cannot list", printed)


if __name__ == "__main__":
    unittest.main()
