"""Exceptions outside of the adapters are found, and calls of std::filesystem that throw."""

import unittest

from rule_test_case import RuleTestCase
from tidy_rules import error_policy

ADAPTER = "metrics_core/start_thread.cc"
CAUGHT = "void A() {\n  try {\n  } catch (const E& error) {\n  }\n}\n"


class ExceptionsStayInAdapters(RuleTestCase):
    rule = staticmethod(error_policy.exceptions_stay_in_adapters)

    def test_finds_them_elsewhere(self):
        files = {"agent/a.cc": CAUGHT, "client/a.h": "// A.\ninline void A() { throw 1; }\n"}
        self.assertFinds(self.rule, files, "agent/a.cc:2", "agent/a.cc:3", "client/a.h:2")

    def test_lets_adapters_comments_tests_and_programs_be(self):
        files = {ADAPTER: CAUGHT, "agent/a.cc": "// Must not throw.\nint entry;\n"}
        self.assertClean(self.rule, files | {"tests/a_test.cc": CAUGHT, "apps/main.cc": CAUGHT})

    def test_finds_an_adapter_that_needs_none(self):
        self.assertFinds(self.rule, {ADAPTER: "int a;\n"}, f"{ADAPTER}:1")


class FilesAreAskedWithErrorCodes(RuleTestCase):
    rule = staticmethod(error_policy.files_are_asked_with_error_codes)

    def test_finds_calls_that_throw(self):
        for call in (
            "std::filesystem::exists(path)",
            "fs::rename(from, to)",
            "std::filesystem::remove_all(Folder(a, b))",
            "for (auto& e : std::filesystem::directory_iterator(path)) f(e)",
            "fs::recursive_directory_iterator entry(path, fs::directory_options::skip_permission_denied)",
        ):
            self.assertFinds(self.rule, {"apps/a.cc": f"std::error_code error;\n{call};\n"}, "apps/a.cc:2")

    def test_lets_calls_with_a_code_ends_and_test_helpers_be(self):
        clean = (
            "std::error_code error;\nconst fs::file_status status = fs::status(path, error);\n"
            "if (fs::is_directory(status)) fs::remove_all(Folder(a, b), error);\n"
            "fs::directory_iterator entry(path, error);\nif (entry != fs::directory_iterator()) f(fs::path(b));\n"
        )
        throws = "bool a = std::filesystem::exists(b);\n"
        self.assertClean(self.rule, {"apps/a.cc": clean, "agent/testing/a.cc": throws, "tests/a.cc": throws})


if __name__ == "__main__":
    unittest.main()
