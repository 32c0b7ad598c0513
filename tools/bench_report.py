#!/usr/bin/python3
"""Prints the figures of a bench run that have goals, as ratios to a baseline of the same run, and the run's rows of
README's table.

    tools/bench_report.py SUITE FILE      FILE is Google Benchmark's JSON with repetitions

A ratio is the median of one bench over the median of the other, with the smallest and largest ratio of the repetitions.
Standard library only.
"""

import dataclasses
import json
import pathlib
import statistics
import sys

import bench_load
from tidy_rules import figures


@dataclasses.dataclass(frozen=True)
class Goal:
    figure: str
    bench: str
    baseline: str  # another bench; empty for a counter of the bench itself, as it is
    at_most: float
    counter: str = "cpu_time"


_ONE = "/real_time/threads:1"
_TWO = "/real_time/threads:2"
_FETCH_ADD = "BM_FetchAdd" + _ONE
_CROWDS = ("silent", "slow_headers", "never_reading", "scraping")

# pylint: disable=line-too-long
GOALS = {
    "core": (
        Goal("counter +1, of one fetch_add", "BM_CounterIncrement" + _ONE, _FETCH_ADD, 0.15),
        Goal("counter +1 per thread, 2 threads of 1", "BM_CounterIncrement" + _TWO, "BM_CounterIncrement" + _ONE, 1.1),
        Goal("counter +1, of fetch_add, 2 threads", "BM_CounterIncrement" + _TWO, "BM_FetchAdd" + _TWO, 0.15),
        Goal("histogram, 13 bounds, doubles, of fetch_add", "BM_HistogramObserve" + _ONE, _FETCH_ADD, 0.65),
        Goal("histogram on ticks, of fetch_add", "BM_HistogramObserveTicks" + _ONE, _FETCH_ADD, 0.45),
        Goal("look-up of 2 labels and +1, of fetch_add", "BM_FamilyLookupIncrement" + _ONE, _FETCH_ADD, 2),
        Goal("counter +1 through C, of C++", "BM_CounterIncrementInC" + _ONE, "BM_CounterIncrement" + _ONE, 1.05),
        Goal("histogram through C, of C++", "BM_HistogramObserveInC" + _ONE, "BM_HistogramObserve" + _ONE, 1.05),
        Goal("look-up through C, of C++", "BM_FamilyLookupIncrementInC" + _ONE, "BM_FamilyLookupIncrement" + _ONE, 1.05),
        Goal("counter +1 while scraped, of undisturbed", "BM_RecordWhileScraped/real_time", "BM_CounterIncrement" + _ONE, 1.05),
        Goal("Clock, of steady_clock", "BM_ClockNow", "BM_SteadyClockNow", 1),
        Goal("bytes a counter series at 1,000,000", "BM_CounterMemory/series:1000000/threads:1/iterations:1", "", 160,
             "bytes_per_series"),
        Goal("the same with a snapshot's buffers", "BM_CounterMemory/series:1000000/threads:1/iterations:1", "", 160,
             "bytes_per_series_when_scraped"),
    ),
    "exposition": (
        Goal("text of 1,000,000 counters, of a memcpy of it", "BM_EncodeText/1000000", "BM_MemcpyPage/1000000", 3),
    ),
    "push": (
        Goal("OTLP protobuf of 100,000 counters, of the text page", "BM_OtlpProtobuf/100000", "BM_Text/100000", 2),
        Goal("OTLP JSON, of the text page", "BM_OtlpJson/100000", "BM_Text/100000", 2.5),
        Goal("remote write 2.0, of the text page", "BM_RemoteWrite2/100000", "BM_Text/100000", 2),
        Goal("OpenMetrics 2.0, of OpenMetrics 1.0", "BM_OpenMetrics2/100000", "BM_OpenMetrics/100000", 1.1),
        Goal("recording beside a receiver that refuses, of alone", "BM_RecordBesideRefusing/iterations:1/repeats:1/real_time", "", 1.02,
             "ratio"),
        Goal("recording beside a receiver that hangs, of alone", "BM_RecordBesideHanging/iterations:1/repeats:1/real_time", "", 1.02,
             "ratio"),
    ),
    "abuse": tuple(
        Goal(f"/health beside {crowd} clients, median ms", f"BM_HealthBeside/{crowd}/iterations:100/real_time", "", 50, "median_ms")
        for crowd in _CROWDS
    )
    + tuple(
        Goal(f"recording beside {crowd} clients, of without", f"BM_RecordBeside/{crowd}", "BM_RecordBeside/nobody", 1.05)
        for crowd in _CROWDS
    ),
    "peers": (
        Goal("counter +1, of prometheus-cpp's", "BM_CounterIncrement" + _ONE, "BM_PrometheusCppCounterIncrement" + _ONE, 1),
        Goal("the same, 2 threads", "BM_CounterIncrement" + _TWO, "BM_PrometheusCppCounterIncrement" + _TWO, 1),
        Goal("histogram, 13 bounds", "BM_HistogramObserve" + _ONE, "BM_PrometheusCppHistogramObserve" + _ONE, 1),
        Goal("the same, 2 threads", "BM_HistogramObserve" + _TWO, "BM_PrometheusCppHistogramObserve" + _TWO, 1),
        Goal("look-up of 2 labels and +1", "BM_FamilyLookupIncrement" + _ONE, "BM_PrometheusCppFamilyAddIncrement" + _ONE, 1),
        Goal("scrape of 1,000 counters as text", "BM_ScrapeText/1000", "BM_PrometheusCppScrapeText/1000", 1),
        Goal("scrape of 100,000 counters as text", "BM_ScrapeText/100000", "BM_PrometheusCppScrapeText/100000", 1),
    ),
    "rdkafka": (
        Goal("processor time of a producer with metrics, of without", "BM_ProducerProcessorTime/iterations:1/repeats:1/real_time", "",
             1.01, "ratio"),
        Goal("a document of 200 partitions, ms", "BM_TakeStatistics", "", 1, "ms"),
    ),
    "scale": (
        Goal("making 10,000 topics, ms", "BM_CreateTopics/topics:10000/iterations:1/manual_time", "", 20_000, "real_time"),
        Goal("refresh of 10,000 lags that moved, ms of one core", "BM_RefreshLag/moved:1/iterations:10/manual_time", "", 1000, "cpu_ms"),
        Goal("append p99.9 with a refresh every second, of without", "BM_AppendBesideRefresh/iterations:1/repeats:1/real_time", "", 1.02,
             "ratio"),
        Goal("sample of a page with it, of a plain gauge", "BM_ScrapeBesideRefresh/iterations:1/repeats:1/real_time", "", 1.1, "ratio"),
    ),
    "overhead": (
        Goal("time with metrics, of without, flat out", "BM_ProducerToAgent/records_per_s:0/iterations:1/repeats:1/real_time", "",
             1.01, "time_ratio"),
        Goal("the same at 200,000 records/s", "BM_ProducerToAgent/records_per_s:200000/iterations:1/repeats:1/real_time", "", 1.01,
             "time_ratio"),
        Goal("instrumentation of a record, ns", "BM_InstrumentationPerRecord", "", 15, "ns_per_record"),
    ),
}  # fmt: skip
# pylint: enable=line-too-long


def read_runs(path):
    """Bench name -> its repetitions, each a dictionary."""
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    runs = {}
    for run in report["benchmarks"]:
        if run.get("run_type") != "aggregate":
            name = run["name"].removesuffix("/repeats:5")
            runs.setdefault(name, []).append(run)
    return report["context"], runs


def ratios(goal, runs):
    """The ratio of the medians, and those of the repetitions."""
    values = [run[goal.counter] for run in runs[goal.bench]]
    if not goal.baseline:
        return statistics.median(values), values
    base = [run[goal.counter] for run in runs[goal.baseline]]
    pairs = [value / other for value, other in zip(values, base)]
    return statistics.median(values) / statistics.median(base), pairs


def readme_rows(suite, path):
    """The rows of README's table as this run has them; without those whose benches did not run."""
    result = figures.Result(path, None, pathlib.Path(path).read_text(encoding="utf-8"))
    for row in figures.ROWS:
        if row.suite == suite:
            try:
                measured, beside = figures.cells(row, result)
            except KeyError:
                continue
            yield f"{row.what}: {measured}" + (f"; {beside}" if beside else "")


def main():
    suite, path = sys.argv[1], sys.argv[2]
    context, runs = read_runs(path)
    load = bench_load.of_result(context)
    print(f"{context['num_cpus']} processors, load {load:.2f} at the start, commit {context.get('commit', '?')}")
    print(f"{'figure':52} {'median':>9} {'smallest':>9} {'largest':>9} {'goal':>8}")
    for goal in GOALS.get(suite, ()):
        if goal.bench not in runs or (goal.baseline and goal.baseline not in runs):
            continue
        median, every = ratios(goal, runs)
        verdict = "passed" if median <= goal.at_most else "short of it"
        print(f"{goal.figure:52} {median:9.3g} {min(every):9.3g} {max(every):9.3g} {goal.at_most:8g}  {verdict}")
    rows = list(readme_rows(suite, path))
    if rows:
        print("\nREADME's table, from this run:", *rows, sep="\n")
    if bench_load.warning(load):
        print(bench_load.warning(load))


if __name__ == "__main__":
    main()
