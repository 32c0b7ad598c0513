#include "metrics_core/internal/series/series.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/internal/series/label_text.h"

namespace streamhouse::metrics::internal {
namespace {

using Values = std::vector<std::string_view>;

class SeriesTest : public testing::Test {
 protected:
  ~SeriesTest() override { Series::FreeKey(series_, kNames.size()); }

  // Whether a series that was made of the first values is found by the second.
  bool Has(const Values& made_of, const Values& asked_for) {
    Series::FreeKey(series_, kNames.size());
    text_ = MakeLabelText(kNames, made_of);
    series_.text_data = Series::MakeKey(made_of, text_);
    series_.text_size = static_cast<std::uint32_t>(text_.size());
    return series_.Has(asked_for, kPrefixSizes);
  }

  inline static const std::vector<std::string> kNames = {"topic", "group"};
  static constexpr std::uint32_t kPrefixSizes[] = {sizeof("topic=\"") - 1, sizeof(",group=\"") - 1};
  std::string text_;
  Series series_;
};

TEST_F(SeriesTest, HasTheValuesThatItWasMadeOf) {
  for (const Values& values :
       std::vector<Values>{{"", ""}, {"orders", "billing"}, {"", "x"}, {"x", ""}, {"\xC3\xA9", "y"}}) {
    EXPECT_TRUE(Has(values, values));
    EXPECT_EQ(series_.text(), text_);
  }
}

TEST_F(SeriesTest, HasValuesThatAreEscapedInItsText) {
  for (const Values& values :
       std::vector<Values>{{"\"", "\\"}, {"\n", "n"}, {"\\n", "\\\""}, {"a\"b", "c"}, {"a", "b\nc"}}) {
    EXPECT_TRUE(Has(values, values));
  }
}

TEST_F(SeriesTest, HasNoOtherValues) {
  const Values values = {"orders", "billing"};
  for (const Values& other : std::vector<Values>{{"orders", "billinG"},
                                                 {"Orders", "billing"},
                                                 {"orders", ""},
                                                 {"ordersb", "illing"},
                                                 {"", ""},
                                                 {"orders\",group=\"billing", ""},
                                                 {"order", "billing"},
                                                 {"orders ", "billing"}}) {
    EXPECT_FALSE(Has(values, other));
    EXPECT_FALSE(Has(other, values));
  }
}

TEST_F(SeriesTest, TellsEscapedValuesFromTheirEscapes) {
  EXPECT_FALSE(Has({"\n", ""}, {"\\n", ""}));
  EXPECT_FALSE(Has({"\\n", ""}, {"\n", ""}));
  EXPECT_FALSE(Has({"\"", ""}, {"\\\"", ""}));
  EXPECT_FALSE(Has({"\"x", ""}, {"\"", ""}));
  EXPECT_FALSE(Has({"\"", ""}, {"\"x", ""}));
  EXPECT_FALSE(Has({"\\", ""}, {"\\\\", ""}));
}

TEST_F(SeriesTest, HoldsValuesLongerThanALengthCanSay) {
  for (const std::size_t size : {std::size_t{Series::kEscaped} - 1, std::size_t{Series::kEscaped},
                                 std::size_t{Series::kEscaped} + 1, std::size_t{200'000}}) {
    const std::string value(size, 'x');
    const std::string longer = value + 'x';
    EXPECT_TRUE(Has({value, "y"}, {value, "y"})) << size;
    EXPECT_FALSE(Has({value, "y"}, {longer, "y"})) << size;
    EXPECT_FALSE(Has({longer, "y"}, {value, "y"})) << size;
  }
}

}  // namespace
}  // namespace streamhouse::metrics::internal
