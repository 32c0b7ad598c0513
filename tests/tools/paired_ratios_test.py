"""Pairs of runs become a ratio with an interval that noise of the machine widens and a slowdown moves."""

import random
import unittest

import paired_ratios


def run_of(name, time, **more):
    return {"name": name, "cpu_time": time, "real_time": 7 * time, "time_unit": "ns"} | more


def noisy_pairs(slowdown, repetitions=9, seed=1):
    """The machine's speed drifts by half, which both of a pair feel; each run differs by a percent besides."""
    noise = random.Random(seed)
    pairs = []
    for _ in range(repetitions):
        drift = noise.uniform(1, 1.5)
        new = 100 * drift * slowdown * noise.uniform(0.99, 1.01)
        pairs.append((run_of("a", new), run_of("a", 100 * drift * noise.uniform(0.99, 1.01))))
    return pairs


class IntervalOfMedian(unittest.TestCase):
    def test_leaves_one_out_at_either_end_of_nine(self):
        self.assertEqual((2, 8), paired_ratios.interval_of_median([9, 1, 8, 2, 7, 3, 6, 4, 5]))

    def test_is_from_end_to_end_of_six(self):
        self.assertEqual((1, 6), paired_ratios.interval_of_median([6, 1, 5, 2, 4, 3]))

    def test_leaves_five_out_at_either_end_of_twenty(self):
        self.assertEqual((6, 15), paired_ratios.interval_of_median(range(1, 21)))

    def test_needs_six(self):
        with self.assertRaises(ValueError):
            paired_ratios.interval_of_median([1, 2, 3, 4, 5])

    def test_holds_the_median_as_often_as_it_says(self):
        noise = random.Random(7)
        held = 0
        for _ in range(4000):
            low, high = paired_ratios.interval_of_median([noise.lognormvariate(0, 0.2) for _ in range(9)])
            held += low <= 1 <= high
        self.assertGreater(held / 4000, 0.95)
        self.assertLess(held / 4000, 0.975)


class Figures(unittest.TestCase):
    def test_go_by_the_clock_that_the_name_tells(self):
        self.assertEqual({"a": (10, "ns")}, paired_ratios.figures_of(run_of("a", 10)))
        for name in ("a/real_time", "a/iterations:1/manual_time", "a/real_time/threads:2"):
            self.assertEqual({name: (70, "ns")}, paired_ratios.figures_of(run_of(name, 10)))

    def test_are_also_counters_that_should_be_small(self):
        run = run_of("a", 10, p99_ms=3.0, bytes_per_series=64.0, items_per_second=1e6, iterations=5, ratio=0.99)
        self.assertEqual({"a", "a p99_ms", "a bytes_per_series"}, set(paired_ratios.figures_of(run)))


class Compare(unittest.TestCase):
    def verdict_of(self, pairs, limit=1.03):
        [row] = paired_ratios.compare(pairs)
        return paired_ratios.verdict(row, limit)

    def test_tells_a_slowdown_from_none_on_a_machine_that_changes(self):
        for seed in range(50):
            self.assertNotEqual("WORSE", self.verdict_of(noisy_pairs(1.0, seed=seed)))
            self.assertEqual("WORSE", self.verdict_of(noisy_pairs(1.06, seed=seed)))

    def test_pairs_by_repetition(self):
        [row] = paired_ratios.compare([(run_of("a", 2 * n), run_of("a", n)) for n in range(1, 10)])
        self.assertEqual((2, 2, 2, 5, 10), (row.ratio, row.low, row.high, row.base, row.new))

    def test_says_how_a_row_stands_to_the_limit(self):
        self.assertEqual("WORSE", self.verdict_of([(run_of("a", 1.04), run_of("a", 1))] * 9))
        self.assertEqual("worse within the limit", self.verdict_of([(run_of("a", 1.02), run_of("a", 1))] * 9))
        self.assertEqual("", self.verdict_of([(run_of("a", 1), run_of("a", 1))] * 9))
        self.assertEqual("better", self.verdict_of([(run_of("a", 0.9), run_of("a", 1))] * 9))
        unsure = [(run_of("a", time), run_of("a", 1)) for time in (1.0, 1.0, 1.0, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1)]
        self.assertEqual("over the limit, unproven", self.verdict_of(unsure))

    def test_leaves_out_a_figure_that_one_of_them_lacks(self):
        rows = paired_ratios.compare([(run_of("a", 1, p99_ms=3.0), run_of("a", 1))] * 9)
        self.assertEqual(["a"], [row.name for row in rows])

    def test_takes_nothing_for_equal_to_nothing_and_better_than_something(self):
        rows = paired_ratios.compare(
            [(run_of("a", 1, p99_ms=0.0, p50_ms=1.0), run_of("a", 1, p99_ms=0.0, p50_ms=0.0))] * 9
        )
        self.assertEqual({"a": 1, "a p99_ms": 1, "a p50_ms": float("inf")}, {row.name: row.ratio for row in rows})


if __name__ == "__main__":
    unittest.main()
