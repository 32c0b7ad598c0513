"""The protocols of the core as models: spin searches every interleaving of each, and finds the fault seeded in each."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

FOLDER = pathlib.Path("tests/metrics_core/models")


def search(model, *flags):
    """What spin reports of a model, after looking at every state that it can reach."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMPDIR")) as folder:
        shutil.copy(FOLDER / f"{model}.pml", folder)
        for command in (
            ["spin", *flags, "-a", f"{model}.pml"],
            # Only safety: assertions, and states in which a process never goes on.
            ["gcc", "-O1", "-w", "-DSAFETY", "-o", "pan", "pan.c"],
        ):
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        depth = "-m200000"
        return subprocess.run(["./pan", depth], cwd=folder, check=False, stdout=subprocess.PIPE, text=True).stdout


class ModelsTest(unittest.TestCase):
    def assert_holds(self, model):
        report = search(model)
        self.assertIn("errors: 0", report)
        self.assertNotIn("max search depth too small", report)
        # A line of the model that no interleaving reaches says that the model is not what it seems.
        self.assertEqual(re.findall(r"\((\d+) of \d+ states\)", report), ["0"] * report.count("unreached in"), report)

    def assert_finds_the_seeded_fault(self, model, assertion, fault="SEEDED_BUG"):
        report = search(model, f"-D{fault}")
        self.assertIn("errors: 1", report)
        self.assertRegex(report, r"assertion violated\s*" + re.escape(assertion))

    def test_a_handover_loses_no_recording(self):
        self.assert_holds("shard_handover")

    def test_a_recording_after_the_return_of_the_shard_would_be_lost(self):
        self.assert_finds_the_seeded_fault("shard_handover", "(sum==(3*(2+1)))")

    def test_no_thread_records_into_a_reused_run(self):
        self.assert_holds("slot_reuse")

    def test_without_membarrier_a_run_would_be_reused_under_a_reader(self):
        self.assert_finds_the_seeded_fault("slot_reuse", "!(reused)")

    def test_cells_that_are_zeroed_before_the_last_reference_goes_would_show_old_recordings(self):
        shown = "((memory[(2+0)]==recorded_new[0])&&(memory[(2+1)]==recorded_new[1]))"
        self.assert_finds_the_seeded_fault("slot_reuse", shown, fault="SEEDED_EARLY_ZERO")

    def test_every_scrape_of_a_histogram_is_consistent(self):
        self.assert_holds("histogram_read")

    def test_a_count_taken_from_the_buckets_would_leave_its_sum_behind(self):
        self.assert_finds_the_seeded_fault("histogram_read", "((s<=(shown+1))&&(shown<=(s+1)))")

    def test_a_counter_that_is_given_up_stays_given_up(self):
        self.assert_holds("clock_give_up")

    def test_a_thread_that_does_not_look_again_would_bring_the_counter_back(self):
        self.assert_finds_the_seeded_fault("clock_give_up", "!(scale)")


if __name__ == "__main__":
    unittest.main()
