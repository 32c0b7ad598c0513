#include "apps/top/cell_text.h"

#include <gtest/gtest.h>
#include <locale.h>

#include <limits>
#include <optional>
#include <string>

namespace streamhouse::apps {
namespace {

class CellTextTest : public testing::Test {
 protected:
  CellTextTest() { EXPECT_NE(setlocale(LC_CTYPE, "C.UTF-8"), nullptr); }
  ~CellTextTest() override { setlocale(LC_CTYPE, "C"); }
};

TEST_F(CellTextTest, KeepsWhatCanBeShown) {
  EXPECT_EQ(Printable("orders-1 ~"), "orders-1 ~");
  EXPECT_EQ(Printable("gr\xC3\xBC\xC3\x9F"), "gr\xC3\xBC\xC3\x9F");
}

TEST_F(CellTextTest, ReplacesControlCharactersOfAsciiAndOfUnicode) {
  EXPECT_EQ(Printable("a\x1B[2Jb\x07\n\x7F"), "a?[2Jb???");
  EXPECT_EQ(Printable("a\xC2\x9B"
                      "2Jb"),
            "a?2Jb");  // the command introducer of C1
  EXPECT_EQ(Printable("a\xE2\x80\xAE"
                      "b"),
            "a?b");  // right to left from here on
  EXPECT_EQ(Printable("a\xCC\x81"
                      "b"),
            "a?b");  // an accent on the character before
  EXPECT_EQ(Printable(std::string("a\0b", 3)), "a?b");
}

TEST_F(CellTextTest, ReplacesBytesThatAreNoCharacter) {
  EXPECT_EQ(Printable("a\xFF\xC3(\xE2\x82"), std::string("a?") + "?(" + "??");
}

TEST_F(CellTextTest, CountsColumnsOfWideCharacters) {
  EXPECT_EQ(Columns("abc"), 3U);
  EXPECT_EQ(Columns("\xE6\xB3\xA8\xE6\x96\x87"), 4U);
}

TEST_F(CellTextTest, CutsToColumnsAndSaysSo) {
  EXPECT_EQ(CutToColumns("orders", 6), "orders");
  EXPECT_EQ(CutToColumns("orders", 5), "orde~");
  EXPECT_EQ(CutToColumns("orders", 1), "~");
  EXPECT_EQ(CutToColumns("orders", 0), "");
  EXPECT_EQ(CutToColumns("\xE6\xB3\xA8\xE6\x96\x87", 3), "\xE6\xB3\xA8~");
  EXPECT_EQ(CutToColumns("\xE6\xB3\xA8\xE6\x96\x87", 2), "~");  // half a character cannot be shown
}

TEST(CellTextInTheCLocaleTest, ShowsOnlyAscii) {
  EXPECT_EQ(Printable("gr\xC3\xBC"
                      "n"),
            "gr??n");
}

TEST(FormatTest, SaysThatANumberIsUnknown) {
  EXPECT_EQ(FormatCount(std::nullopt), "-");
  EXPECT_EQ(FormatBytes(std::nullopt), "-");
  EXPECT_EQ(FormatSeconds(std::nullopt), "-");
  EXPECT_EQ(FormatRatio(std::nullopt), "-");
  EXPECT_EQ(FormatCount(std::numeric_limits<double>::quiet_NaN()), "-");
  EXPECT_EQ(FormatCount(-std::numeric_limits<double>::infinity()), "-inf");
}

TEST(FormatTest, ShowsThreeDigitsOfACountAndAllOfASmallOne) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(0.1234), "0.123");
  EXPECT_EQ(FormatCount(12.345), "12.3");
  EXPECT_EQ(FormatCount(1234), "1234");
  EXPECT_EQ(FormatCount(12345), "12.3k");
  EXPECT_EQ(FormatCount(999'700), "1M");
  EXPECT_EQ(FormatCount(2.5e6), "2.5M");
}

TEST(FormatTest, TakesAtMostEightColumnsForACount) {
  EXPECT_EQ(FormatCount(999e12), "999T");
  EXPECT_EQ(FormatCount(1.234e15), "1.2e+15");
  EXPECT_EQ(FormatCount(1e308), "1e+308");
  EXPECT_EQ(FormatCount(1.234e-300), "1.2e-300");
  for (double number = 1e-320; number < 1e308; number *= 1.7) {
    EXPECT_LE(FormatCount(number).size(), 8U) << number;
    EXPECT_LE(FormatCount(-number).size(), 9U) << number;
  }
}

TEST(FormatTest, TakesFewColumnsForALargeNumberOfAnyUnit) {
  EXPECT_EQ(FormatBytes(0x1p1000), "9.7e+288 TiB");
  EXPECT_EQ(FormatSeconds(1e308), "1.2e+303 d");
  EXPECT_EQ(FormatRatio(1e300), "1e+302 %");
}

TEST(FormatTest, ShowsBytesAndSecondsInTheirUnits) {
  EXPECT_EQ(FormatBytes(0), "0 B");
  EXPECT_EQ(FormatBytes(1536), "1.5 KiB");
  EXPECT_EQ(FormatBytes(3.0 * 1024 * 1024), "3 MiB");
  EXPECT_EQ(FormatSeconds(0), "0 s");
  EXPECT_EQ(FormatSeconds(0.00085), "850 us");
  EXPECT_EQ(FormatSeconds(0.0123), "12.3 ms");
  EXPECT_EQ(FormatSeconds(90), "90 s");
  EXPECT_EQ(FormatSeconds(150), "2.5 min");
  EXPECT_EQ(FormatSeconds(3 * 86400), "3 d");
  EXPECT_EQ(FormatSeconds(-5), "-5 s");
  EXPECT_EQ(FormatRatio(0.031), "3.1 %");
}

}  // namespace
}  // namespace streamhouse::apps
