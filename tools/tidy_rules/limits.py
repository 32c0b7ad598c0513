"""The limits of agent and server, in the manual: generated from the constants of the headers.

    python3 tools/tidy_rules/limits.py    prints the table, to be put between the marks in docs/limits.md
"""

import pathlib
import re
import sys

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from tidy_rules import source_tree

Finding = source_tree.Finding

MANUAL = "docs/limits.md"
BEGIN = "<!-- limits: printed by tools/tidy_rules/limits.py -->"
END = "<!-- limits: end -->"

# (what, the header and the constant or member that says it, what happens beyond it)
# pylint: disable=line-too-long
ROWS = (
    ("key and value of a record", "agent/agent_config.h", "record_bytes_max", "INVALID_ARGUMENT"),
    ("keys, values and headers of a Produce", "agent/agent_config.h", "request_bytes_max", "RESOURCE_EXHAUSTED"),
    ("a message beside that, as a factor", "agent/rpc/rpc_server.h", "kMessageBytesFactor", "RESOURCE_EXHAUSTED, by gRPC, not counted"),
    ("metadata of a call", "agent/rpc/rpc_server.h", "kMetadataBytesMax", "RESOURCE_EXHAUSTED, by gRPC, not counted; the connection may close"),
    ("records of a Fetch", "agent/rpc/consumer_rpc.h", "kFetchRecordsMax", "the rest comes with the next one"),
    ("keys and values of a Fetch", "agent/rpc/consumer_rpc.h", "kFetchBytesMax", "the rest comes with the next one; a larger record comes alone"),
    ("wait of a Fetch", "agent/rpc/consumer_rpc.h", "kFetchWaitMax", "it answers without records"),
    ("producers known to a partition", "agent/log/producer_sequences.h", "kProducersMax", "a batch sent again by one that was quiet longest is written again"),
    ("damaged ranges remembered of a partition", "agent/log/damage_list.h", "kDamagesMax", "the lowest is forgotten, and told again when it is met again"),
    ("partitions of a topic", "agent/topics/topic_catalog.h", "kPartitionsPerTopicMax", "INVALID_ARGUMENT"),
    ("partitions of all topics, in percent of the files that the agent may have open", "agent/topics/topic_catalog.h", "kPartitionsPercentMax", "RESOURCE_EXHAUSTED; at a start, not served"),
    ("name of a topic", "agent/topics/topic_name.h", "kTopicNameBytesMax", "INVALID_ARGUMENT"),
    ("id of an agent", "agent/agent_config.h", "kAgentIdBytesMax", "the agent does not start"),
    ("name of a group", "agent/groups/committed_offsets.h", "kGroupNameBytesMax", "INVALID_ARGUMENT"),
    ("groups with members", "agent/groups/group_coordinator.h", "kGroupsMax", "RESOURCE_EXHAUSTED"),
    ("members of a group", "agent/groups/group_coordinator.h", "kMembersPerGroupMax", "RESOURCE_EXHAUSTED"),
    ("topics of a member", "agent/groups/group_coordinator.h", "kTopicsPerMemberMax", "INVALID_ARGUMENT"),
    ("session timeout, shortest", "agent/groups/group_coordinator.h", "kSessionTimeoutMin", "INVALID_ARGUMENT"),
    ("session timeout, longest", "agent/groups/group_coordinator.h", "kSessionTimeoutMax", "INVALID_ARGUMENT"),
    ("partitions with metrics of their log", "agent/lag/lag_metrics.h", "kPartitionsShownMax", "further ones have none"),
    ("partitions of groups with a lag of their own", "agent/lag/lag_metrics.h", "kGroupPartitionsShownMax", "counted in lag_series_left_out; they stay in the sums and maxima of their group"),
    ("groups with metrics", "agent/lag/lag_metrics.h", "kGroupsShownMax", "counted in lag_groups_left_out"),
    ("groups with times of their last request and commit", "agent/groups/group_times.h", "kGroupsTimedMax", "further ones have none until others end"),
    ("old segments read in a refresh of the lag", "agent/lag/partition_lag_reader.h", "kCountedBytesPerRefreshMax", "the next refresh goes on"),
    ("time for a client of gRPC to take bytes (TCP) or to answer a ping", "agent/rpc/connection_acceptor.h", "kClientTimeout", "the connection is closed"),
    ("time for clients on a Unix socket to take bytes at a stop", "agent/rpc/rpc_server.h", "kUnixDrainTime", "their connections are closed"),
    ("time for calls to end at a stop", "agent/agent.h", "kDrainTime", "they are cancelled"),
    ("callers of the health service that wait", "agent/rpc/bounded_checks.h", "kChecksWaitingMax", "NOT_SERVING"),
    ("time for the checks of the health service", "agent/rpc/bounded_checks.h", "kChecksTime", "NOT_SERVING"),
    ("a PEM file", "proto/pem_file.h", "kPemBytesMax", "an error at the start; while serving, the old one stays"),
    ("head of an HTTP request", "exporters/http/limits.h", "head_bytes", "431"),
    ("target of an HTTP request", "exporters/http/limits.h", "target_bytes", "414"),
    ("names in a query", "exporters/http/message/query.h", "kQueryNamesMax", "400"),
    ("match[] in a query", "exporters/select/selection.h", "kSelectorsMax", "400"),
    ("a match[]", "exporters/select/selection.h", "kSelectorBytesMax", "400"),
    ("matchers of all match[]", "exporters/select/selection.h", "kMatchersMax", "400"),
    ("of these, with =~ or !~", "exporters/select/selection.h", "kExpressionsMax", "400"),
    ("a key or value of a process context", "exporters/process_context/context_payload.h", "kContextTextBytesMax", "an error at start"),
    ("a process context", "exporters/process_context/context_payload.h", "kContextBytesMax", "an error at start"),
    ("time to select series", "exporters/http/limits.h", "selection_time", "503"),
    ("time of each second to select series, for all pages together", "exporters/http/selection_budget.h", "kSelectionTimePerSecond", "503"),
    ("time for the head of a request", "exporters/http/limits.h", "head_time", "the connection is closed"),
    ("time between two requests", "exporters/http/limits.h", "idle_time", "the connection is closed"),
    ("time for a page chunk", "exporters/http/limits.h", "write_time", "the connection is closed"),
    ("time for a page", "exporters/http/limits.h", "page_time", "the connection is closed"),
    ("pages under way", "exporters/http/limits.h", "scrapes", "503, or a page that its client does not read is given up"),
    ("HTTP connections", "exporters/http/limits.h", "connections", "the oldest that is not being answered is closed"),
    ("password checks that wait", "exporters/http/access/password_queue.h", "kPasswordChecksMax", "503"),
    ("of these, requests that look like guesses", "exporters/http/access/password_queue.h", "kGuessChecksMax", "503 for it, or for the one that it replaces"),
    ("delay of the 401 for a wrong password", "exporters/http/listener.h", "kRefusalDelayMax", "it grows no further"),
    ("requests of /ready that wait", "exporters/http/readiness_checks.h", "kReadinessRequestsMax", "503"),
    ("time for the checks of /ready", "exporters/http/readiness_checks.h", "kReadinessTime", "503"),
    ("time for a push", "exporters/push/push_loop.h", "push_time", "the push fails, and is counted"),
    ("response of a receiver of pushes", "exporters/push/http/response_reader.h", "kResponseBytesMax", "the push fails"),
    ("its head", "exporters/push/http/response_reader.h", "kResponseHeadBytesMax", "the push fails"),
    ("a request of OTLP, before compression", "exporters/otlp/otlp_exporter.h", "kOtlpRequestBytesMax", "it is not sent; its points are counted as dropped: `too_large`"),
    ("wait before a push is retried", "exporters/push/http/send_backoff.h", "kSendRetryDelayMax", "it waits no longer, unless the receiver asks for it"),
    ("wait that a receiver asks for (Retry-After)", "exporters/push/http/retry_after.h", "kRetryAfterMax", "it counts as this long"),
    ("request of remote write, before compression", "exporters/remote_write/remote_write_batch.h", "kRemoteWriteRequestBytes", "further series are in the next one; a larger series comes alone"),
    ("a line of StatsD by UDP", "exporters/statsd/statsd_exporter.h", "kStatsdUdpBytes", "it is left out; counted as dropped: `too_large`"),
    ("a line of StatsD to a Unix socket", "exporters/statsd/statsd_exporter.h", "kStatsdUnixBytes", "the same"),
    ("absent series of a callback family whose numbers a push of deltas keeps", "exporters/view/delta_view.h", "kAbsentSeriesMin", "as many as the family has shown at once, if more; then those absent longest are forgotten"),
    ("exemplars of a native histogram in a push", "exporters/remote_write/fresh_exemplars.h", "kNativeExemplarsMax", "the newest are sent"),
    ("a file that a web configuration names, and the configuration", "exporters/tls/small_file.h", "kSmallFileBytesMax", "an error at start; later the files before stay"),
)  # fmt: skip
# pylint: enable=line-too-long
# Constants that no operator or client meets.
NO_LIMITS = {
    ("agent/log/log_format.h", "kBatchBodyBytesMax"),
    ("agent/log/log_openings.h", "kEarlierOpeningsMax"),
    ("agent/rpc/connection_acceptor.h", "kAcceptsPerTurnMax"),
    ("exporters/encoding/encoded_timestamp.h", "kBytesMax"),
    ("exporters/encoding/exemplar_text.h", "kExemplarBytesMax"),
    ("exporters/encoding/number_format.h", "kNumberBytesMax"),
    ("exporters/encoding/start_time_text.h", "kBytesMax"),
    ("exporters/http/access/basic_auth.h", "kRememberedGuessesMax"),
    ("exporters/otlp/otlp_response.h", "kOtlpMessageBytesMax"),
    ("exporters/otlp/otlp_json_bound.h", "kCharacterBytesMax"),
    ("exporters/remote_write/fresh_exemplars.h", "kSentExemplarBytesMax"),
    ("exporters/remote_write/native_histogram.h", "kBucketBytesMax"),
    ("exporters/remote_write/native_histogram.h", "kFixedBytesMax"),
    ("exporters/remote_write/symbol_table.h", "kOverheadBytesMax"),
    ("exporters/view/exponential_sum.h", "kSummedBucketsMax"),
}
# Constants that prose repeats: (document, its words with {} for the value, header, constant).
_CORE = "docs/how_the_core_works.md"
_OPERATIONS = "docs/operations.md"
_CELL = "metrics_core/internal/cells/cell.h"
_LEASE = "agent/lease/lease.h"
_SESSION = "exporters/http/session.cc"
REPEATED = (
    (_CORE, "cells, in chunks of {}.", _CELL, "kCellsPerChunk"),
    (_CORE, "chunk 2 (1,027 / {}), cell 3 (1,027 % {})", _CELL, "kCellsPerChunk"),
    (_CORE, "that is younger than {}?", "exporters/http/shared_collection.h", "kSharedFor"),
    (_CORE, "encoder.Fill(page chunk) {} of text at a time", "exporters/encoding/page_chunk.h", "kPageChunkBytes"),
    (_CORE, "reads and drops up to {}", _SESSION, "kLingerBytesMax"),
    (_CORE, "or {}, so that the response arrives", _SESSION, "kLingerTime"),
    ("docs/glossary.md", "| {} cells of a shard", _CELL, "kCellsPerChunk"),
    ("docs/glossary.md", "| up to {} of a page", "exporters/encoding/page_chunk.h", "kPageChunkBytes"),
    (_OPERATIONS, "waits for the leases of the one before that was killed, {}.", _LEASE, "kLeaseDuration"),
    (_OPERATIONS, "this agent has watched it for {} without a renewal", _LEASE, "kLeaseDuration"),
    (_OPERATIONS, "A lease lasts {} and", _LEASE, "kLeaseDuration"),
    (_OPERATIONS, "is renewed every {}, so that", _LEASE, "kLeaseRenewInterval"),
)
_LIMIT = re.compile(r"\bconstexpr\b[^;=({]*\b(k\w+Max)\b")
_UNITS = {"nanoseconds": "ns", "milliseconds": "ms", "seconds": "s", "minutes": "min", "hours": "h"}
_DURATION = re.compile(r"(?:std::)?chrono::(\w+)\s*[({]\s*([\d']+)\s*[)}]")
_MILLISECONDS = {"ns": 1e-6, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}


def _duration(count, unit):
    milliseconds = count * _MILLISECONDS[unit]
    return f"{milliseconds / 1000:g} s" if milliseconds >= 1000 else f"{milliseconds:g} ms"


def _amount(number, name):
    if "ytes" not in name or name.endswith("Factor"):
        return f"{number:,}"
    for size, unit in ((1 << 20, "MiB"), (1 << 10, "KiB")):
        if number >= size and number % size == 0:
            return f"{number // size} {unit}"
    return f"{number:,} bytes"


def _rows_missing(tree):
    """Limits that a header gained and the rows did not."""
    named = {(header, name) for _, header, name, _ in ROWS} | NO_LIMITS
    for file in tree.cpp_files(("agent", "exporters")):
        if file.suffix != ".h":
            continue
        for found in _LIMIT.finditer(file.code):
            if (file.path, found[1]) not in named:
                message = f"{found[1]} has no row in ROWS, or place in NO_LIMITS, of tools/tidy_rules/limits.py"
                yield Finding(file.path, source_tree.line_of(file.code, found.start()), message)


def value_of(code, name):
    """The value of a constant or member, as people read it; None where it is not found."""
    found = re.search(rf"([^;{{}}()]*)\b{name}\s*(=\s*[^;]*|[({{][^;]*);", code)
    if not found:
        return None
    declared, assigned = found.groups()
    text = assigned.replace("'", "")
    duration = _DURATION.search(text)
    if duration:
        return _duration(int(duration[2]), _UNITS[duration[1]])
    member = re.search(r"chrono::(\w+)\s*$", declared)
    if member:
        return _duration(int(re.search(r"\d+", text)[0]), _UNITS[member[1]])
    number = re.search(r"[={(]\s*(?:std::\w+\s*[({]\s*)?(\d+)[)}\s]*(?:(<<|\*)\s*(\d+))?", text)
    if not number:
        return None
    amount = int(number[1])
    if number[2]:
        amount = amount << int(number[3]) if number[2] == "<<" else amount * int(number[3])
    return _amount(amount, name)


def table(tree):
    """The lines of the table, and what is wrong with the rows."""
    lines = ["| limit | is | beyond it |", "|---|---|---|"]
    problems = []
    for what, header, name, beyond in ROWS:
        file = tree.files.get(header)
        value = value_of(file.code, name) if file else None
        if value is None:
            problems.append(Finding(header, 1, f"{name} is not found; mend its row in tools/tidy_rules/limits.py"))
        else:
            lines.append(f"| {what} | {value} | {beyond} |")
    return lines, problems


def limits_are_in_the_manual(tree):
    """An operator meets a limit in production; the manual that tells it must not be older than the constant."""
    manual = tree.files.get(MANUAL)
    if manual is None:
        return
    lines, problems = table(tree)
    yield from problems
    yield from _rows_missing(tree)
    yield from source_tree.differences_between_marks(manual, BEGIN, END, lines, "table of limits")


def repeated_numbers_are_those_of_constants(tree):
    """A number that a document repeats stays when its constant changes, and both are believed."""
    for path, words, header, name in REPEATED:
        document = tree.files.get(path)
        if document is None or header not in tree.files:
            continue
        value = value_of(tree.files[header].code, name)
        expected = words.replace("{}", str(value))
        if value is None or expected not in " ".join(document.text.split()):
            yield Finding(path, 1, f"does not say `{expected}`, the value of {name} ({header}; REPEATED of limits.py)")


RULES = (limits_are_in_the_manual, repeated_numbers_are_those_of_constants)


def _print_table():
    root = pathlib.Path(__file__).resolve().parent.parent.parent
    lines, problems = table(source_tree.SourceTree(root))
    print("\n".join(lines))
    for problem in problems:
        print(f"{problem.path}: {problem.message}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(_print_table())
