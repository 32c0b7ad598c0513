"""Numbers in comments of headers that repeat a constant are found."""

import unittest

from rule_test_case import RuleTestCase
from tidy_rules import named_numbers

CONSTANTS = """#pragma once
constexpr std::chrono::milliseconds kDelay{100};
constexpr std::chrono::milliseconds kDelayMax = std::chrono::seconds(5);
constexpr std::uint64_t kAgeNanoseconds = 20'000'000;
constexpr std::size_t kReadBytes = std::size_t{64} * 1024;
constexpr std::size_t kFileBytesMax = std::size_t{1} << 20;
constexpr int kTries = 30;
constexpr std::chrono::milliseconds kSum = kDelay + kDelayMax;
"""


class CommentsNameConstants(RuleTestCase):
    rule = staticmethod(named_numbers.comments_name_constants)

    def test_finds_times_and_bytes_of_the_header_and_of_its_source(self):
        told = "// A: waits 0.1 s.\n// At most 5\n// seconds, first 20 ms.\n// Reads 64 KiB.\n// Files have 1 MiB.\n"
        found = [f"agent/a.h:{line}" for line in (1, 2, 3, 4, 5)]
        self.assertFinds(self.rule, {"agent/a.h": told + CONSTANTS}, *found)
        self.assertFinds(self.rule, {"agent/a.h": told, "agent/a.cc": CONSTANTS}, *found)

    def test_lets_names_examples_and_other_numbers_be(self):
        told = "// A: waits kDelay.\n// 30 s, 5 ms, 1.5 s, 2^5 s, 30 tries differ.\n// Example: 5 s,\n// then 64 KiB.\n"
        self.assertClean(self.rule, {"agent/a.h": told + CONSTANTS, "agent/b.cc": "// 5 s\n" + CONSTANTS})


if __name__ == "__main__":
    unittest.main()
