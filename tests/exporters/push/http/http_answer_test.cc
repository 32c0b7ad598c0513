#include "exporters/push/http/http_answer.h"

#include <gtest/gtest.h>

#include <optional>

namespace streamhouse::exporters {
namespace {

TEST(HttpAnswerTest, FindsAFieldInAnyCase) {
  const HttpAnswer answer = {.fields = {{"Retry-After", "1"}, {"retry-after", "2"}}};
  EXPECT_EQ(answer.Field("RETRY-AFTER"), "1");
  EXPECT_EQ(answer.Field("Retry"), std::nullopt);
}

TEST(HttpAnswerTest, IsASuccessFrom200To299) {
  for (const unsigned status : {200U, 202U, 204U, 299U}) EXPECT_TRUE(HttpAnswer{.status = status}.is_success());
  for (const unsigned status : {0U, 199U, 300U, 400U, 500U}) EXPECT_FALSE(HttpAnswer{.status = status}.is_success());
}

}  // namespace
}  // namespace streamhouse::exporters
