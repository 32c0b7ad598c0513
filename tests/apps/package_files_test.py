"""What the Debian package adds to the program: manual pages, a unit of systemd and a configuration of the agent."""

import pathlib
import re
import shlex
import subprocess
import unittest

import man_pages
import processes

DEBIAN = pathlib.Path("tools/debian")
_FLAG = re.compile(r"(?<![\w-])--?[a-zA-Z][\w-]*")


def flags_of(*command):
    """The flags that a command names itself before what it says of them."""
    lines = processes.run(*command, "--help").stdout.splitlines()
    return {flag for line in lines if line.startswith("  -") for flag in _FLAG.findall(line.split()[0])}


def commands_of(*command):
    said = processes.run(*command, "--help").stdout.partition("Subcommands:")[2]
    return re.findall(r"^  ([a-z]+)", said, re.MULTILINE)


class ManPages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pages = man_pages.pages(processes.BINARY)

    def printed(self, name):
        """A page as a reader has it, without the escapes of roff."""
        return self.pages[name].replace(r"\-", "-").replace(r"\&", "").replace(r"\e", "\\")

    def test_each_command_has_a_page(self):
        self.assertIn("groups", commands_of())
        self.assertEqual({"streamhouse", *(f"streamhouse-{name}" for name in commands_of())}, set(self.pages))

    def test_a_page_has_the_flags_of_its_command_and_no_others(self):
        for command in commands_of():
            below = commands_of(command)
            expected = flags_of(command).union(*(flags_of(command, name) for name in below))
            named = re.findall(r"^\.B (-\S+)", self.printed(f"streamhouse-{command}"), re.MULTILINE)
            self.assertEqual(expected, {flag for name in named for flag in _FLAG.findall(name)}, command)

    def test_a_page_says_of_a_flag_what_the_command_says(self):
        page = self.printed("streamhouse-agent")
        self.assertIn("\n.B --data FOLDER REQUIRED\nThe folder that keeps records and metadata; made when", page)
        self.assertIn("\n.B --sync each-batch|interval|none=interval\nWhen records are forced to the disk", page)

    def test_pages_are_roff_without_a_warning(self):
        for name, page in self.pages.items():
            self.assertNotIn("\n\n", page, name)
            self.assertRegex(page, r"^\.TH \S+ 1 ")
            for request in re.findall(r"^\.(\w+)", page, re.MULTILINE):
                self.assertIn(request, {"TH", "SH", "SS", "TP", "PP", "B", "BR", "I"}, name)


class Service(unittest.TestCase):
    def test_its_command_and_configuration_start_an_agent(self):
        unit = (DEBIAN / "streamhouse.service").read_text(encoding="utf-8")
        program, *arguments = shlex.split(re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)[1])
        self.assertEqual("/usr/bin/streamhouse", program)
        arguments[arguments.index("/etc/streamhouse/agent.conf")] = str(DEBIAN / "agent.conf")
        data = processes.folder_for(self)
        here = ["--data", data, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"]
        agent = processes.Streamhouse(self, *arguments, *here)
        agent.match("^ready$")
        self.assertEqual(0, agent.stop())

    def test_lines_that_are_commented_out_are_of_flags_that_exist(self):
        lines = re.findall(r"^# ([a-z-]+) = (.+)$", (DEBIAN / "agent.conf").read_text(encoding="utf-8"), re.MULTILINE)
        self.assertIn("topic", [name for name, _ in lines])
        for name, _ in lines:
            self.assertIn(f"--{name}", flags_of("agent"))

    def test_keeps_its_data_where_its_unit_lets_it_write(self):
        conf = (DEBIAN / "agent.conf").read_text(encoding="utf-8")
        unit = (DEBIAN / "streamhouse.service").read_text(encoding="utf-8")
        folder = re.search(r"^StateDirectory=(\S+)$", unit, re.MULTILINE)[1]
        self.assertIn(f"\ndata = /var/lib/{folder}\n", conf)

    def test_its_scripts_are_shell(self):
        for name in ("config", "postinst", "postrm"):
            subprocess.run(["sh", "-n", DEBIAN / f"streamhouse.{name}"], check=True)


class Purge(unittest.TestCase):
    """The script of the removal, with folders of the test in the place of the machine's."""

    def setUp(self):
        self.folder = processes.folder_for(self)
        self.data = self.folder / "data"
        self.elsewhere = self.folder / "elsewhere"
        self.mounts = self.folder / "mountinfo"
        self.mounts.write_text("", encoding="utf-8")

    def purge(self, answer):
        """What the script says when a person answers its question; "none" where it must not ask."""
        asked = self.folder / "asked"
        confmodule = self.folder / "confmodule"
        confmodule.write_text(
            f"db_input() {{ touch {asked}; }}\ndb_go() {{ :; }}\ndb_get() {{ RET={answer}; }}\n", encoding="utf-8"
        )
        script = (DEBIAN / "streamhouse.postrm").read_text(encoding="utf-8")
        for path, instead in (
            ("/var/lib/streamhouse", self.data),
            ("/usr/share/debconf/confmodule", confmodule),
            ("/proc/self/mountinfo", self.mounts),
        ):
            self.assertIn(path, script)
            script = script.replace(path, str(instead))
        script = script.replace("#DEBHELPER#", "echo the end")
        ended = subprocess.run(["sh", "-c", script, "postrm", "purge"], capture_output=True, text=True, check=False)
        self.assertEqual((0, "the end\n"), (ended.returncode, ended.stdout), ended.stderr)
        self.assertEqual(answer != "none", asked.exists())
        return ended.stderr

    def with_records(self, folder):
        (folder / "topics/orders").mkdir(parents=True)
        (folder / "topics/orders/0.log").write_text("two apples\n", encoding="utf-8")

    def test_an_empty_folder_goes_without_a_question(self):
        self.data.mkdir()
        self.assertEqual("", self.purge("none"))
        self.assertFalse(self.data.exists())

    def test_no_folder_is_no_error(self):
        self.assertEqual("", self.purge("none"))

    def test_the_answer_decides_about_records(self):
        self.with_records(self.data)
        self.assertEqual("", self.purge("false"))
        self.assertTrue((self.data / "topics/orders/0.log").exists())
        self.assertEqual("", self.purge("true"))
        self.assertFalse(self.data.exists())

    def test_a_link_stays_and_its_folder_is_emptied(self):
        self.with_records(self.elsewhere)
        self.data.symlink_to(self.elsewhere)
        self.assertEqual("", self.purge("true"))
        self.assertTrue(self.data.is_symlink())
        self.assertEqual([], list(self.elsewhere.iterdir()))

    def test_a_link_to_an_empty_folder_is_no_question(self):
        self.elsewhere.mkdir()
        self.data.symlink_to(self.elsewhere)
        self.assertEqual("", self.purge("none"))
        self.assertTrue(self.data.is_symlink())

    def test_a_mount_in_the_folder_keeps_all_of_it(self):
        self.with_records(self.elsewhere)
        self.data.symlink_to(self.elsewhere)
        backups = self.elsewhere.resolve() / "backups"
        line = "36 35 98:0 /srv/backups {} rw,noatime shared:1 - ext4 /dev/sda1 rw\n"
        self.mounts.write_text(line.format("/") + line.format(backups), encoding="utf-8")
        said = self.purge("true")
        expected = f"nothing is removed from {self.data} while file systems are mounted in it:\n{backups}\n"
        self.assertEqual(f"streamhouse: {expected}", said)
        self.assertTrue((self.elsewhere / "topics/orders/0.log").exists())

    def test_records_stay_where_mounts_are_not_known(self):
        self.with_records(self.data)
        self.mounts.unlink()
        expected = f"streamhouse: nothing is removed from {self.data}: what is mounted in it is not known\n"
        self.assertIn(expected, self.purge("true"))
        self.assertTrue((self.data / "topics/orders/0.log").exists())

    def test_a_mount_point_loses_its_records_too(self):
        self.with_records(self.data)
        data = self.data.resolve()
        line = "36 35 98:0 {} {} rw,noatime shared:1 - ext4 /dev/sda1 rw\n"
        self.mounts.write_text(line.format("/", data) + line.format(f"{data}/topics", "/srv"), encoding="utf-8")
        self.assertEqual("", self.purge("true"))
        self.assertFalse(self.data.exists())


if __name__ == "__main__":
    unittest.main()
