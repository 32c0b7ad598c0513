"""Two revisions take turns row by row; rows that one of them lacks are named; a slowdown decides the exit code."""

import contextlib
import io
import json
import pathlib
import stat
import subprocess
import tempfile
import unittest
import unittest.mock

import bench_against
import bench_load
import bench_revision

# What is needed of Google Benchmark, for one row.
_PROGRAM = """#!/usr/bin/python3 -IS
import sys
flags = dict(word.split("=", 1) for word in sys.argv[1:])
if "--benchmark_list_tests" in flags:
    print("BM_A/size:1.5")
elif flags["--benchmark_filter"] == "^BM_A/size:1\\\\.5$":
    with open(flags["--benchmark_out"], "w") as file:
        file.write('{"benchmarks": [{"name": "BM_A/size:1.5", "cpu_time": 7}]}')
else:
    sys.exit("out of memory")
"""


class BinaryTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / "program"
        path.write_text(_PROGRAM)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        self.binary = bench_against.Binary(path, ["--benchmark_min_time=1"], folder.name)

    def test_lists_its_rows(self):
        self.assertEqual(["BM_A/size:1.5"], self.binary.rows())

    def test_runs_exactly_one_row(self):
        self.assertEqual({"name": "BM_A/size:1.5", "cpu_time": 7}, self.binary.run("BM_A/size:1.5"))

    def test_tells_why_a_run_did_not_come_to_its_end(self):
        self.assertEqual({"name": "b", "error_message": "exit code 1: out of memory"}, self.binary.run("b"))


class FakeBinary:
    """Each run takes as long as `times` says, or fails where that is None, and is noted in `runs`."""

    def __init__(self, name, times, runs):
        self._name = name
        self._times = times
        self._runs = runs

    def rows(self):
        return list(self._times)

    def run(self, row):
        self._runs.append((self._name, row))
        if self._times[row] is None:
            return {"name": row, "error_message": "out of memory"}
        return {"name": row, "cpu_time": self._times[row], "time_unit": "ns"}


class Comparison(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.raw = pathlib.Path(folder.name) / "raw"
        self.runs = []

    def compare(self, new, base, *words, load=0.1):
        options = bench_against.parse(["suite", "HEAD", *words])
        fakes = [FakeBinary("new", new, self.runs), None if base is None else FakeBinary("base", base, self.runs)]
        with contextlib.redirect_stdout(io.StringIO()) as output, contextlib.redirect_stderr(io.StringIO()):
            code = bench_against.compare(options, *fakes, {"new": "n", "base": "b", **bench_load.context(load)})
        return code, output.getvalue()

    def test_is_content_with_equal_rows(self):
        code, text = self.compare({"a/x:1": 10.0}, {"a/x:1": 10.0})
        self.assertEqual(0, code)
        self.assertRegex(text, r"a/x:1 +10 +10 ns +1\.000 +\[1\.000, 1\.000\]\n")
        self.assertIn("Worse than 1.03, the whole interval: none", text)

    def test_fails_for_a_slower_row_and_names_it(self):
        code, text = self.compare({"a": 10.4, "b": 1.0}, {"a": 10.0, "b": 1.0})
        self.assertEqual(1, code)
        self.assertIn("Worse than 1.03, the whole interval: 1\n  a  1.040 [1.040, 1.040]\n", text)

    def test_takes_another_limit(self):
        code, text = self.compare({"a": 10.4}, {"a": 10.0}, "--limit", "1.05")
        self.assertEqual(0, code)
        self.assertIn("Worse within 1.05, the whole interval above 1: 1\n  a", text)

    def test_names_rows_that_one_of_them_lacks(self):
        code, text = self.compare({"both": 1.0, "young": 1.0}, {"both": 1.0, "old": 1.0})
        self.assertEqual(0, code)
        self.assertRegex(text, r"\nyoung +no base\n")
        self.assertRegex(text, r"\nold +gone\n")

    def test_has_no_base_at_all_where_the_revision_lacks_the_suite(self):
        code, text = self.compare({"a": 1.0}, None)
        self.assertEqual(0, code)
        self.assertRegex(text, r"\na +no base\n")

    def test_runs_both_in_turns_and_alternates_which_goes_first(self):
        self.compare({"a": 1.0, "b": 1.0}, {"a": 1.0, "b": 1.0})
        pairs = list(zip(self.runs[0::2], self.runs[1::2]))
        self.assertEqual(18, len(pairs))
        for first, second in pairs:
            self.assertEqual(first[1], second[1])
            self.assertEqual({"new", "base"}, {first[0], second[0]})
        self.assertEqual(9, sum(first[0] == "new" for first, _ in pairs))

    def test_fails_for_a_row_that_does_not_come_to_its_end(self):
        code, text = self.compare({"a": None, "b": 1.0}, {"a": 1.0, "b": 1.0})
        self.assertEqual(1, code)
        self.assertRegex(text, r"\na +failed: out of memory\n")
        self.assertRegex(text, r"\nb +1 ")

    def test_keeps_the_runs(self):
        self.compare({"a": 3.0}, {"a": 2.0}, "--json", str(self.raw))
        raw = json.loads(self.raw.read_text())
        self.assertEqual(("suite", "n", "b", 9), (raw["suite"], raw["new"], raw["base"], len(raw["rows"]["a"])))
        self.assertEqual((3.0, 2.0), (raw["rows"]["a"][0]["new"]["cpu_time"], raw["rows"]["a"][0]["base"]["cpu_time"]))

    def test_says_and_keeps_that_the_machine_was_busy(self):
        _, text = self.compare({"a": 1.0}, {"a": 1.0}, "--json", str(self.raw), load=0.7)
        self.assertIn("Warning: the load is 0.70, above 0.5", text)
        raw = json.loads(self.raw.read_text())
        self.assertEqual(("0.70", "no"), (raw["load_at_start"], raw["quiet"]))

    def test_says_nothing_of_a_quiet_machine(self):
        _, text = self.compare({"a": 1.0}, {"a": 1.0})
        self.assertNotIn("Warning", text)

    def test_passes_flags_on_to_the_binary(self):
        options = bench_against.parse(["suite", "HEAD", "--limit", "2", "--", "--benchmark_filter=a", "--json"])
        self.assertEqual((["--benchmark_filter=a", "--json"], 2.0, None), (options.flags, options.limit, options.json))

    def test_refuses_fewer_than_nine_repetitions(self):
        with contextlib.redirect_stderr(io.StringIO()) as errors, self.assertRaises(SystemExit) as ended:
            bench_against.parse(["suite", "HEAD", "--repetitions", "8"])
        self.assertEqual(2, ended.exception.code)
        self.assertIn("at least 9", errors.getvalue())


class Revision(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = pathlib.Path(folder.name) / "tree"
        environment = unittest.mock.patch.dict("os.environ", {"XDG_CACHE_HOME": folder.name, "HOME": folder.name})
        environment.start()
        self.addCleanup(environment.stop)
        self.git("init", "--quiet", str(self.tree), within=folder.name)
        (self.tree / "bench").mkdir()
        self.old = self.commit("old")

    def git(self, *words, within=None):
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        done = subprocess.run(
            ["git", *identity, *words], cwd=within or self.tree, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self, text):
        (self.tree / "bench" / "a_bench.cc").write_text(text)
        self.git("add", ".")
        self.git("commit", "--quiet", "-m", text)
        return self.git("rev-parse", "HEAD")

    def test_is_found_by_any_name_of_a_commit(self):
        self.git("tag", "v1")
        self.assertEqual(self.old, bench_revision.resolve(self.tree, "v1"))

    def test_that_is_unknown_is_named(self):
        with self.assertRaisesRegex(bench_revision.Failure, 'no revision "v2"'):
            bench_revision.resolve(self.tree, "v2")

    def test_counts_as_changed_by_sources_and_not_by_results(self):
        (self.tree / "README.md").write_text("table")
        self.git("add", ".")
        (self.tree / "bench" / "results").mkdir()
        (self.tree / "bench" / "results" / "a.json").write_text("{}")
        self.git("add", ".")
        self.assertEqual(self.git("rev-parse", "--short", "HEAD"), bench_revision.describe(self.tree))
        (self.tree / "bench" / "a_bench.cc").write_text("new")
        self.assertTrue(bench_revision.describe(self.tree).endswith("-changed"))

    def test_says_which_benches_differ(self):
        self.commit("new")
        self.assertEqual(["bench/a_bench.cc"], bench_revision.changed_benches(self.tree, self.old))

    def test_that_lacks_a_suite_is_lent_the_sources_of_this_tree(self):
        (self.tree / "bench" / "BUILD.bazel").write_text('name = "scale"')
        with bench_revision.worktree(self.tree, self.old) as path:
            (path / "bench" / "BUILD.bazel").write_text('name = "core"')
            self.assertFalse(bench_revision.has_suite(path, "scale"))
            bench_revision.lend_benches(self.tree, path)
            self.assertTrue(bench_revision.has_suite(path, "scale"))

    def test_has_a_worktree_that_is_gone_afterwards(self):
        self.commit("new")
        with self.assertRaises(KeyboardInterrupt):
            with bench_revision.worktree(self.tree, self.old) as path:
                self.assertEqual("old", (path / "bench" / "a_bench.cc").read_text())
                raise KeyboardInterrupt
        self.assertFalse(path.exists())
        self.assertEqual(1, len(self.git("worktree", "list").splitlines()))

    def test_is_made_again_after_a_run_that_was_killed(self):
        with bench_revision.worktree(self.tree, self.old) as path:
            pass
        self.git("worktree", "add", "--detach", str(path), self.old)
        with bench_revision.worktree(self.tree, self.old) as again:
            self.assertEqual("old", (again / "bench" / "a_bench.cc").read_text())

    def test_is_for_one_comparison_at_a_time(self):
        with bench_revision.worktree(self.tree, self.old):
            with self.assertRaisesRegex(bench_revision.Failure, "another comparison"):
                with bench_revision.worktree(self.tree, self.old):
                    pass


if __name__ == "__main__":
    unittest.main()
