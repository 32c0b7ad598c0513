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
  const metrics::TargetAttributes many(kContextBytesMax / kContextTextBytesMax, {"a", longest});
  EXPECT_EQ(ContextPayload(many).status().code(), StatusCode::kResourceExhausted);
}

TEST(ContextPayloadTest, NamesAnAttributeThatIsTooLong) {
  const std::string longest(kContextTextBytesMax, 'x');
  const auto why = [](const metrics::TargetAttributes& attributes) { return ContextPayload(attributes).status(); };
  const std::string end = " of the target is longer than readers take";
  EXPECT_EQ(why({{"service.name", longest + "x"}}).message(), "the attribute service.name" + end);
  EXPECT_EQ(why({{longest + "yz", ""}}).message(), "the attribute " + longest + end) << "and cuts a long name";
}

TEST(ContextPayloadTest, TakesAsManyBytesAsReadersTake) {
  metrics::TargetAttributes attributes(kContextBytesMax / kContextTextBytesMax - 1,
                                       {"a", std::string(kContextTextBytesMax, 'x')});
  std::string& value = attributes.emplace_back("b", std::string(200, 'x')).second;
  value.append(kContextBytesMax - ContextPayload(attributes)->size(), 'x');
  EXPECT_EQ(ContextPayload(attributes)->size(), kContextBytesMax);
  value += 'x';
  EXPECT_EQ(ContextPayload(attributes).status().code(), StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace streamhouse::exporters
