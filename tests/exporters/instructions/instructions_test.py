"""What a series costs on a page of each format: instructions, counted by callgrind, against a committed table.

Each page is written with few series and with many; a series costs the difference, divided by the number of series
between them. So a count does not depend on the machine, nor on other programs. The table is that of GCC 12 with -c opt
on x86-64. A change that makes a row differ by more than the tolerance changes the table in the same commit:

    bazel run //tests/exporters/instructions:instructions_test -- --write
"""

import os
import pathlib
import re
import subprocess
import sys
import unittest

FOLDER = pathlib.Path("tests/exporters/instructions")
TABLE = FOLDER / "expected.txt"
# Seeds of hash tables and the digits of the present time change a count by less.
TOLERANCE = 0.03
TOLERANCE_MIN = 5  # instructions
# A family allocates, and the allocator's way depends on what was freed before.
TOLERANCE_OF_ALLOCATIONS = 0.06
ALLOCATING_SHAPE = "one_a_family"
# The C library has other instructions for each processor; these switches leave the ones that all
# have.
_BASELINE = "glibc.cpu.hwcaps=" + ",".join(
    f"-{feature}"
    for feature in "AVX,AVX2,AVX512VL,AVX512BW,AVX_Fast_Unaligned_Load,BMI2,ERMS,FSRM,SSSE3,SSE4_1,SSE4_2".split(",")
)
_TOTALS = re.compile(r"^totals: (\d+)", re.MULTILINE)


def count_calls(program, folder):
    """The lines that the program prints, each with the instructions of the call that it tells of."""
    function = "CountedWork"
    command = ["valgrind", "--quiet", "--tool=callgrind", f"--toggle-collect={function}", f"--dump-after={function}"]
    lines = subprocess.run(
        [*command, f"--callgrind-out-file={folder}/callgrind", program],
        check=True,
        env={**os.environ, "GLIBC_TUNABLES": _BASELINE},
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.splitlines()
    for number, line in enumerate(lines, 1):
        yield line, int(_TOTALS.search((folder / f"callgrind.{number}").read_text())[1])


def per_series(calls):
    """(format, shape) -> instructions a series, rounded."""
    points = {}
    for line, instructions in calls:
        page_format, shape, series, _ = line.split()
        points.setdefault((page_format, shape), []).append((int(series), instructions))
    return {key: round((b[1] - a[1]) / (b[0] - a[0])) for key, (a, b) in points.items()}


def table_of(costs):
    shapes = list(dict.fromkeys(shape for _, shape in costs))
    formats = list(dict.fromkeys(page_format for page_format, _ in costs))
    lines = ["format".ljust(16) + "".join(f" {shape:>12}" for shape in shapes)]
    for page_format in formats:
        lines.append(page_format.ljust(16) + "".join(f" {costs[page_format, shape]:>12}" for shape in shapes))
    return "\n".join(lines) + "\n"


def costs_of(table):
    head, *rows = [line.split() for line in table.splitlines()]
    return {(row[0], shape): int(cost) for row in rows for shape, cost in zip(head[1:], row[1:])}


def tolerance_of(shape):
    return TOLERANCE_OF_ALLOCATIONS if shape == ALLOCATING_SHAPE else TOLERANCE


def differences(expected, counted):
    """What the table must say instead, in words."""
    for key in sorted(expected.keys() | counted.keys()):
        before, after = expected.get(key), counted.get(key)
        if before is None or after is None:
            yield f"{' '.join(key)}: {before} in the table, {after} counted"
        elif abs(after - before) > max(tolerance_of(key[1]) * before, TOLERANCE_MIN):
            yield f"{' '.join(key)}: {before} in the table, {after} counted ({after / before - 1:+.1%})"


class DifferencesTest(unittest.TestCase):
    EXPECTED = {("text", "escapes"): 1000, ("text", "doubles"): 40}

    def differences_with(self, **counted):
        return list(differences(self.EXPECTED, {**self.EXPECTED, **{("text", k): v for k, v in counted.items()}}))

    def test_passes_over_what_is_within_the_tolerance(self):
        self.assertEqual([], self.differences_with(escapes=1030, doubles=35))

    def test_finds_a_row_that_grew(self):
        self.assertEqual(["text escapes: 1000 in the table, 1031 counted (+3.1%)"], self.differences_with(escapes=1031))

    def test_finds_a_row_that_shrank(self):
        self.assertEqual(["text doubles: 40 in the table, 34 counted (-15.0%)"], self.differences_with(doubles=34))

    def test_lets_a_shape_that_allocates_differ_more(self):
        expected = {("text", ALLOCATING_SHAPE): 1000}
        self.assertEqual([], list(differences(expected, {("text", ALLOCATING_SHAPE): 1060})))
        self.assertEqual(1, len(list(differences(expected, {("text", ALLOCATING_SHAPE): 1061}))))

    def test_finds_a_row_that_the_table_lacks(self):
        self.assertEqual(["text long: None in the table, 9 counted"], self.differences_with(long=9))

    def test_leaves_out_what_a_page_costs_without_series(self):
        self.assertEqual({("text", "long"): 50}, per_series([("text long 100 7", 7000), ("text long 300 21", 17000)]))

    def test_reads_the_table_that_it_writes(self):
        self.assertEqual(self.EXPECTED, costs_of(table_of(self.EXPECTED)))


class InstructionsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.calls = list(count_calls(FOLDER / "write_pages", pathlib.Path(os.environ["TEST_TMPDIR"])))

    def test_each_format_is_counted_in_ten_shapes(self):
        costs = per_series(self.calls)
        self.assertEqual(12 * 10, len(costs))
        self.assertGreater(min(costs.values()), 0)

    def test_a_series_costs_what_the_table_says(self):
        costs = per_series(self.calls)
        if "--write" in sys.argv:
            (pathlib.Path(os.environ["BUILD_WORKSPACE_DIRECTORY"]) / TABLE).write_text(table_of(costs))
            return
        self.assertEqual([], list(differences(costs_of(TABLE.read_text()), costs)))


if __name__ == "__main__":
    unittest.main()
