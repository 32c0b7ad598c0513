#include "exporters/process_context/context_payload.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

using metrics::StatusCode;

TEST(ContextPayloadTest, IsAResourceWithStringAttributes) {
  EXPECT_EQ(ContextPayload({{"a", "b"}}).value(),
            "\x0A\x0A"  // resource
            "\x0A\x08"  // attribute
            "\x0A\x01"
            "a"  // key
            "\x12\x03\x0A\x01"
            "b");  // any value, string value
}

TEST(ContextPayloadTest, RefusesTextsThatAreTooLongForReaders) {
  const std::string longest(kContextTextBytesMax, 'x');
  EXPECT_TRUE(ContextPayload({{longest, longest}}).ok());
  EXPECT_EQ(ContextPayload({{longest + "x", ""}}).status().code(), StatusCode::kInvalidArgument);
  const auto refused = ContextPayload({{"service.name", longest + "x"}});
  EXPECT_EQ(refused.status().message(), "the attribute service.name of the target is longer than readers take");
  const metrics::TargetAttributes many(kContextBytesMax / kContextTextBytesMax, {"a", longest});
  EXPECT_EQ(ContextPayload(many).status().code(), StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace streamhouse::exporters
