"""Of tools/interop: what is lost on the way is seen, and so is what arrives although it is stated as lost."""

import sys
import tempfile
import unittest

sys.path[:0] = ["tests/interop/newest"]

import cells
import installs
import matrix
from decoders import page_model

SERIES = {(f"n{i}_total", (("topic", "a"),)): float(i) for i in range(cells.SERIES_MIN)}
FIRST = ("n0_total", (("topic", "a"),))


def page(**changed):
    whole = {"series": dict(SERIES), "types": {"n0_total": "counter", "n1_total": "gauge"}}
    return page_model.Page(**(whole | changed))


def faults(arrived, *stated, sent=None):
    return cells.faults(cells.Cell("A server", "text", stated=stated), cells.Outcome(sent or page(), arrived))


class CellsTest(unittest.TestCase):
    def test_has_no_fault_where_all_is_equal(self):
        self.assertEqual([], faults(page()))

    def test_sees_a_series_that_is_missing(self):
        lost = dict(SERIES)
        del lost[FIRST]
        self.assertEqual([f"series lost: {FIRST}"], faults(page(series=lost)))

    def test_sees_a_series_that_was_not_sent(self):
        (fault,) = faults(page(series={**SERIES, ("more", ()): 1.0}))
        self.assertRegex(fault, "^series added: .*more")

    def test_sees_another_value(self):
        (fault,) = faults(page(series={**SERIES, FIRST: 0.5}))
        self.assertRegex(fault, "^series changed: .* 0.0 arrived as 0.5")

    def test_takes_nan_for_nan_and_for_no_number(self):
        nan = page(series={**SERIES, FIRST: float("nan")})
        self.assertEqual([], faults(nan, sent=nan))
        self.assertEqual(1, len(faults(page(), sent=nan)))

    def test_sees_another_type(self):
        (fault,) = faults(page(types={"n0_total": "gauge", "n1_total": "gauge"}))
        self.assertEqual("types changed: n0_total: 'counter' arrived as 'gauge'", fault)

    def test_sees_a_start_time_and_an_exemplar_that_are_lost(self):
        exemplar = page_model.Exemplar((("trace_id", "1"),), 1.0, 1000)
        sent = page(starts={FIRST: 1000}, exemplars={FIRST: {exemplar}})
        self.assertEqual(2, len(faults(page(), sent=sent)))

    def test_does_not_take_an_empty_page_for_an_equal_one(self):
        self.assertEqual(["only 0 series were sent"], faults(page_model.Page(), sent=page_model.Page()))


class LossesTest(unittest.TestCase):
    types = cells.Loss("types", "it has none", "types")

    def test_are_no_faults(self):
        self.assertEqual([], faults(page(types={}), self.types))

    def test_are_faults_where_all_arrives(self):
        self.assertEqual(["nothing is lost: types"], faults(page(), self.types))

    def test_are_faults_where_a_part_arrives(self):
        (fault,) = faults(page(types={"n0_total": "counter"}), self.types)
        self.assertRegex(fault, "^arrives: .*n0_total")

    def test_of_some_names_do_not_excuse_others(self):
        some = cells.Loss("types", "it has none", "types", where=cells.named("n0.*"))
        self.assertEqual(["types lost: n1_total"], faults(page(types={}), some))


class RefusalsTest(unittest.TestCase):
    refused = cells.Refusal("no zstd", "it takes gzip only")

    def outcome(self, refusal, *stated):
        cell = cells.Cell("A server", "text", stated=stated)
        return cells.faults(cell, cells.Outcome(page(), page(), refusal))

    def test_are_no_faults_in_the_words_that_are_stated(self):
        self.assertEqual([], self.outcome("415 no zstd here", self.refused))

    def test_are_faults_in_other_words_and_where_none_is_stated(self):
        self.assertEqual(["refused in other words: 500"], self.outcome("500", self.refused))
        self.assertEqual(["refused: 500"], self.outcome("500"))

    def test_are_faults_where_what_is_sent_is_taken(self):
        self.assertEqual(["taken, and stated as refused"], self.outcome("", self.refused))


class MatrixTest(unittest.TestCase):
    def test_has_a_row_for_cells_of_one_outcome(self):
        judged = [
            cells.Cell("A server", "text", escaping, compression)
            for escaping in ("dots", "values")
            for compression in ("none", "gzip")
        ]
        text = matrix.page(judged, "2026-11-30", [("java", "mvn not found")])
        self.assertIn("\n| text | dots, values | none, gzip | equal |\n", text)
        self.assertIn("Run on 2026-11-30, with 4 cells. Left out: java (mvn not found).", text)

    def test_tells_each_loss_with_its_reason(self):
        judged = [cells.Cell("A server", "text", stated=(LossesTest.types,))]
        self.assertIn("| text | - | none | but for types (it has none) |", matrix.page(judged, "2026-11-30", []))


class InstallsTest(unittest.TestCase):
    def test_say_which_tool_is_not_there(self):
        program = installs.Program("thing", "1", ("no-such-tool",), "bin/thing", None)
        with self.assertRaisesRegex(installs.Missing, "^no-such-tool not found$"):
            installs.ensure(installs.Cache(self.enterContext(_folder()), print), program)

    def test_make_a_program_again_when_its_recipe_changes(self):
        made = []
        cache = installs.Cache(self.enterContext(_folder()), lambda line: None)

        def make(keeper):
            made.append(keeper)
            (keeper.folder / "bin/thing").touch()

        for version in ("1", "1", "2"):
            installs.ensure(cache, installs.Program("thing", version, (), "bin/thing", make))
        self.assertEqual(2, len(made))


def _folder():
    return tempfile.TemporaryDirectory()
