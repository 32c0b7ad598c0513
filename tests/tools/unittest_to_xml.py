"""Runs a unittest module and reports each test by name in the file that Bazel asks for, $XML_OUTPUT_FILE."""

import os
import pathlib
import sys
import unittest
from xml.etree import ElementTree


class _NamingResult(unittest.TextTestResult):
    """Also keeps the tests that passed; unittest itself only keeps the others."""

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self.cases = {}  # test id -> what went wrong, "" if nothing

    def startTest(self, test):  # pylint: disable=invalid-name
        super().startTest(test)
        self.cases[test.id()] = ""

    def problems(self):
        for test, text in self.failures + self.errors:
            # An error outside any test (an import, a setUpClass) has an id of its own; so has a
            # subtest.
            self.cases[test.id()] = text
        for test, reason in self.skipped:
            self.cases[test.id()] = f"skipped: {reason}"
        return self.cases


def _write_xml(cases, path):
    suite = ElementTree.Element("testsuite", tests=str(len(cases)))
    for name, problem in cases.items():
        case = ElementTree.SubElement(suite, "testcase", name=name, status="run")
        if problem:
            ElementTree.SubElement(case, "failure").text = problem
    ElementTree.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)


def main():
    module = pathlib.Path(sys.argv[1])
    sys.path[:0] = [str(module.parent), "tools"]
    suite = unittest.defaultTestLoader.loadTestsFromName(module.stem)
    result = unittest.TextTestRunner(verbosity=2, resultclass=_NamingResult).run(suite)
    cases = result.problems()
    if "XML_OUTPUT_FILE" in os.environ:
        _write_xml(cases, os.environ["XML_OUTPUT_FILE"])
    return 1 if not cases or any(cases.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
