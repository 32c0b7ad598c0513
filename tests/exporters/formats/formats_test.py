"""Goal: one snapshot has equal values and identities in every format, and docs/formats.md tells what each leaves out.

Method: a program encodes one snapshot; readers of tests/support/decoders read it; every_kind.py says what it holds.
"""

import pathlib
import tempfile
import unittest

import every_kind
import formats
import formats_page

PROGRAM = "tests/exporters/formats/every_format"
DOCUMENT = pathlib.Path("docs/formats.md")
# What no format may lose, but for the values that StatsD cannot say.
IDENTITY = ("series", "natives")


class Formats(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        formats.encode(PROGRAM, cls.folder)
        cls.truth = every_kind.truth()

    def of_samples(self, how):
        """The differences in series and values, but for what a format does by choice: native or classic."""
        found = [one for one in formats.differences_of(how, self.folder) if one.aspect in IDENTITY]
        lost = {one.key for one in found if one.outcome == "lost"}
        either = [one for one in found if self.truth.base_of(*one.key)[0] == formats.EXPONENTIAL]
        classic = [one for one in either if one.aspect == "series"]
        self.assertFalse(len(lost & set(self.truth.natives)) and len(classic) == 4, f"{how.title} has neither")
        return [one for one in found if one not in either or one.outcome != "lost"]

    def test_have_every_series_with_its_value(self):
        for how in formats.FORMATS:
            with self.subTest(how.title):
                if "StatsD" not in how.title:
                    self.assertEqual([], self.of_samples(how))

    def test_lose_in_statsd_only_what_is_no_number_and_parts_of_sums(self):
        for how in (one for one in formats.FORMATS if "StatsD" in one.title):
            for change in self.of_samples(how):
                with self.subTest(f"{how.title}: {change}"):
                    if change.outcome == "lost":
                        self.assertNotIn(change.sent - change.sent, (0.0,), "a number is lost")
                    else:
                        self.assertEqual(("changed", float(int(change.sent))), (change.outcome, change.arrived))

    def test_add_nothing(self):
        for how in formats.FORMATS:
            with self.subTest(how.title):
                added = [one for one in formats.differences_of(how, self.folder) if one.outcome == "added"]
                self.assertEqual([], added)

    def test_change_nothing_that_is_said_about_series_but_types(self):
        for how in formats.FORMATS:
            with self.subTest(how.title):
                changed = {one.aspect for one in formats.differences_of(how, self.folder) if one.outcome == "changed"}
                self.assertLessEqual(changed, {"types", "series"})

    def test_say_of_otlp_which_values_are_deltas(self):
        counted = {"counter", "histogram"}
        for how in (one for one in formats.FORMATS if "OTLP" in one.title):
            with self.subTest(how.title):
                page = formats.page_of(how, self.folder)
                said = {name for name, temporality in page.temporalities.items() if temporality == "delta"}
                deltas = {name for name, kind in self.truth.types.items() if kind in counted}
                self.assertEqual(deltas if "delta" in how.title else set(), said)

    def test_are_those_of_the_document(self):
        written = DOCUMENT.read_text(encoding="utf-8")
        self.assertEqual(formats_page.page(self.folder), written, "tools/formats_page --write makes it")
