#include "exporters/push/http/http_response.h"

#include <gtest/gtest.h>

#include <optional>

namespace streamhouse::exporters {
namespace {

TEST(HttpResponseTest, FindsAFieldInAnyCase) {
  const HttpResponse response = {.fields = {{"Retry-After", "1"}, {"retry-after", "2"}}};
  EXPECT_EQ(response.Field("RETRY-AFTER"), "1");
  EXPECT_EQ(response.Field("Retry"), std::nullopt);
}

TEST(HttpResponseTest, IsASuccessFrom200To299) {
  for (const unsigned status : {200U, 202U, 204U, 299U}) EXPECT_TRUE(HttpResponse{.status = status}.is_success());
  for (const unsigned status : {0U, 199U, 300U, 400U, 500U}) EXPECT_FALSE(HttpResponse{.status = status}.is_success());
}

}  // namespace
}  // namespace streamhouse::exporters
