#include "agent/rpc/status_translation.h"

#include <gtest/gtest.h>

#include <utility>

#include "proto/error_details.h"

namespace streamhouse::agent {
namespace {

using metrics::StatusCode;

TEST(StatusTranslationTest, TurnsOkIntoOk) {
  EXPECT_TRUE(ToGrpcStatus(metrics::Status::Ok()).ok());
}

TEST(StatusTranslationTest, KeepsTheMessage) {
  EXPECT_EQ(ToGrpcStatus({StatusCode::kNotFound, "no such topic"}).error_message(), "no such topic");
}

TEST(StatusTranslationTest, KeepsEveryCode) {
  const std::pair<StatusCode, grpc::StatusCode> pairs[] = {
      {StatusCode::kInvalidArgument, grpc::StatusCode::INVALID_ARGUMENT},
      {StatusCode::kNotFound, grpc::StatusCode::NOT_FOUND},
      {StatusCode::kAlreadyExists, grpc::StatusCode::ALREADY_EXISTS},
      {StatusCode::kFailedPrecondition, grpc::StatusCode::FAILED_PRECONDITION},
      {StatusCode::kOutOfRange, grpc::StatusCode::OUT_OF_RANGE},
      {StatusCode::kResourceExhausted, grpc::StatusCode::RESOURCE_EXHAUSTED},
      {StatusCode::kDeadlineExceeded, grpc::StatusCode::DEADLINE_EXCEEDED},
      {StatusCode::kUnavailable, grpc::StatusCode::UNAVAILABLE},
      {StatusCode::kAborted, grpc::StatusCode::ABORTED},
      {StatusCode::kDataLoss, grpc::StatusCode::DATA_LOSS},
      {StatusCode::kInternal, grpc::StatusCode::INTERNAL},
  };
  for (const auto& [ours, grpcs] : pairs) EXPECT_EQ(ToGrpcStatus({ours, "x"}).error_code(), grpcs);
}

TEST(StatusTranslationTest, MarksAnUnavailableResponseToProduceAsNotWritten) {
  const grpc::Status unavailable = ToGrpcProduceStatus({StatusCode::kUnavailable, "the disk is full"});
  EXPECT_EQ(unavailable.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(unavailable.error_message(), "the disk is full");
  EXPECT_EQ(unavailable.error_details(), v1::kNotWrittenDetails);
  EXPECT_EQ(ToGrpcProduceStatus({StatusCode::kResourceExhausted, "x"}).error_details(), v1::kDiskFullDetails);
  EXPECT_EQ(ToGrpcStatus({StatusCode::kResourceExhausted, "x"}).error_details(), "");
  EXPECT_EQ(ToGrpcProduceStatus({StatusCode::kInternal, "x"}).error_details(), "");
  EXPECT_TRUE(ToGrpcProduceStatus(metrics::Status::Ok()).ok());
}

}  // namespace
}  // namespace streamhouse::agent
