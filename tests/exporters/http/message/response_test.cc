#include "exporters/http/message/response.h"

#include <gtest/gtest.h>

namespace streamhouse::exporters {
namespace {

TEST(ResponseTest, IsASuccessUnlessItSaysOtherwise) {
  const Response response;
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(response.page, nullptr);
}

TEST(ResponseTest, SpellsErrorsOut) {
  EXPECT_EQ(ErrorResponse(404).status, 404);
  EXPECT_EQ(ErrorResponse(404).body, "404 Not Found\n");
  EXPECT_EQ(ErrorResponse(431).body, "431 Request Header Fields Too Large\n");
}

}  // namespace
}  // namespace streamhouse::exporters
