#include "exporters/http/message/query.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace streamhouse::exporters {
namespace {

using Values = std::vector<std::string>;

constexpr std::size_t kMax = 3;

Values ValuesOf(std::string_view query, std::string_view key) {
  return QueryValues(query, key, kMax).value();
}

std::string Refusal(std::string_view query, std::string_view key) {
  return QueryValues(query, key, kMax).status().message();
}

TEST(QueryTest, FindsTheValuesOfAKey) {
  EXPECT_EQ(ValuesOf("", "a"), Values());
  EXPECT_EQ(ValuesOf("a=1&b=2&a=3", "a"), (Values{"1", "3"}));
  EXPECT_EQ(ValuesOf("a", "a"), (Values{""}));
  EXPECT_EQ(ValuesOf("a=b=c&&=d", "a"), (Values{"b=c"}));
  EXPECT_EQ(ValuesOf("aa=1", "a"), Values());
}

TEST(QueryTest, DecodesKeysAndValues) {
  EXPECT_EQ(ValuesOf("name%5B%5D=a%2db&name[]=c", "name[]"), (Values{"a-b", "c"}));
  EXPECT_EQ(ValuesOf("a=b+c&a=b%2Bc&a=b%20c", "a"), (Values{"b c", "b+c", "b c"}));
}

TEST(QueryTest, RefusesMalformedValuesByTheirKey) {
  EXPECT_EQ(Refusal("b[]=1&a[]=%", "a[]"), "a a[] has a % without two hexadecimal digits behind it");
  EXPECT_EQ(ValuesOf("b=%", "a"), Values()) << "of no interest";
}

TEST(QueryTest, RefusesMoreValuesThanItsLimit) {
  EXPECT_EQ(ValuesOf("a=1&a=2&b=3&a=3", "a").size(), kMax);
  EXPECT_EQ(Refusal("a=1&a=2&a=3&a=4", "a"), "there are more than 3 a");
}

TEST(QueryTest, FindsKeysWithAndWithoutValue) {
  EXPECT_TRUE(HasQueryKey("verbose", "verbose"));
  EXPECT_TRUE(HasQueryKey("a=b&verbose=1", "verbose"));
  EXPECT_FALSE(HasQueryKey("", "verbose"));
  EXPECT_FALSE(HasQueryKey("verbosely&a=verbose", "verbose"));
}

}  // namespace
}  // namespace streamhouse::exporters
