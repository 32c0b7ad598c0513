#include "client/agent_broker/status_translation.h"

#include <string>

#include <gtest/gtest.h>

#include "proto/error_details.h"

namespace streamhouse::client {
namespace {

using metrics::Status;
using metrics::StatusCode;

struct Translation {
  grpc::StatusCode from;
  StatusCode to;
};
class TranslationTest : public testing::TestWithParam<Translation> {};

TEST_P(TranslationTest, KeepsTheMeaningAndTheMessage) {
  const grpc::Status failure(GetParam().from, "why", std::string(v1::kNotWrittenDetails));
  EXPECT_EQ(TranslateFailure(failure), Status(GetParam().to, "why"));
  EXPECT_EQ(TranslateProduceFailure(failure), Status(GetParam().to, "why"));
}

INSTANTIATE_TEST_SUITE_P(
    EveryCode, TranslationTest,
    testing::Values(Translation{grpc::StatusCode::CANCELLED, StatusCode::kDeadlineExceeded},
                    Translation{grpc::StatusCode::UNKNOWN, StatusCode::kInternal},
                    Translation{grpc::StatusCode::INVALID_ARGUMENT, StatusCode::kInvalidArgument},
                    Translation{grpc::StatusCode::DEADLINE_EXCEEDED, StatusCode::kDeadlineExceeded},
                    Translation{grpc::StatusCode::NOT_FOUND, StatusCode::kNotFound},
                    Translation{grpc::StatusCode::ALREADY_EXISTS, StatusCode::kAlreadyExists},
                    Translation{grpc::StatusCode::PERMISSION_DENIED, StatusCode::kInvalidArgument},
                    Translation{grpc::StatusCode::UNAUTHENTICATED, StatusCode::kInvalidArgument},
                    Translation{grpc::StatusCode::RESOURCE_EXHAUSTED, StatusCode::kResourceExhausted},
                    Translation{grpc::StatusCode::FAILED_PRECONDITION, StatusCode::kFailedPrecondition},
                    Translation{grpc::StatusCode::ABORTED, StatusCode::kAborted},
                    Translation{grpc::StatusCode::OUT_OF_RANGE, StatusCode::kOutOfRange},
                    Translation{grpc::StatusCode::UNIMPLEMENTED, StatusCode::kInvalidArgument},
                    Translation{grpc::StatusCode::INTERNAL, StatusCode::kInternal},
                    Translation{grpc::StatusCode::UNAVAILABLE, StatusCode::kUnavailable},
                    Translation{grpc::StatusCode::DATA_LOSS, StatusCode::kDataLoss}),
    [](const auto& info) { return "Code" + std::to_string(info.param.from); });

TEST(TranslateProduceFailureTest, ALostConnectionLeavesDoubt) {
  const grpc::Status lost(grpc::StatusCode::UNAVAILABLE, "Socket closed");
  EXPECT_EQ(TranslateProduceFailure(lost).code(), StatusCode::kDeadlineExceeded);
}

TEST(TranslateProduceFailureTest, AFullDiskMayHaveRoomForARetry) {
  const grpc::Status full(grpc::StatusCode::RESOURCE_EXHAUSTED, "no room", std::string(v1::kDiskFullDetails));
  EXPECT_EQ(TranslateProduceFailure(full), Status(StatusCode::kUnavailable, "no room"));
  EXPECT_EQ(TranslateFailure(full).code(), StatusCode::kResourceExhausted);
}

TEST(TranslateProduceFailureTest, ARefusalNeedsNoDetails) {
  const grpc::Status large(grpc::StatusCode::RESOURCE_EXHAUSTED, "larger than max");
  EXPECT_EQ(TranslateProduceFailure(large).code(), StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace streamhouse::client
