"""Messages since a named commit have a short subject, a body and short lines; older ones may be as they are."""

import pathlib
import subprocess
import tempfile
import unittest

import commit_messages

GOOD = "core: count twice\n\nOnce was not enough.\n"
BAD = "counted"


class Message(unittest.TestCase):
    def assertProblem(self, message, problem):
        self.assertIn(problem, " ".join(commit_messages.problems(message)))

    def test_is_good_with_area_subject_and_body(self):
        for message in (
            GOOD,
            "agent, apps: x\n\ny\n",
            "docs/a.md: x\n\ny\n\nz\n",
            "a: " + "x" * 57 + "\n\n" + "y" * 80,
        ):
            self.assertEqual([], list(commit_messages.problems(message)), message)

    def test_is_told_what_is_wrong_with_it(self):
        self.assertProblem("count twice\n\nWhy.\n", "not of the form")
        self.assertProblem("a: " + "x" * 58 + "\n\nWhy.\n", "the subject has 61 characters")
        self.assertProblem("a: x\nWhy.\n", "the line after the subject is not empty")
        self.assertProblem("a: x\n", "there is no body")
        self.assertProblem("a: x\n\n" + "y" * 81 + "\n", "a line has 81 characters")

    def test_needs_the_number_of_runs_and_p_beside_a_figure_of_speed(self):
        for claim in ("From 12.4 ns to\n3 ns.", "It is 20 %\nfaster.", "3 times slower, n = 9."):
            self.assertProblem(f"a: x\n\n{claim}\n", "needs its number of runs and p")
        for claim in (
            "3 ns, n = 9, p = 0.004.",
            "3 times faster (n = 20, p < 0.01).",
            "3 ns: bench/results/a.json",
            "faster",
        ):
            self.assertEqual([], list(commit_messages.problems(f"a: x\n\n{claim}\n")), claim)


class MessageFromTheStrictDayOn(unittest.TestCase):
    def assertStrict(self, message, problem):
        self.assertIn(problem, " ".join(commit_messages.strict_problems(message)))
        self.assertEqual([], list(commit_messages.problems(message)), "older messages may be as they are")

    def test_has_one_change_in_its_subject(self):
        self.assertStrict("agent: count records, and show them\n\nWhy.\n", "has two changes")

    def test_uses_plain_words(self):
        for message in ("a: tell nobody\n\nWhy.\n", "a: x\n\nIt waits for\never.\n", "a: x\n\nWho has left.\n"):
            self.assertStrict(message, "write ")
        self.assertEqual([], list(commit_messages.strict_problems("a: refuse `nobody`\n\nWhy `anew`?\n")))

    def test_needs_the_number_of_runs_and_p_beside_a_comparison_in_any_unit(self):
        for claim in (
            "From 1.2 s to\n30 ms.",
            "It took 5 min before, and 20 s after.",
            "900 records/s instead of 400 records/s.",
            "It is slower: 12 MB/s.",
            "3 ms faster.",
        ):
            self.assertStrict(f"a: x\n\n{claim}\n", "needs its number of runs and p")
        for text in (
            "From 1.2 s to 30 ms (n = 9, p = 0.004).",
            "It is asked after 5 s.",
            "The limit of 10 s is before the end. A scrape takes 5 s.",
            "Faster, and 3 files less.",
        ):
            self.assertEqual([], list(commit_messages.strict_problems(f"a: x\n\n{text}\n")), text)


class Subject(unittest.TestCase):
    def problems(self, subject):
        folders = {"agent", "agent/log", "docs", "exporters", "exporters/http", "exporters/http/tls"}
        return list(commit_messages.subject_problems(f"{subject}\n\nWhy.\n", folders))

    def test_is_of_folders_of_one_or_two_levels(self):
        for good in ("agent: count", "agent/log: count", "agent, exporters/http: count", "build: count"):
            self.assertEqual([], self.problems(good), good)
        for bad in ("http: count", "exporters/http/tls: count", "agent, log: count"):
            self.assertIn("is no folder of one or two levels", self.problems(bad)[0], bad)

    def test_begins_with_a_verb_that_says_the_change(self):
        for bad in ("let a star ask", "see names", "know queries", "tell why", "say what it is"):
            self.assertIn("does not say the change", self.problems("agent: " + bad)[0], bad)
        for good in ("agent: letter the pages", "docs: say what is lost", "agent: count what they tell"):
            self.assertEqual([], self.problems(good), good)


class Clarity(unittest.TestCase):
    def problems(self, message):
        return " ".join(commit_messages.clarity_problems(message))

    def test_is_a_verb_that_names_the_change(self):
        for bad in ("mend lags", "give Beast no piece", "take no status", "do it once"):
            self.assertIn("does not say the change", self.problems(f"agent: {bad}\n\nWhy.\n"), bad)
        for good in ("refuse a status below 200", "give each class a file"):
            self.assertEqual("", self.problems(f"agent: {good}\n\nWhy.\n"), good)

    def test_is_an_object_that_is_named(self):
        for bad in ("assert what metrics do", "correct all that contracts say"):
            self.assertIn("does not name what changes", self.problems(f"agent: {bad}\n\nWhy.\n"), bad)

    def test_has_the_numbers_of_less_work_or_why_there_are_none(self):
        claims = ("It is found by one\ncomparison.", "It avoids an allocation.", "It costs less.", "Fewer copies.")
        for claim in claims:
            message = f"agent: count\n\n{claim}\n"
            self.assertIn("less work needs its numbers", self.problems(message), claim)
            self.assertEqual("", self.problems(message + "n = 9, p = 0.004\n"), claim)
            self.assertEqual("", self.problems(message + "Not measured: it runs once a start.\n"), claim)
            self.assertEqual("", self.problems(message.replace("agent:", "tests:")), claim)


class History(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.tree = self.folder / "tree"
        self.git("init", "--quiet", "--initial-branch=main", str(self.tree), within=self.folder)
        self.start = self.commit(BAD)

    def git(self, *words, within=None):
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        done = subprocess.run(
            ["git", *identity, *words], cwd=within or self.tree, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self, message, day="2026-01-02", time="12:00:00+00:00"):
        self.git("commit", "--quiet", "--allow-empty", "-m", message, f"--date={day}T{time}")
        return self.git("rev-parse", "HEAD")

    def check(self, tree=None, start=None):
        found, checked = commit_messages.check(tree or self.tree, start or self.start)
        return list(found), checked

    def test_is_checked_from_the_commit_after_the_named_one(self):
        self.assertEqual(([], 0), self.check())
        self.commit(GOOD)
        bad = self.commit(BAD)
        self.commit(GOOD)
        self.assertEqual(([bad], 3), self.check())

    def test_is_checked_strictly_from_a_day_on(self):
        self.commit("core: tell nobody\n\nWhy.\n", day="2026-11-29")
        self.assertEqual(([], 1), self.check())
        strict = self.commit("core: tell nobody\n\nWhy.\n", day=commit_messages.STRICT_SINCE)
        self.assertEqual(([strict], 2), self.check())

    def test_has_no_document_that_removes_a_source(self):
        for path in ("docs/a.sh", "core/a.h"):
            (self.tree / path).parent.mkdir()
            (self.tree / path).write_text("x\n")
        self.git("add", ".")
        self.commit(GOOD)
        self.git("rm", "--quiet", "docs/a.sh")
        self.commit("docs: drop a script\n\nWhy.\n", day=commit_messages.STRICT_SINCE)
        self.git("rm", "--quiet", "core/a.h")
        wrong = self.commit("docs: tell more\n\nWhy.\n", day=commit_messages.STRICT_SINCE)
        self.assertEqual(([wrong], 3), self.check())

    def test_has_plain_subjects_from_a_moment_on(self):
        day, moment = commit_messages.SUBJECTS_SINCE.split("T")
        (self.tree / "core").mkdir()
        (self.tree / "core/a.h").write_text("x\n")
        self.git("add", ".")
        self.commit(GOOD, day, moment + "+00:00")
        self.commit("core: let it be\n\nWhy.\n", day, moment + "+01:00")
        self.assertEqual(([], 2), self.check())
        subjects = ("core: let it be", "metrics: x")
        wrong = [self.commit(f"{subject}\n\nWhy.\n", day, moment + "+00:00") for subject in subjects]
        self.assertEqual((wrong[::-1], 4), self.check())

    def test_may_name_folders_that_it_or_a_later_commit_removes(self):
        day, moment = commit_messages.SUBJECTS_SINCE.split("T")
        (self.tree / "old/part").mkdir(parents=True)
        (self.tree / "old/part/a.h").write_text("x\n")
        self.git("add", ".")
        self.commit("old/part: count\n\nWhy.\n", day, moment + "+00:00")
        self.git("rm", "--quiet", "-r", "old")
        self.commit("old/part: remove it\n\nWhy.\n", day, moment + "+00:00")
        self.assertEqual(([], 2), self.check())
        wrong = self.commit("old/part: count again\n\nWhy.\n", day, moment + "+00:00")
        self.assertEqual(([wrong], 3), self.check())

    def test_may_have_merges(self):
        self.git("checkout", "--quiet", "-b", "side")
        self.commit(GOOD)
        self.git("checkout", "--quiet", "main")
        self.git("merge", "--quiet", "--no-ff", "side", "-m", BAD)
        self.assertEqual(([], 1), self.check())

    def test_is_checked_as_far_as_a_shallow_clone_has_it(self):
        self.commit(GOOD)
        bad = self.commit(BAD)
        self.git("clone", "--quiet", "--depth=1", f"file://{self.tree}", "clone", within=self.folder)
        self.assertEqual(([bad], 1), self.check(self.folder / "clone"))

    def test_that_lacks_the_named_commit_is_checked_at_its_head(self):
        self.commit(GOOD)
        self.assertEqual(([], 1), self.check(start="0" * 40))

    def test_is_not_missed_where_there_is_no_repository(self):
        self.assertEqual(([], 0), self.check(self.folder))


if __name__ == "__main__":
    unittest.main()
