"""The code by which the Datadog Agent reads the origin of a line; no Go proxy serves the rest of the Agent."""

import json
import subprocess

import datagrams
import installs
from cells import Cell, Outcome
from decoders import page_model

RECEIVER = "Datadog Agent 7.85, its reader of origins"
EXTERNAL = "it-false,cn-broker,pu-75a2b6d5-3949-4afb-ad0d-92ff0674e759"


def _line_page(lines, said):
    """A series for each line, with what is said of its origin as labels."""
    page = page_model.Page()
    for line, origin in zip(lines, said):
        page.series[line.partition(":")[0], page_model.labels_of([("line", line), *origin])] = 1.0
    return page


def _written(line):
    return [tuple(field.split(":", 1)) for field in line.split("|")[2:] if field[:2] in ("c:", "e:")]


def _read(found):
    local, external = found["Local"], found["External"]
    init = "true" if external["Init"] else "false"
    yield "c", local["ContainerID"] or f"in-{local['Inode']}"
    yield "e", f"it-{init},cn-{external['ContainerName']},pu-{external['PodUID']}"


def origins(started):
    """Of a program in a cgroup namespace of its own. Only the relay listens."""
    with started.part() as part:
        passed = datagrams.UdpRelay(part, datagrams.free_port())
        around = datagrams.in_container(DD_EXTERNAL_ENV=EXTERNAL)
        datagrams.push_once(part, passed, "dialect=dogstatsd&origin=on", around)
        lines = b"\n".join(passed.kept).decode().splitlines()
        done = subprocess.run([installs.path_of(part.cache, "origins")], input="\n".join(lines), capture_output=True,
                              text=True, check=True)
        read = [json.loads(line) for line in done.stdout.splitlines()]
        cell = Cell(RECEIVER, "DogStatsD, origin=on with DD_EXTERNAL_ENV", "", "none", "delta")
        sent = _line_page(lines, map(_written, lines))
        yield cell, Outcome(sent, _line_page(lines, map(_read, read)), aspects=("series",))
