#include "client/send_error.h"

#include <set>
#include <string_view>

#include <gtest/gtest.h>

namespace streamhouse::client {
namespace {

using metrics::StatusCode;

TEST(SendErrorTest, GivesEveryReasonANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const SendError error : kAllSendErrors) names.insert(SendErrorName(error));
  EXPECT_EQ(names,
            (std::set<std::string_view>{"unknown_topic", "invalid_partition", "record_too_large", "buffer_full",
                                        "closed", "unavailable", "not_leader", "timeout", "rejected", "internal"}));
}

TEST(SendErrorTest, ListsReasonsByTheirNumber) {
  for (std::size_t i = 0; i < kAllSendErrors.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(kAllSendErrors[i]), i);
  }
}

struct Case {
  StatusCode code;
  SendError reason;
};
class ProduceFailureTest : public testing::TestWithParam<Case> {};

TEST_P(ProduceFailureTest, HasAReason) {
  EXPECT_EQ(SendErrorOfProduceFailure(GetParam().code), GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(EveryCode, ProduceFailureTest,
                         testing::Values(Case{StatusCode::kInvalidArgument, SendError::kRejected},
                                         Case{StatusCode::kNotFound, SendError::kUnknownTopic},
                                         Case{StatusCode::kAlreadyExists, SendError::kRejected},
                                         Case{StatusCode::kFailedPrecondition, SendError::kNotLeader},
                                         Case{StatusCode::kOutOfRange, SendError::kRejected},
                                         Case{StatusCode::kResourceExhausted, SendError::kRecordTooLarge},
                                         Case{StatusCode::kDeadlineExceeded, SendError::kTimeout},
                                         Case{StatusCode::kUnavailable, SendError::kUnavailable},
                                         Case{StatusCode::kAborted, SendError::kNotLeader},
                                         Case{StatusCode::kDataLoss, SendError::kInternal},
                                         Case{StatusCode::kInternal, SendError::kInternal}),
                         [](const auto& info) { return std::string(metrics::StatusCodeName(info.param.code)); });

}  // namespace
}  // namespace streamhouse::client
