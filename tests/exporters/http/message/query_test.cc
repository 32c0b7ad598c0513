#include "exporters/http/message/query.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace streamhouse::exporters {
namespace {

using Values = std::vector<std::string>;

TEST(QueryTest, FindsTheValuesOfAKey) {
  EXPECT_EQ(QueryValues("", "a"), Values());
  EXPECT_EQ(QueryValues("a=1&b=2&a=3", "a"), (Values{"1", "3"}));
  EXPECT_EQ(QueryValues("a", "a"), (Values{""}));
  EXPECT_EQ(QueryValues("a=b=c&&=d", "a"), (Values{"b=c"}));
  EXPECT_EQ(QueryValues("aa=1", "a"), Values());
}

TEST(QueryTest, DecodesKeysAndValues) {
  EXPECT_EQ(QueryValues("name%5B%5D=a%2db&name[]=c", "name[]"), (Values{"a-b", "c"}));
  EXPECT_EQ(QueryValues("a=b+c&a=b%2Bc&a=b%20c", "a"), (Values{"b c", "b+c", "b c"}));
}

TEST(QueryTest, RefusesMalformedValues) {
  EXPECT_EQ(QueryValues("a=%", "a"), std::nullopt);
  EXPECT_EQ(QueryValues("b=%", "a"), Values()) << "of no interest";
}

TEST(QueryTest, RefusesFloods) {
  std::string query;
  for (std::size_t i = 0; i < kQueryNamesMax; ++i) query += "a=b&";
  EXPECT_EQ(QueryValues(query, "a")->size(), kQueryNamesMax);
  EXPECT_EQ(QueryValues(query + "a=b", "a"), std::nullopt);
}

TEST(QueryTest, FindsKeysWithAndWithoutValue) {
  EXPECT_TRUE(HasQueryKey("verbose", "verbose"));
  EXPECT_TRUE(HasQueryKey("a=b&verbose=1", "verbose"));
  EXPECT_FALSE(HasQueryKey("", "verbose"));
  EXPECT_FALSE(HasQueryKey("verbosely&a=verbose", "verbose"));
}

}  // namespace
}  // namespace streamhouse::exporters
