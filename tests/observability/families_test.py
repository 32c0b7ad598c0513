"""The families that the generated files are made from are the families of the program."""

import pathlib
import subprocess
import unittest


class Families(unittest.TestCase):
    maxDiff = None

    def test_are_what_the_program_declares(self):
        printed = subprocess.run(["tests/observability/families"], check=True, capture_output=True, text=True).stdout
        written = pathlib.Path("tools/observability/families.json").read_text(encoding="utf-8")
        self.assertEqual(printed, written, "run tools/observability/generate.py --families")
