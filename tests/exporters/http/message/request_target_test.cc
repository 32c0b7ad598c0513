#include "exporters/http/message/request_target.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace streamhouse::exporters {
namespace {

// "path query", or "malformed".
std::string Parsed(std::string_view text) {
  const std::optional<RequestTarget> target = ParseRequestTarget(text);
  return target ? target->path + " " + std::string(target->query) : "malformed";
}

TEST(RequestTargetTest, SeparatesPathAndQuery) {
  EXPECT_EQ(Parsed("/"), "/ ");
  EXPECT_EQ(Parsed("/metrics"), "/metrics ");
  EXPECT_EQ(Parsed("/metrics?a=b%20c?d"), "/metrics a=b%20c?d");
}

TEST(RequestTargetTest, TakesTheAbsoluteForm) {
  EXPECT_EQ(Parsed("http://host:1/metrics?a"), "/metrics a");
  EXPECT_EQ(Parsed("https://host"), "/ ");
  EXPECT_EQ(Parsed("HTTP://host/metrics"), "/metrics ");
  EXPECT_EQ(Parsed("http://host?a"), "/ a");
}

TEST(RequestTargetTest, DecodesThePathOnce) {
  EXPECT_EQ(Parsed("/%6detrics"), "/metrics ");
  EXPECT_EQ(Parsed("/%256detrics"), "/%6detrics ");
  EXPECT_EQ(Parsed("/%2E%2e%2f%00").size(), 6U);
}

TEST(RequestTargetTest, DoesNotInterpretThePath) {
  EXPECT_EQ(Parsed("/a/../metrics"), "/a/../metrics ");
  EXPECT_EQ(Parsed("//metrics"), "//metrics ");
  EXPECT_EQ(Parsed("/metrics/"), "/metrics/ ");
}

TEST(RequestTargetTest, RefusesMalformedTargets) {
  for (const char* text : {"", "*", "metrics", "?a", "/%", "/%4", "/%4x", "/%-1", "/% 1", "ftp://host/metrics"}) {
    EXPECT_EQ(Parsed(text), "malformed") << text;
  }
}

}  // namespace
}  // namespace streamhouse::exporters
