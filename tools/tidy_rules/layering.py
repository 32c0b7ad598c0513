"""The table of who may use whom (docs/overview.md), as data, and the rules that hold includes and BUILD files to it."""

import re

from tidy_rules import source_tree

Finding = source_tree.Finding

OVERVIEW = "docs/overview.md"
_LIBRARIES = {"metrics_core", "exporters", "client", "agent", "proto"}
MAY_USE = {
    "metrics_core": {"metrics_core"},
    "exporters": {"exporters", "metrics_core"},
    "client": {"client", "metrics_core", "proto"},
    "agent": {"agent", "metrics_core", "proto"},
    "proto": {"metrics_core", "proto"},
    "integrations": {"exporters", "integrations", "metrics_core"},
    "apps": _LIBRARIES | {"apps"},
    "examples": _LIBRARIES | {"examples", "integrations"},
    "bench": _LIBRARIES | {"bench", "integrations"},
    "tests": _LIBRARIES | {"tests", "apps", "examples", "bench", "integrations", "tools"},
}
MAY_USE_THIRD_PARTY = {
    "metrics_core": set(),
    "exporters": {"boost", "fmt", "libxcrypt", "openssl", "protozero", "re2", "snappy", "yaml_cpp", "zlib", "zstd"},
    "client": {"grpc"},
    "agent": {"fmt", "grpc", "libdeflate", "sqlite"},
    "integrations": {"boost", "mosquitto", "rdkafka"},
    "proto": {"grpc", "lz4", "openssl", "zstd"},
}
# Headers of an allowed folder that are not for all: (folder that must not, path prefix) ->
# why.
CLOSED_HEADERS = {
    ("client", "metrics_core/reading/snapshot.h"): "only exporters read snapshots",
    ("agent", "metrics_core/reading/snapshot.h"): "only exporters read snapshots",
}
# Which other folders of its own library a sub-folder may use; testing/ is left out. The root of a
# library holds its lowest and its highest parts, so only some sub-folders may use it.
MAY_USE_FOLDERS = {
    "agent/base": set(),
    "agent/groups": {"agent/base", "agent/lease", "agent/log", "agent/metadata", "agent/topics"},
    "agent/lag": {"agent/groups", "agent/log", "agent/metadata", "agent/topics"},
    "agent/lease": {"agent/base", "agent/metadata"},
    "agent/log": set(),
    "agent/metadata": {"agent/log"},
    "agent/rpc": {"agent/base", "agent/groups", "agent/log", "agent/topics"},
    "agent/topics": {"agent/base", "agent/lease", "agent/log", "agent/metadata"},
    "client/agent_broker": {"client"},
    "client/internal": {"client"},
    "exporters/encoding": set(),
    "exporters/http": {
        "exporters/encoding", "exporters/http/access", "exporters/http/message", "exporters/http/tls",
        "exporters/live_page", "exporters/select", "exporters/threads", "exporters/tls", "exporters/view",
    },
    "exporters/http/access": {"exporters/encoding", "exporters/tls"},
    "exporters/http/message": {"exporters/encoding"},
    "exporters/http/tls": {"exporters/encoding", "exporters/http/access", "exporters/tls"},
    "exporters/live_page": set(),
    "exporters/otlp": {"exporters/encoding", "exporters/push", "exporters/push/http", "exporters/view"},
    "exporters/process_context": {"exporters/otlp"},
    "exporters/push": {"exporters/threads", "exporters/view"},
    "exporters/push/http": {"exporters/encoding", "exporters/push", "exporters/tls"},
    "exporters/pushgateway": {"exporters/encoding", "exporters/push", "exporters/push/http", "exporters/view"},
    "exporters/remote_write": {"exporters/encoding", "exporters/push", "exporters/push/http", "exporters/view"},
    "exporters/select": {"exporters/encoding"},
    "exporters/statsd": {"exporters/encoding", "exporters/push", "exporters/view"},
    "exporters/textfile": {"exporters/encoding", "exporters/push", "exporters/view"},
    "exporters/threads": set(),
    "exporters/tls": set(),
    "exporters/view": {"exporters/encoding"},
    "integrations/librdkafka": set(),
    "integrations/mosquitto": set(),
    "metrics_core/c_api": {
        "metrics_core", "metrics_core/internal", "metrics_core/internal/cells", "metrics_core/internal/series",
        "metrics_core/naming", "metrics_core/reading", "metrics_core/self_metrics",
    },
    "metrics_core/internal": {
        "metrics_core", "metrics_core/internal/cells", "metrics_core/internal/series", "metrics_core/reading",
        "metrics_core/text",
    },
    "metrics_core/internal/cells": {"metrics_core", "metrics_core/reading"},
    "metrics_core/internal/series": {
        "metrics_core", "metrics_core/internal", "metrics_core/internal/cells", "metrics_core/naming",
        "metrics_core/text",
    },
    "metrics_core/naming": {"metrics_core", "metrics_core/reading", "metrics_core/text"},
    "metrics_core/reading": {"metrics_core"},
    "metrics_core/self_metrics": {"metrics_core", "metrics_core/internal/cells"},
    "metrics_core/sockets": {"metrics_core", "metrics_core/text"},
    "metrics_core/text": set(),
}  # fmt: skip
THIRD_PARTY_BY_PREFIX = {
    "CLI/": "cli11",
    "benchmark/": "google_benchmark",
    "boost/": "boost",
    "crypt.h": "libxcrypt",
    "fmt/": "fmt",
    "gmock/": "googletest",
    "google/protobuf/": "grpc",
    "grpc/": "grpc",
    "grpcpp/": "grpc",
    "gtest/": "googletest",
    "libdeflate.h": "libdeflate",
    "libpq-fe.h": "pq",
    "librdkafka/": "rdkafka",
    "lz4.h": "lz4",
    "microhttpd.h": "microhttpd",
    "mosquitto.h": "mosquitto",
    "mosquitto_broker.h": "mosquitto",
    "mosquitto_plugin.h": "mosquitto",
    "nats/": "nats",
    "ncurses.h": "ncurses",
    "openssl/": "openssl",
    "postgresql/": "pq",
    "protozero/": "protozero",
    "re2/": "re2",
    "snappy.h": "snappy",
    "spdlog/": "spdlog",
    "sqlite3.h": "sqlite",
    "yaml-cpp/": "yaml_cpp",
    "zlib.h": "zlib",
    "zstd.h": "zstd",
}
# The tables of OVERVIEW that begin with `| in agent | what it is |`.
_FOLDER_TABLE = re.compile(r"^\| in (?P<folder>[\w/]+) \|.*\n\|[-|]+\|\n(?P<rows>(?:\|.*\n)+)", re.MULTILINE)
_FOLDER_ROW = re.compile(r"^\| (?P<folder>[\w/]+)/ \|", re.MULTILINE)
_SYSTEM_PREFIXES = ("sys/", "linux/", "asm/", "bits/")
_SYSTEM_HEADERS = {
    "cpuid.h", "dirent.h", "dlfcn.h", "errno.h", "fcntl.h", "grp.h", "immintrin.h", "link.h", "malloc.h", "poll.h",
    "pthread.h", "pwd.h", "sched.h", "signal.h", "stdbool.h", "stddef.h", "stdint.h", "time.h", "unistd.h",
    "x86intrin.h",
}  # fmt: skip


def third_party_of(include):
    """The repository that brings `include`, or None for the standard library and libc."""
    for prefix, repository in THIRD_PARTY_BY_PREFIX.items():
        if include == prefix or (prefix.endswith("/") and include.startswith(prefix)):
            return repository
    return None


def is_system_header(include):
    """The C++ standard library (no suffix, no folder), and what libc and the compiler bring."""
    return (
        ("/" not in include and not include.endswith((".h", ".hpp")))
        or include in _SYSTEM_HEADERS
        or include.startswith(_SYSTEM_PREFIXES)
    )


def folder_objection(user, used_path):
    """Why a file of top-level folder `user` must not use `used_path` of this project; empty if it may."""
    used = used_path.split("/", 1)[0]
    parts = used_path.split("/")
    if used not in MAY_USE or user not in MAY_USE:
        return ""
    if used not in MAY_USE[user]:
        return f"{user} must not use {used}"
    if "internal" in parts[1:] and user not in (used, "tests", "bench"):
        return f"{used}'s internal/ is closed to {user}"
    if "testing" in parts[1:] and user in source_tree.PRODUCTION_FOLDERS + ("apps",):
        return "testing/ is for tests, benches and examples"
    return CLOSED_HEADERS.get((user, used_path), "")


def _third_party_objection(user, repository):
    allowed = MAY_USE_THIRD_PARTY.get(user)
    if allowed is None or repository in allowed:
        return ""
    return f"{user} must not use {repository}"


def layering_of_includes(tree):
    """Edges point one way, or a broker that wants a counter has to take Boost and gRPC with it."""
    for file in tree.cpp_files():
        for include in file.includes:
            repository = third_party_of(include.path)
            if repository:
                objection = _third_party_objection(file.folder, repository)
            elif include.quoted:
                objection = "" if _own_testing(file.path, include.path) else folder_objection(file.folder, include.path)
            elif file.folder == "metrics_core" and not is_system_header(include.path):
                objection = "metrics_core takes only the C++ standard library and libc"
            else:
                objection = ""
            if objection:
                yield Finding(file.path, include.line, f"includes {include.path}: {objection}")


def _own_testing(path, used_path):
    """A testing/ folder may use itself."""
    folder = path.rsplit("/", 1)[0]
    return "testing" in folder.split("/") and used_path.startswith(folder + "/")


def layering_of_deps(tree):
    """An edge in a BUILD file is the claim that it is meant; the include that uses it may come a commit later."""
    for package in tree.packages.values():
        user = package.path.split("/", 1)[0]
        for target in package.targets:
            for dep in target.deps:
                if dep.startswith("@"):
                    objection = _third_party_objection(user, dep[1:].partition("//")[0])
                else:
                    used = dep.removeprefix("//").replace(":", "/")
                    objection = "" if _own_testing(f"{package.path}/x", used) else folder_objection(user, used)
                if objection:
                    yield Finding(package.build_file, target.line, f"{target.label} depends on {dep}: {objection}")


def overview_names_the_edges(tree):
    """The table that a newcomer reads first is believed; it must be the one that is checked."""
    page = tree.files.get(OVERVIEW)
    for number, line in enumerate(page.text.splitlines() if page else (), 1):
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if len(cells) != 3 or cells[0] not in MAY_USE_THIRD_PARTY:
            continue
        written = set(re.split(r"[,\s]+", cells[2].lower().replace("-", "_")))
        for name in sorted(set().union(*MAY_USE_THIRD_PARTY.values(), _LIBRARIES) - {cells[0]}):
            may_use = name in MAY_USE_THIRD_PARTY[cells[0]] | MAY_USE[cells[0]]
            if may_use != (name in written):
                verb = "lacks" if may_use else "has, against MAY_USE,"
                yield Finding(OVERVIEW, number, f'the row of {cells[0]} {verb} the word "{name}"')


def overview_names_the_folders(tree):
    """A tree shows the folders, and not what each is for; a page that lacks one sends the reader into its files."""
    page = tree.files.get(OVERVIEW)
    if page is None:
        return
    named = {}
    for table in _FOLDER_TABLE.finditer(page.text):
        for row in _FOLDER_ROW.finditer(table["rows"]):
            line = source_tree.line_of(page.text, table.start("rows") + row.start())
            named[f"{table['folder']}/{row['folder']}"] = line
    folders = {file.path.rpartition("/")[0] for file in tree.cpp_files(source_tree.PRODUCTION_FOLDERS)}
    folders = {folder for folder in folders if "/" in folder}
    yield from (Finding(OVERVIEW, 1, f"no table `in …` has a row for {folder}/") for folder in folders - set(named))
    yield from (Finding(OVERVIEW, named[folder], f"{folder}/ has no sources") for folder in set(named) - folders)


def layering_of_visibility(tree):
    """Visibility is what makes Bazel refuse a forbidden edge: a grant to the wrong folder disarms it silently."""
    for package in tree.packages.values():
        owner = package.path.split("/", 1)[0]
        if owner not in MAY_USE:
            continue
        granters = [(target, target.attributes.get("visibility") or []) for target in package.targets]
        granters += [(target, target.attributes.get("packages") or []) for target in package.targets]
        for target, grants in granters:
            for grant in grants:
                user = grant.removeprefix("//").replace(":", "/").split("/", 1)[0]
                objection = folder_objection(user, f"{package.path}/{target.name}") if grant.startswith("//") else ""
                if objection and user != "visibility":
                    yield Finding(package.build_file, target.line, f"{target.label} is visible to {grant}: {objection}")


def folders_of_a_library_are_layered(tree):
    """A reader of one sub-folder needs to know on which others it stands; folders that use each other are one."""
    for file in tree.cpp_files():
        folder = file.path.rpartition("/")[0]
        if "/" not in folder or file.folder not in source_tree.PRODUCTION_FOLDERS or "testing" in folder.split("/"):
            continue
        if folder not in MAY_USE_FOLDERS:
            yield Finding(file.path, 1, f"{folder} is not in MAY_USE_FOLDERS (tools/tidy_rules/layering.py)")
            continue
        for include in file.includes:
            used = include.path.rpartition("/")[0]
            of_the_library = include.quoted and include.path.startswith(file.folder + "/")
            if of_the_library and used != folder and used not in MAY_USE_FOLDERS[folder]:
                yield Finding(file.path, include.line, f"includes {include.path}: {folder} must not use {used}")


def cycle_of_folders(may_use):
    """The sub-folders of a cycle in a table such as MAY_USE_FOLDERS, or an empty list. The root of a library is no part
    of one; metrics_core/internal and the folders in it count as one."""

    def node(folder):
        return "metrics_core/internal" if folder.startswith("metrics_core/internal/") else folder

    below = {}
    for folder, used in may_use.items():
        below.setdefault(node(folder), set()).update(node(other) for other in used if "/" in other)
    done = set()

    def search(folder, path):
        if folder in path:
            return path[path.index(folder) :]
        if folder in done:
            return []
        for other in sorted(below.get(folder, set()) - {folder}):
            cycle = search(other, [*path, folder])
            if cycle:
                return cycle
        done.add(folder)
        return []

    return next((cycle for cycle in (search(folder, []) for folder in sorted(below)) if cycle), [])


def folders_form_no_cycle(_):
    """Two folders that use each other can only be read, tested and changed together."""
    cycle = cycle_of_folders(MAY_USE_FOLDERS)
    if cycle:
        yield Finding("tools/tidy_rules/layering.py", 1, "a cycle of folders: " + " -> ".join(cycle))


RULES = (
    layering_of_includes,
    layering_of_deps,
    layering_of_visibility,
    overview_names_the_edges,
    overview_names_the_folders,
    folders_of_a_library_are_layered,
    folders_form_no_cycle,
)
