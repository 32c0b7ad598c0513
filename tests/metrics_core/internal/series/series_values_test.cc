#include "metrics_core/internal/series/series_values.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace streamhouse::metrics::internal {

namespace {

TEST(ToLimitedSizeTest, KeepsWhatFitsAndCutsTheRestToTheLimit) {
  std::string storage;
  EXPECT_EQ(ToLimitedSize("0123456789", 10, storage), "0123456789");
  const std::string cut(ToLimitedSize(std::string(50, 'x'), 32, storage));
  EXPECT_EQ(cut.size(), 32U);
  EXPECT_TRUE(cut.starts_with(std::string(13, 'x') + "\xE2\x80\xA6"));
}

// A series keeps its name over restarts, and on other machines.
TEST(ToLimitedSizeTest, TheMarkIsTheSameInEveryProcess) {
  std::string storage;
  EXPECT_EQ(ToLimitedSize(std::string(50, 'x'), 32, storage),
            "xxxxxxxxxxxxx\xE2\x80\xA6" + std::string("f28571f49a27b3bd"));
}

TEST(SeriesValuesTest, RepairsAValueBeforeItIsCut) {
  const std::vector<std::string_view> given = {"\xFF", "short"};
  const SeriesValues values(given, 32);
  EXPECT_EQ(values.values()[0], "\xEF\xBF\xBD");
  EXPECT_EQ(values.values()[1].data(), given[1].data()) << "a value that fits is not copied";
  EXPECT_EQ(values.cut(), 0U);
}

TEST(SeriesValuesTest, CountsTheValuesThatItCuts) {
  const std::string lengthy(50, 'x');
  const std::vector<std::string_view> given = {lengthy, "short", lengthy};
  const SeriesValues values(given, 32);
  EXPECT_EQ(values.cut(), 2U);
  EXPECT_EQ(values.values()[0].size(), 32U);
}

}  // namespace
}  // namespace streamhouse::metrics::internal
