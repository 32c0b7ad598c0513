#include "client/record_headers.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace streamhouse::client {
namespace {

TEST(RecordHeadersTest, AreFoundByName) {
  RecordHeaders headers;
  headers.Add("a", "1").Add("b", "").Add("a", "2");
  const HeadersView view = headers;
  EXPECT_EQ(view.Find("a"), "1");
  EXPECT_EQ(view.Find("b"), "");
  EXPECT_EQ(view.Find("c"), std::nullopt);
}

TEST(RecordHeadersTest, AreVisitedInOrder) {
  RecordHeaders headers;
  headers.Add("b", "1").Add("a", "2").Add("b", "3");
  std::string visited;
  HeadersView(headers).ForEach([&](auto name, auto value) { visited.append(name).append(value); });
  EXPECT_EQ(visited, "b1a2b3");
}

TEST(RecordHeadersTest, AreNoneAtFirstAndAfterClear) {
  RecordHeaders headers;
  EXPECT_TRUE(HeadersView(headers).empty());
  headers.Add("a", "1");
  EXPECT_EQ(HeadersView(headers).bytes(), 10U);
  headers.Clear();
  EXPECT_TRUE(HeadersView(headers).empty());
}

}  // namespace
}  // namespace streamhouse::client
