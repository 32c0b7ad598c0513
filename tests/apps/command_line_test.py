"""The command line as a whole: help, versions, and what it says about a mistake."""

import unittest

import processes

COMMANDS = ("agent", "produce", "consume", "lag", "demo", "topics", "top")


class CommandLine(unittest.TestCase):
    def assert_refused(self, arguments, expected):
        done = processes.run(*arguments)
        self.assertEqual((1, "", expected + "\n"), (done.returncode, done.stdout, done.stderr))

    def test_helps_with_itself_and_with_each_command(self):
        for command in ((), *((name,) for name in COMMANDS)):
            done = processes.run(*command, "--help")
            self.assertEqual((0, ""), (done.returncode, done.stderr))
            self.assertIn("Usage: " + " ".join(("streamhouse", *command)), done.stdout)

    def test_names_every_command_in_its_help(self):
        text = processes.run("--help").stdout
        for name in COMMANDS:
            self.assertIn(f"\n  {name} ", text)

    def test_tells_its_version_everywhere(self):
        for command in ((), *((name,) for name in COMMANDS)):
            done = processes.run(*command, "--version")
            self.assertRegex(done.stdout, r"^streamhouse \d+\.\d+\.\d+\n$")
            self.assertEqual((0, ""), (done.returncode, done.stderr))

    def test_asks_for_a_command(self):
        self.assert_refused((), "streamhouse: name a command; see streamhouse --help")

    def test_names_an_unknown_flag_and_the_help_of_its_command(self):
        self.assert_refused(
            ("agent", "--data", "x", "--nonsense"),
            "streamhouse agent: The following argument was not expected: --nonsense; see streamhouse agent --help",
        )

    def test_names_an_unknown_command(self):
        self.assert_refused(
            ("serve",), "streamhouse: The following argument was not expected: serve; see streamhouse --help"
        )

    def test_names_a_flag_that_is_missing(self):
        for arguments, flag in (
            (("agent",), "--data"),
            (("produce",), "--topic"),
            (("consume", "--topic", "orders"), "--group"),
            (("lag", "--topic", "orders"), "--group"),
        ):
            name = arguments[0]
            self.assert_refused(arguments, f"streamhouse {name}: {flag} is required; see streamhouse {name} --help")

    def test_refuses_an_empty_value_of_every_flag(self):
        flags = {
            "agent": (
                "--data",
                "--grpc",
                "--http",
                "--tls-cert",
                "--tls-key",
                "--tls-client-ca",
                "--sync",
                "--sync-interval",
                "--topic",
                "--exporter",
                "--config",
                "--log-level",
                "--log-format",
                "--metadata",
                "--id",
                "--lag-interval",
                "--segment-bytes",
                "--retention-interval",
                "--record-bytes-max",
                "--request-bytes-max",
            ),
            "produce": ("--agent", "--tls-ca", "--tls-cert", "--tls-key", "--topic", "--compression"),
            "consume": ("--agent", "--tls-ca", "--tls-cert", "--tls-key", "--topic", "--group", "--from", "--max"),
            "lag": ("--agent", "--tls-ca", "--topic", "--group"),
            "demo": ("--rate", "--data", "--grpc", "--http"),
            "top": ("--interval", "--user", "--password-file", "--tls-ca", "--tls-cert", "--tls-key"),
        }
        for command, names in flags.items():
            for name in names:
                done = processes.run(command, name, "")
                self.assertEqual((1, ""), (done.returncode, done.stdout), name)
                self.assertTrue(done.stderr.startswith(f"streamhouse {command}: {name}: "), done.stderr)

    def test_names_a_value_that_makes_no_sense(self):
        for arguments, part in (
            (("agent", "--data", "x", "--grpc", "nowhere"), '"nowhere" is not HOST:PORT'),
            (("agent", "--data", "x", "--http", "h:99999"), '"h:99999" is not HOST:PORT'),
            (("agent", "--data", "x", "--topic", "orders"), '"orders" is not NAME:PARTITIONS'),
            (("agent", "--data", "x", "--topic", "orders:0"), '"orders:0" is not NAME:PARTITIONS'),
            (("consume", "--topic", "t", "--group", "g", "--from", "middle"), "--from"),
            (("consume", "--topic", "t", "--group", "g", "--max", "-1"), "--max"),
            (("demo", "--rate", "0"), "--rate"),
            (("topics", "create", "orders:x"), '"orders:x" is not NAME:PARTITIONS'),
            (
                ("topics", "create"),
                "streamhouse topics create: TOPIC is required; see streamhouse topics create --help",
            ),
            (("topics",), "streamhouse topics: "),
        ):
            done = processes.run(*arguments)
            self.assertEqual((1, ""), (done.returncode, done.stdout))
            self.assertIn(part, done.stderr)
            self.assertEqual(1, done.stderr.count("\n"), done.stderr)
