#include "exporters/encoding/ascii_case.h"

#include <gtest/gtest.h>

namespace streamhouse::exporters {
namespace {

TEST(AsciiCaseTest, LettersAreEqualInBothCases) {
  EXPECT_TRUE(EqualsIgnoringCase("Text/PLAIN", "text/plain"));
  EXPECT_TRUE(EqualsIgnoringCase("", ""));
  EXPECT_FALSE(EqualsIgnoringCase("text", "text/plain"));
  EXPECT_FALSE(EqualsIgnoringCase("text", "test"));
}

TEST(AsciiCaseTest, OnlyLettersHaveACase) {
  EXPECT_FALSE(EqualsIgnoringCase("@[", "`{"));
  EXPECT_FALSE(EqualsIgnoringCase("\xC3\x84", "\xC3\xA4")) << "not ASCII";
}

}  // namespace
}  // namespace streamhouse::exporters
