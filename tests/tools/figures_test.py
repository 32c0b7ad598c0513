"""The table of README follows bench/results: the newest result of a suite counts, and figures elsewhere are found."""

import json
import pathlib
import subprocess
import unittest
import unittest.mock

from rule_test_case import RuleTestCase
from tidy_rules import figures

CORE = (
    "BM_FamilyLookupIncrement",
    "BM_CounterIncrement",
    "BM_CounterIncrementInC",
    "BM_HistogramObserve",
    "BM_FetchAdd",
)


def result(*times, date="2026-01-02T00:00:00+00:00", load="0.10", benches=CORE):
    runs = [
        {"name": f"{bench}/real_time/threads:1", "run_type": "iteration", "cpu_time": time}
        for bench in benches
        for time in times
    ]
    return json.dumps({"context": {"date": date, "load_at_start": load}, "benchmarks": runs})


def path(commit="abc1234", date="2026-01-02", suite="core"):
    return f"bench/results/{date}.{commit}.{suite}.AMD-EPYC.2-threads.g++-12.2.0.json"


def readme(*lines):
    return "\n".join(("# Title", figures.BEGIN, *lines, figures.END)) + "\n"


class FiguresAreThoseOfResults(RuleTestCase):
    rule = staticmethod(figures.figures_are_those_of_results)

    def table(self, files):
        return "\n".join(figures.table(figures.source_tree.SourceTree(self.checkout(files)))[0])

    def test_accepts_what_it_writes_and_finds_a_figure_that_was_changed_by_hand(self):
        files = {path(): result(1.04)}
        lines = self.table(files).splitlines()
        self.assertClean(self.rule, files | {"README.md": readme(*lines)})
        lines[2] = lines[2].replace("1.04 ns", "0.9 ns", 1)
        self.assertFinds(self.rule, files | {"README.md": readme(*lines)}, "README.md:5")

    def test_finds_a_figure_of_an_older_result(self):
        files = {path(): result(1.04)}
        old = readme(*self.table(files).splitlines())
        newer = {path("def5678", "2026-01-03"): result(2.04, date="2026-01-03T00:00:00+00:00")}
        self.assertFinds(self.rule, files | newer | {"README.md": old}, "README.md:5")

    def test_takes_the_later_of_two_results_of_a_day(self):
        files = {
            path("a"): result(9.0, date="2026-01-02T08:00:00+00:00"),
            path("b"): result(1.0, date="2026-01-02T07:00:00+00:00"),
        }
        self.assertIn("| counter +1 | 9 ns |", self.table(files))

    def test_tells_the_smallest_and_the_largest_beside_the_median(self):
        table = self.table({path(): result(1.0, 9.0, 2.0)})
        self.assertIn("| counter +1 | 2 ns (1 to 9) | one `fetch_add`: 2 ns (1 to 9) |", table)

    def test_has_no_row_without_a_result(self):
        table = self.table({path(): result(1.0)})
        self.assertIn("| counter +1 | 1 ns |", table)
        self.assertNotIn("tools/bench dataplane", table)
        kept = readme("| what | measured |", "| one producer | 2 million records/s |")
        self.assertFinds(self.rule, {path(): result(1.0), "README.md": kept}, "README.md:3")

    def test_finds_a_result_without_the_bench_of_a_row(self):
        files = {path(): result(1.0, benches=CORE[1:])}
        files["README.md"] = readme(*self.table(files).splitlines())
        self.assertFinds(self.rule, files, f"{path()}:1")

    def test_marks_a_result_of_a_busy_machine(self):
        self.assertIn("**not on a quiet machine** (load 1.2)", self.table({path(): result(1.0, load="1.20")}))
        self.assertNotIn("quiet machine", self.table({path(): result(1.0, load="0.50")}))

    def test_reads_names_of_processors_with_dots(self):
        name = "bench/results/2026-01-02.abc1234-changed.core.Xeon-R--CPU---2.20GHz.8-threads.g++-12.2.0.json"
        self.assertIn("commit abc1234-changed]", self.table({name: result(1.0)}))
        self.assertIn("Xeon R CPU 2.20GHz, 8 threads", self.table({name: result(1.0)}))

    def test_leaves_comparisons_of_revisions_aside(self):
        files = {path(): result(1.0), path(suite="core-against-58c0852"): "{}"}
        self.assertIn("| counter +1 | 1 ns |", self.table(files))

    def test_finds_a_readme_without_the_table(self):
        self.assertFinds(self.rule, {"README.md": "# Title\n"}, "README.md:1")


class ResultsAreNotOld(RuleTestCase):
    rule = staticmethod(figures.results_are_not_old)

    def setUp(self):
        self.root = pathlib.Path(self.checkout({"a.txt": ""}))
        self.git("init", "--quiet")
        self.commit("a.txt")

    def git(self, *words):
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        done = subprocess.run(["git", *identity, *words], cwd=self.root, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, name, text=""):
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")
        self.git("add", name)
        self.git("commit", "--quiet", "-m", name)
        return self.git("rev-parse", "--short", "HEAD")

    def findings(self):
        return [finding.message for finding in self.rule(figures.source_tree.SourceTree(self.root))]

    def change(self, count, folder):
        for number in range(count):
            self.commit(f"{folder}/a.cc", str(number))

    def test_finds_a_result_of_code_that_has_changed_too_often(self):
        with unittest.mock.patch.object(figures, "AGE_MAX", 2):
            measured = self.git("rev-parse", "--short", "HEAD")
            self.commit(path(measured + "-changed"), result(1.0))
            self.change(2, "agent")
            self.change(3, "docs")
            self.assertEqual([], self.findings())
            self.change(1, "client")
            self.assertIn("3 commits old; the limit is 2", self.findings()[0])

    def test_says_nothing_of_a_commit_that_the_history_lacks(self):
        with unittest.mock.patch.object(figures, "AGE_MAX", 0):
            self.commit(path("0123abc"), result(1.0))
            self.change(1, "agent")
            self.assertEqual([], self.findings())
        self.assertClean(self.rule, {path(): result(1.0)})


class MeasuredTimesAreInTheTable(RuleTestCase):
    rule = staticmethod(figures.measured_times_are_in_the_table)

    def test_finds_them_in_headers_and_documents(self):
        files = {
            "a/a.h": "// A.\n// Cost: 15 to 17 ns, and 0.3 us at most; 1.4 times a counter.\n",
            "a/b.h": "// Cost: about 3\n// ns.\n",
            "a/c.h": "// Some hundred nanoseconds,\n// a few nanoseconds, about a microsecond.\n// 60 instructions.\n",
            "docs/a.md": "It takes 5 microseconds.\n",
            "README.md": f"{figures.BEGIN}\n| 1 ns |\n{figures.END}\nIn 2 ns.\n",
        }
        where = ("a/a.h:2", "a/a.h:2", "a/a.h:2", "a/b.h:1", "a/c.h:1", "a/c.h:2", "a/c.h:2", "a/c.h:3")
        where += ("docs/a.md:1", "README.md:4")
        self.assertFinds(self.rule, files, *where)

    def test_lets_code_limits_and_decisions_be(self):
        files = {
            "a/a.h": "// Waits 20 ms, of 10 nsec or 3 times.\nconstexpr auto k = 3 ns;\n",
            "docs/decisions/a.md": "It took 5 ns.\n",
            "tests/a.h": "// 5 ns.\n",
        }
        self.assertClean(self.rule, files)


class SuitesAreDescribed(RuleTestCase):
    rule = staticmethod(figures.suites_are_described)

    def test_finds_a_suite_without_a_row(self):
        build = 'cc_binary(name = "core")\ncc_binary(name = "peers")\ncc_library(name = "load")\n'
        rows = "| `core` | What? | How. |\n"
        files = {"bench/BUILD.bazel": build, "bench/README.md": rows}
        self.assertFinds(self.rule, files, "bench/README.md:1")
        self.assertClean(self.rule, files | {"bench/README.md": rows + "| `peers` | What? | How. |\n"})


if __name__ == "__main__":
    unittest.main()
