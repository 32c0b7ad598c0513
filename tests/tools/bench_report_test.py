"""A figure is the ratio of two medians of one run, and says whether it reaches its goal."""

import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest

import bench_report


def run_of(name, cpu_time, **more):
    return {"name": name + "/repeats:5", "run_type": "iteration", "cpu_time": cpu_time} | more


class Report(unittest.TestCase):
    def report(self, runs, load="0.10"):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "runs.json"
            path.write_text(
                json.dumps({"context": {"num_cpus": 2, "load_at_start": load, "load_avg": [1.9]}, "benchmarks": runs})
            )
            output = io.StringIO()
            arguments, sys.argv = sys.argv, ["bench_report.py", "core", str(path)]
            try:
                with contextlib.redirect_stdout(output):
                    bench_report.main()
            finally:
                sys.argv = arguments
            return output.getvalue()

    def counters(self, *times):
        fetch_adds = [run_of("BM_FetchAdd/real_time/threads:1", 10.0) for _ in times]
        return fetch_adds + [run_of("BM_CounterIncrement/real_time/threads:1", time) for time in times]

    def test_divides_the_medians(self):
        goal = bench_report.GOALS["core"][0]
        runs = {
            goal.bench: [run_of("a", time) for time in (1.0, 2.0, 9.0)],
            goal.baseline: [run_of("b", time) for time in (10.0, 20.0, 30.0)],
        }
        median, all_of_them = bench_report.ratios(goal, runs)
        self.assertEqual(0.1, median)
        self.assertEqual([0.1, 0.1, 0.3], all_of_them)

    def test_says_that_a_goal_is_passed(self):
        self.assertRegex(self.report(self.counters(1.0, 1.1, 1.2)), r"counter \+1, of one fetch_add .* 0\.11 .* passed")

    def test_says_that_a_figure_is_short_of_its_goal(self):
        self.assertRegex(
            self.report(self.counters(4.0, 5.0, 6.0)), r"counter \+1, of one fetch_add .* 0\.5 .* short of it"
        )

    def test_warns_of_a_machine_that_was_busy_before_the_build(self):
        self.assertIn("Warning: the load is 0.90", self.report(self.counters(1.0), load="0.90"))
        self.assertNotIn("Warning", self.report(self.counters(1.0), load="0.50"))

    def test_prints_the_rows_of_readme_whose_benches_ran(self):
        names = ("BM_CounterIncrement/real_time/threads:1", "BM_FetchAdd/real_time/threads:1")
        runs = [{"name": name, "run_type": "iteration", "cpu_time": time} for name in names for time in (2.0, 1.0, 4.0)]
        rows = self.report(runs).partition("README's table, from this run:\n")[2]
        self.assertEqual("counter +1: 2 ns (1 to 4); one `fetch_add`: 2 ns (1 to 4)\n", rows)
        self.assertNotIn("README", self.report([]))

    def test_leaves_aggregates_and_missing_benches_out(self):
        runs = self.counters(1.0, 1.0)
        runs.append({"name": "BM_FetchAdd/real_time/threads:1_mean", "run_type": "aggregate", "cpu_time": 99.0})
        text = self.report(runs)
        self.assertEqual(1, text.count("passed"))
        self.assertNotIn("histogram", text)


if __name__ == "__main__":
    unittest.main()
