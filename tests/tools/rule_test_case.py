"""What the tests of tidy's rules have in common: a small checkout, and what a rule says of it."""

import pathlib
import tempfile
import unittest

from tidy_rules import source_tree

PRIVATE = 'package(default_visibility = ["//visibility:private"])\n'


def cc_library(name, extra=""):
    """A BUILD rule for name.h and name.cc."""
    return f'cc_library(name = "{name}", srcs = ["{name}.cc"], hdrs = ["{name}.h"], {extra})\n'


class RuleTestCase(unittest.TestCase):
    def checkout(self, files):
        """A folder with these files: path -> text."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for path, text in files.items():
            target = pathlib.Path(folder.name) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        return folder.name

    def assertFinds(self, rule, files, *where):
        """The rule finds exactly these: "path:line"."""
        findings = rule(source_tree.SourceTree(self.checkout(files)))
        self.assertEqual(sorted(where), sorted(f"{finding.path}:{finding.line}" for finding in findings))

    def assertClean(self, rule, files):
        self.assertFinds(rule, files)
