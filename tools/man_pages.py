"""Manual pages of the program, from what its commands say with --help.

    python3 tools/man_pages.py --program PATH --out FOLDER

Writes streamhouse.1, and streamhouse-COMMAND.1 for each command; a command with commands of its own, such as topics,
has them on its page.
"""

import argparse
import dataclasses
import pathlib
import subprocess

NAME = "streamhouse"
# Where CLI11 begins what it says of a flag; a longer flag has it in the next line.
_COLUMN = 30
_AGENT = r"""
.SH FILES
.TP
.I /etc/streamhouse/agent.conf
The configuration of the service: a flag of this page a line, without its dashes, such as
.BR "topic = orders:3" .
A value with a space or a comma stands in quotes; a flag that can be given several times takes a list.
A flag on the command line wins.
.TP
.I /var/lib/streamhouse
The records and metadata of the service. It belongs to the user streamhouse.
.TP
.I /run/streamhouse
For Unix sockets of the service.
.SH SIGNALS
SIGTERM, SIGINT and SIGHUP stop the agent: it answers the calls that wait, and syncs its logs.
None of them reloads the configuration.
A certificate that has changed is read again without a signal.
.SH ENVIRONMENT
.TP
.B NOTIFY_SOCKET
Set by a service manager, which the agent tells
.B READY=1
when its logs are open and it serves, and
.B STOPPING=1
when it stops; see
.BR sd_notify (3).
.SH NOTES
Unless it has TLS certificates or a Unix socket, every client that can connect may read, write and delete every topic.
"""


@dataclasses.dataclass
class Help:
    """The parts of what a command says: its line, how it is called, and (name, text) by the heading above them."""

    summary: str
    usage: str
    groups: dict


def _entries(lines):
    """Flags or commands, with what is said of each."""
    for number, line in enumerate(lines):
        if not line.startswith("  ") or not line[2:3].strip():
            continue
        after = lines[number + 1] if number + 1 < len(lines) else ""
        if after.startswith(" " * _COLUMN) and after.strip():
            yield line.strip(), after.strip()
        else:
            yield line[:_COLUMN].strip(), line[_COLUMN:].strip()


def parse(text):
    """What a command said, as Help."""
    lines = text.rstrip().splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("Usage: "))
    groups, heading = {}, ""
    for line in lines[at + 1 :]:
        if line.endswith(":") and not line.startswith(" "):
            heading = line[:-1]
            groups[heading] = []
        elif heading:
            groups[heading].append(line)
    summary = " ".join(line.strip() for line in lines[:at] if line.strip())
    entries = {heading: list(_entries(group)) for heading, group in groups.items()}
    return Help(summary, lines[at].removeprefix("Usage: "), entries)


def ask(program, *command):
    done = subprocess.run([program, *command, "--help"], capture_output=True, text=True, check=True)
    return parse(done.stdout)


def _roff(text):
    """Text as roff prints it: a dash as on the command line, no line a request."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    return r"\&" + escaped if escaped.startswith((".", "'")) else escaped


def _section(entries):
    lines = []
    for name, text in entries:
        lines += [".TP", f".B {_roff(name)}", _roff(text) or r"\&"]
    return lines


def page(name, said, below, version):
    """A page for what a command said, with the commands `below` it: (name, Help)."""
    summary = said.summary.rstrip(".")
    title = f'.TH {_roff(name).upper()} 1 "" "{NAME} {version}" "User Commands"'
    lines = [title, ".SH NAME", f"{_roff(name)} \\- {_roff(summary[:1].lower() + summary[1:])}"]
    lines += [".SH SYNOPSIS", f".B {_roff(said.usage)}"]
    for heading, entries in said.groups.items():
        if heading != "Subcommands" or not below:
            lines += [f".SH {_roff(heading.upper())}", *_section(entries)]
    if below:
        lines.append(".SH COMMANDS")
    for command, help_of_it in below:
        lines += [f'.SS "{_roff(command)}"', _roff(help_of_it.summary) + ".", ".PP", f".B {_roff(help_of_it.usage)}"]
        for entries in help_of_it.groups.values():
            lines += _section(entries)
    if name == f"{NAME}-agent":
        lines += _AGENT.strip().splitlines()
    return lines


def _see_also(name, names):
    others = [other for other in names if other != name]
    return [".SH SEE ALSO", *(f".BR {_roff(other)} (1){',' if other != others[-1] else ''}" for other in others)]


def pages(program):
    """{name: text} of every page."""
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    whole = ask(program)
    commands = [name for name, _ in whole.groups["Subcommands"]]
    names = [NAME, *(f"{NAME}-{command}" for command in commands)]
    made = {NAME: page(NAME, whole, [], version)}
    for command in commands:
        said = ask(program, command)
        below = [(f"{command} {sub}", ask(program, command, sub)) for sub, _ in said.groups.get("Subcommands", [])]
        made[f"{NAME}-{command}"] = page(f"{NAME}-{command}", said, below, version)
    return {name: "\n".join([*lines, *_see_also(name, names)]) + "\n" for name, lines in made.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    flags = parser.parse_args()
    flags.out.mkdir(parents=True, exist_ok=True)
    for name, text in pages(flags.program).items():
        (flags.out / f"{name}.1").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
