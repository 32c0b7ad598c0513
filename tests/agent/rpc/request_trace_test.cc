#include "agent/rpc/request_trace.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

namespace streamhouse::agent {
namespace {

constexpr const char* kSampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr const char* kUnsampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

bool HasTrace(std::initializer_list<std::pair<const char*, const char*>> pairs) {
  std::multimap<grpc::string_ref, grpc::string_ref> metadata;
  for (const auto& [name, value] : pairs) metadata.emplace(name, value);
  return TraceOf(metadata).span_id == 0xb7ad6b7169203331U;
}

TEST(RequestTraceTest, IsThatOfTheTraceparent) {
  EXPECT_TRUE(HasTrace({{"user-agent", "grpc"}, {"traceparent", kSampled}}));
}

TEST(RequestTraceTest, AnInvalidOrUnsampledTraceparentGivesNoTrace) {
  EXPECT_FALSE(HasTrace({}));
  EXPECT_FALSE(HasTrace({{"traceparent", ""}}));
  EXPECT_FALSE(HasTrace({{"traceparent", kUnsampled}}));
  EXPECT_FALSE(HasTrace({{"tracestate", kSampled}}));
}

TEST(RequestTraceTest, TwoTraceparentsGiveNoTrace) {
  EXPECT_FALSE(HasTrace({{"traceparent", kSampled}, {"traceparent", kSampled}}));
}

}  // namespace
}  // namespace streamhouse::agent
