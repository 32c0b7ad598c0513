#include "client/retry_policy.h"

#include <gtest/gtest.h>

namespace streamhouse::client {
namespace {

using metrics::StatusCode;
using std::chrono::milliseconds;

constexpr double kNoJitter = 0.5;  // halfway from 0.75 to 1.25

TEST(RetryPolicyTest, RetriesACallThatSurelyWroteNoRecord) {
  for (const StatusCode code :
       {StatusCode::kUnavailable, StatusCode::kFailedPrecondition, StatusCode::kNotFound, StatusCode::kAborted}) {
    EXPECT_TRUE(RetryPolicy().ShouldRetry(code, 1)) << metrics::StatusCodeName(code);
  }
}

TEST(RetryPolicyTest, RetriesWhatMayHaveBeenWritten) {
  for (const StatusCode code : {StatusCode::kDeadlineExceeded, StatusCode::kInternal, StatusCode::kDataLoss}) {
    EXPECT_TRUE(RetryPolicy().ShouldRetry(code, 1)) << metrics::StatusCodeName(code);
  }
}

TEST(RetryPolicyTest, NeverRetriesARefusal) {
  const RetryPolicy policy;
  for (const StatusCode code : {StatusCode::kInvalidArgument, StatusCode::kAlreadyExists, StatusCode::kOutOfRange,
                                StatusCode::kResourceExhausted}) {
    EXPECT_FALSE(policy.ShouldRetry(code, 1)) << metrics::StatusCodeName(code);
  }
}

TEST(RetryPolicyTest, StopsAfterTheLastRetry) {
  const RetryPolicy policy;
  EXPECT_TRUE(policy.ShouldRetry(StatusCode::kUnavailable, 3));
  EXPECT_FALSE(policy.ShouldRetry(StatusCode::kUnavailable, 4));
  EXPECT_FALSE((RetryPolicy{.max_retries = 0}.ShouldRetry(StatusCode::kUnavailable, 1)));
}

TEST(RetryPolicyTest, DoublesTheBackoffUpToItsLimit) {
  const RetryPolicy policy;
  EXPECT_EQ(policy.Backoff(1, kNoJitter), milliseconds(100));
  EXPECT_EQ(policy.Backoff(2, kNoJitter), milliseconds(200));
  EXPECT_EQ(policy.Backoff(3, kNoJitter), milliseconds(400));
  EXPECT_EQ(policy.Backoff(10, kNoJitter), milliseconds(30'000));
  EXPECT_EQ(policy.Backoff(1'000'000, kNoJitter), milliseconds(30'000));
}

TEST(RetryPolicyTest, JitterStaysWithinAQuarter) {
  const RetryPolicy policy;
  EXPECT_EQ(policy.Backoff(1, 0), milliseconds(75));
  EXPECT_LT(policy.Backoff(1, 0.999999), milliseconds(125));
  EXPECT_GT(policy.Backoff(1, 0.999999), milliseconds(124));
}

}  // namespace
}  // namespace streamhouse::client
