#include "apps/topic_spec.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace streamhouse::apps {
namespace {

std::string RoundTrip(std::string_view text) {
  const metrics::Result<TopicSpec> spec = ParseTopicSpec(text);
  return spec.ok() ? spec.value().name + ":" + std::to_string(spec.value().partitions) : "refused";
}

TEST(TopicSpecTest, ReadsWhatItWrites) {
  for (const char* const text : {"orders:1", "a.b_c-d:1000", "a:b:3"}) EXPECT_EQ(RoundTrip(text), text);
}

TEST(TopicSpecTest, RefusesWhatIsNotOneNameAndOneNumberAboveZero) {
  for (const char* const text :
       {"", "orders", ":3", "orders:", "orders:0", "orders:-1", "orders:x", "orders:3 ", "orders:4294967296"}) {
    EXPECT_EQ(RoundTrip(text), "refused") << text;
  }
}

TEST(TopicSpecTest, NamesTheTextThatItRefuses) {
  EXPECT_EQ(ParseTopicSpec("orders").status().message(),
            "\"orders\" is not NAME:PARTITIONS with at least one partition");
}

}  // namespace
}  // namespace streamhouse::apps
