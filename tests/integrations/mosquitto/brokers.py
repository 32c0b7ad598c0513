"""Debian's Mosquitto with the plugin, on ports of its own."""

import os
import pathlib

import pages
import processes

PLUGIN = pathlib.Path("integrations/mosquitto/streamhouse_mosquitto.so")


def _program(name):
    folder = os.environ.get("STREAMHOUSE_MOSQUITTO")
    if not folder:
        raise AssertionError("STREAMHOUSE_MOSQUITTO is not set: run this through tools/test, which unpacks a Mosquitto")
    return pathlib.Path(folder) / name


def broker_program():
    return _program("usr/sbin/mosquitto")


def password_program():
    return _program("usr/bin/mosquitto_passwd")


def plugin_lines(*options, http="127.0.0.1:0"):
    """The lines of mosquitto.conf that load the plugin."""
    lines = [f"plugin {PLUGIN.resolve()}", f"plugin_opt_http {http}"]
    return lines + [f"plugin_opt_{option}" for option in options]


def free_port(test):
    return int(processes.held_address(test).rpartition(":")[2])


def write_configuration(folder, lines):
    """The path of a file with these lines. A broker of root stays root: another user may not read the plugin here."""
    path = pathlib.Path(folder) / "mosquitto.conf"
    path.write_text("\n".join(["user root", *lines, ""]), encoding="utf-8")
    return path


class Broker(processes.Process):
    """A broker with one listener for any client, and the plugin, that runs in the foreground."""

    def __init__(self, test, *lines, options=(), port=None, plugin=True):
        self.port = port or free_port(test)
        self.folder = processes.folder_for(test)
        listener = [f"listener {self.port} 127.0.0.1", "allow_anonymous true"]
        configuration = write_configuration(
            self.folder, [*(plugin_lines(*options) if plugin else []), *listener, *lines]
        )
        super().__init__(test, [broker_program(), "-c", configuration])
        self.url = f"http://{self.match('serving metrics at (.*)', 'stderr')[1]}" if plugin else None
        self.match("mosquitto version .* running", "stderr")

    def value(self, name, **labels):
        """The sum of the series that have these labels."""
        return pages.value(self.url, name, **labels)

    def values(self, name, label):
        """{value of the label: value} of a family, without zeros."""
        found = {}
        for pairs, number in pages.samples(self.url, name).items():
            if number:
                key = dict(pairs)[label]
                found[key] = found.get(key, 0) + number
        return found
