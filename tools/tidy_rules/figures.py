"""The table of README.md, "What it costs": generated from the newest result of each suite in bench/results.

    python3 tools/tidy_rules/figures.py    writes the table into README.md; tools/bench SUITE --record does so too

It also prints how many commits ago each suite was measured. A row whose suite has no result is left out of the table.
"""

import dataclasses
import json
import pathlib
import re
import statistics
import subprocess
import sys

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import bench_load
from tidy_rules import source_tree

Finding = source_tree.Finding

README = "README.md"
RESULTS = "bench/results/"
SUITES_PAGE = "bench/README.md"
BEGIN = "<!-- figures: written by tools/tidy_rules/figures.py -->"
END = "<!-- figures: end -->"

# Commits to what is measured, since a result was.
AGE_MAX = 300
_MEASURED_FOLDERS = ("metrics_core", "exporters", "client", "agent", "proto")

_ONE = "/real_time/threads:1"
_TWO = "/real_time/threads:2"
_PAIRS = "BM_ProducerToAgent/records_per_s:200000/iterations:1/repeats:1/real_time"
_PRODUCE = "BM_Produce/producers:1/partitions:{}/iterations:1/manual_time"
_LIBRDKAFKA = "BM_ProduceByLibrdkafka/producers:1/partitions:{}/idempotent:1/iterations:1/manual_time"


@dataclasses.dataclass(frozen=True)
class Row:
    what: str
    suite: str
    measured: str  # each {} is one of the values
    beside: str  # as well, with the values that are left
    values: tuple  # functions of a Result, each giving a text


def _with_spread(result, bench, counter, digits, unit):
    """The median, and the smallest and largest of the runs where they differ from it."""
    low, median, high = (f"{value:.{digits}g}" for value in result.spread(bench, counter))
    return f"{median} {unit}" if low == high else f"{median} {unit} ({low} to {high})"


def nanoseconds(bench):
    return lambda result: _with_spread(result, bench, "cpu_time", 3, "ns")


def milliseconds(bench, counter="cpu_time"):
    return lambda result: _with_spread(result, bench, counter, 3, "ms")


def ratio(bench, baseline):
    return lambda result: f"{result.median(bench) / result.median(baseline):#.2g}"


def counter_of(bench, counter, form, scale=1.0):
    return lambda result: format(result.median(bench, counter) * scale, form)


def peer(bench, peer_bench=None):
    theirs = "BM_PrometheusCpp" + (peer_bench or bench)
    return ratio(f"BM_{bench}{_ONE}", theirs + _ONE), ratio(f"BM_{bench}{_TWO}", theirs + _TWO)


def million_records(bench):
    return counter_of(bench, "items_per_second", ".2g", 1e-6)


# pylint: disable=line-too-long
ROWS = (
    Row("counter +1", "core", "{}", "one `fetch_add`: {}",
        (nanoseconds("BM_CounterIncrement" + _ONE), nanoseconds("BM_FetchAdd" + _ONE))),
    Row("the same from a program in C", "core", "{}", "in C++: {}",
        (nanoseconds("BM_CounterIncrementInC" + _ONE), nanoseconds("BM_CounterIncrement" + _ONE))),
    Row("histogram observe, 13 bounds, doubles", "core", "{}", "one `fetch_add`: {}",
        (nanoseconds("BM_HistogramObserve" + _ONE), nanoseconds("BM_FetchAdd" + _ONE))),
    Row("look-up of two labels among 1,000 series, then +1", "core", "{}", "one `fetch_add`: {}",
        (nanoseconds("BM_FamilyLookupIncrement" + _ONE), nanoseconds("BM_FetchAdd" + _ONE))),
    Row("counter +1, in the time of prometheus-cpp", "peers", "{}; with 2 threads {}", "", peer("CounterIncrement")),
    Row("histogram observe, in the time of prometheus-cpp", "peers", "{}; with 2 threads {}", "", peer("HistogramObserve")),
    Row("look-up and +1, in the time of prometheus-cpp", "peers", "{}; with 2 threads {}", "",
        peer("FamilyLookupIncrement", "FamilyAddIncrement")),
    Row("scrape of 100,000 counters, in the time of prometheus-cpp", "peers", "{}", "",
        (ratio("BM_ScrapeText/100000", "BM_PrometheusCppScrapeText/100000"),)),
    Row("text page of 1,000,000 counters", "exposition", "{} for {} MB", "a memcpy of the page: {}",
        (milliseconds("BM_EncodeText/1000000"), counter_of("BM_EncodeText/1000000", "page_bytes", ".0f", 1e-6),
         milliseconds("BM_MemcpyPage/1000000"))),
    Row("the same with its snapshot, over loopback", "exposition", "{}", "",
        (milliseconds("BM_Scrape/1000000/real_time", "real_time"),)),
    Row("text page of 100,000 counters, compressed", "exposition", "gzip {}, zstd {}", "the page without compression: {}",
        (milliseconds("BM_Gzip/100000"), milliseconds("BM_Zstd/100000"), milliseconds("BM_EncodeText/100000"))),
    Row("push of 100,000 counters, in the time of the text page", "push", "OTLP: {}; remote write 2.0: {}", "",
        (ratio("BM_OtlpProtobuf/100000", "BM_Text/100000"), ratio("BM_RemoteWrite2/100000", "BM_Text/100000"))),
    Row("throughput of a producer with metrics, of one without, 200,000 records/s", "overhead", "{}", "95 % interval: {} to {}",
        tuple(counter_of(_PAIRS, counter, ".4f") for counter in ("ratio", "ratio_low", "ratio_high"))),
    Row("metrics of a producer, a record", "overhead", "{} ns", "",
        (counter_of("BM_InstrumentationPerRecord", "ns_per_record", ".3g"),)),
    Row("one producer, 100-byte records, through gRPC into the log", "dataplane",
        "{} million records/s into one partition, {} into four", "librdkafka to its mock cluster: {} and {}",
        (million_records(_PRODUCE.format(1)), million_records(_PRODUCE.format(4)),
         million_records(_LIBRDKAFKA.format(1)), million_records(_LIBRDKAFKA.format(4)))),
)  # fmt: skip
# pylint: enable=line-too-long
SUITES = tuple(dict.fromkeys(row.suite for row in ROWS))
# DATE.COMMIT.SUITE.PROCESSOR.N-threads.COMPILER.json, as tools/bench --record names it.
_NAME = re.compile(
    r"[\d-]+\.(?P<commit>[^.]+)\.(?P<suite>\w+)\.(?P<processor>.+)\.(?P<threads>\d+)-threads\.(?P<compiler>.+)\.json"
)


class Result:
    """One file of bench/results."""

    def __init__(self, path, name, text):
        report = json.loads(text)
        self.path = path
        self.name = name
        self.context = report["context"]
        self._runs = {}
        for run in report["benchmarks"]:
            if run.get("run_type") != "aggregate":
                self._runs.setdefault(run["name"], []).append(run)

    def median(self, bench, counter="cpu_time"):
        return statistics.median(run[counter] for run in self._runs[bench])

    def spread(self, bench, counter="cpu_time"):
        """The smallest, the median and the largest."""
        values = [run[counter] for run in self._runs[bench]]
        return min(values), statistics.median(values), max(values)

    def provenance(self):
        processor = " ".join(self.name["processor"].replace("-", " ").split())
        text = (
            f"| `{self.name['suite']}` | [{self.context['date'][:10]}, commit {self.name['commit']}]({self.path}) | "
            f"{processor}, {self.name['threads']} threads, {self.name['compiler']}"
        )
        load = bench_load.of_result(self.context)
        return text + (f"; **not on a quiet machine** (load {load:.2g})" if load > bench_load.LOAD_MAX else "") + " |"


def newest_results(tree):
    """Suite -> its newest result."""
    newest = {}
    for path, file in tree.files.items():
        name = _NAME.fullmatch(path.removeprefix(RESULTS)) if path.startswith(RESULTS) else None
        if name and name["suite"] in SUITES:
            result = Result(path, name, file.text)
            if name["suite"] not in newest or newest[name["suite"]].context["date"] < result.context["date"]:
                newest[name["suite"]] = result
    return newest


def age(root, result):
    """How many commits to what is measured came after a result; None where the history does not have its commit."""
    if not (root / ".git").exists():
        return None
    since = f"{result.name['commit'].removesuffix('-changed')}..HEAD"
    command = ["git", "-C", str(root), "rev-list", "--count", since, "--", *_MEASURED_FOLDERS]
    counted = subprocess.run(command, capture_output=True, text=True, check=False)
    return int(counted.stdout) if counted.returncode == 0 else None


def cells(row, result):
    """What the table says of a row: the figure, and what stands beside it. KeyError without its benches."""
    values = [value(result) for value in row.values]
    here = row.measured.count("{}")
    return row.measured.format(*values[:here]), row.beside.format(*values[here:])


def table(tree):
    """The lines of the table and of its provenance, and what is wrong with the results."""
    results = newest_results(tree)
    lines = ["| what | measured | beside it, in the same run | command |", "|---|---|---|---|"]
    problems = []
    for row in ROWS:
        result = results.get(row.suite)
        if result is None:
            continue
        try:
            measured, beside = cells(row, result)
        except KeyError as missing:
            problems.append(
                Finding(
                    result.path, 1, f"has no {missing.args[0]} for the row `{row.what}` of {README}; record it again"
                )
            )
            continue
        lines.append(f"| {row.what} | {measured} | {beside} | `tools/bench {row.suite}` |")
    lines += ["", "| suite | result | machine |", "|---|---|---|"]
    lines += [results[suite].provenance() for suite in SUITES if suite in results]
    return lines, problems


def figures_are_those_of_results(tree):
    """A figure that was typed in drifts from what the code does; README's table is made from bench/results."""
    readme = tree.files.get(README)
    if readme is None:
        return
    lines, problems = table(tree)
    yield from problems
    yield from source_tree.differences_between_marks(
        readme, BEGIN, END, lines, "table of figures from bench/results (tools/tidy_rules/figures.py mends it)"
    )


def results_are_not_old(tree):
    """A figure of code that has changed since tells what once was. `tools/bench SUITE --record` measures it again."""
    for suite, result in newest_results(tree).items():
        commits = age(tree.root, result)
        if commits is not None and commits > AGE_MAX:
            message = f"{commits} commits old; the limit is {AGE_MAX}; record it again (tools/bench {suite} --record)"
            yield Finding(result.path, 1, message)


# Times of less than a millisecond: no program is told to wait that long, so a machine measured
# them.
_MEASURED = re.compile(
    r"\b\d[\d.,]*(?:\s+to\s+\d[\d.,]*)?(?:\s+|\s*\n\s*//\s*)(?:ns|us|µs|(?:nano|micro)seconds?)\b|\b\d+\.\d+ times\b"
    # In words, and in instructions, which the compiler decides about.
    r"|\b(?:few\s+nano|(?:some|several|tens|dozens|hundreds?|about\s+an?)(?:\s+of)?\s+(?:nano|micro))seconds?\b"
    r"|\b\d+\s+instructions\b"
)


def _text_under_check(file):
    """What must have no figures, at the lines where it is; empty for files that may have them."""
    if file.suffix == ".h" and file.folder not in ("tests", "third_party"):
        return file.comments
    if file.suffix != ".md" or not (file.folder in ("", "bench", "docs")) or file.path.startswith("docs/decisions/"):
        return ""
    generated = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    return generated.sub(lambda match: source_tree.blank(match.group()), file.text)


def measured_times_are_in_the_table(tree):
    """A time in a header or a document has no result beside it, and no command that measures it again.

    Say what is done (a load, an add and a store), and name the bench. docs/decisions may tell what was measured when
    something was decided.
    """
    for file in tree.own_files():
        text = _text_under_check(file)
        for match in _MEASURED.finditer(text):
            figure = " ".join(match.group().replace("//", "").split())
            message = (
                f"`{figure}` is a measured figure; the place for it is README's table (tools/tidy_rules/figures.py)"
            )
            yield Finding(file.path, source_tree.line_of(text, match.start()), message)


def suites_are_described(tree):
    """A figure is worth nothing to a reader who cannot find out what was measured."""
    page = tree.files.get(SUITES_PAGE)
    if page is None or "bench" not in tree.packages:
        return
    for target in tree.packages["bench"].targets:
        if target.kind == "cc_binary" and f"| `{target.name}` |" not in page.text:
            yield Finding(SUITES_PAGE, 1, f"has no row for the suite {target.name}")


RULES = (figures_are_those_of_results, results_are_not_old, measured_times_are_in_the_table, suites_are_described)


def write(root):
    """Exit code."""
    tree = source_tree.SourceTree(root)
    lines, problems = table(tree)
    for problem in problems:
        print(f"{problem.path}: {problem.message}", file=sys.stderr)
    results = newest_results(tree)
    for suite in SUITES:
        if suite not in results:
            print(f"No result of {suite}: its rows are left out (tools/bench {suite} --record)", file=sys.stderr)
        elif (commits := age(tree.root, results[suite])) is not None:
            print(f"{suite}: measured {commits} commits ago; the limit is {AGE_MAX}", file=sys.stderr)
    path = pathlib.Path(root) / README
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    path.write_text(head + BEGIN + "\n" + "\n".join(lines) + "\n" + END + rest.partition(END)[2], encoding="utf-8")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(write(pathlib.Path(__file__).resolve().parent.parent.parent))
