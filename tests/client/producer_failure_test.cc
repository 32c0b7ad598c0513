// Records that cannot be delivered: refusals, retries, back-pressure, closing, and their counts.
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "client/producer.h"
#include "tests/client/producer_fixture.h"
#include "tests/support/few_threads.h"

namespace streamhouse::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Status kUnavailable(StatusCode::kUnavailable, "scripted");
const Status kTimedOut(StatusCode::kDeadlineExceeded, "scripted");

class ProducerFailureTest : public ProducerFixture {
 protected:
  // Sends one record and gives the code of its result.
  StatusCode Outcome() {
    Future sent = Send("v");
    static_cast<void>(producer_->Flush(kPatience));
    return CodeOf(sent);
  }
};

TEST_F(ProducerFailureTest, RefusesATopicThatDoesNotExist) {
  Start();
  Future refused = producer_->Send("nowhere", {.value = "v"});
  EXPECT_EQ(CodeOf(refused), StatusCode::kNotFound);
  EXPECT_EQ(Errors("unknown_topic", "nowhere"), 1);
}

TEST_F(ProducerFailureTest, FindsATopicThatWasCreatedAfterARefusal) {
  Start();
  Future refused = producer_->Send("late", {.value = "v"});
  EXPECT_EQ(CodeOf(refused), StatusCode::kNotFound);
  EXPECT_TRUE(broker_->CreateTopic("late", 1, CallLimits::Within(kPatience)).ok());
  EXPECT_TRUE(producer_->SendWithCallback("late", {.value = "v"}, nullptr).ok());
}

TEST_F(ProducerFailureTest, RefusesAPartitionThatDoesNotExist) {
  Start();
  Future refused = Send("v", 4);
  EXPECT_EQ(CodeOf(refused), StatusCode::kOutOfRange);
  EXPECT_EQ(Errors("invalid_partition"), 1);
}

TEST_F(ProducerFailureTest, RefusesARecordWhoseTopicCannotBeLookedUp) {
  broker_->FailEvery(BrokerCall::kDescribeTopic, kUnavailable);
  Start();
  Future refused = Send("v");
  EXPECT_EQ(CodeOf(refused), StatusCode::kUnavailable);
  EXPECT_EQ(Errors("unavailable"), 1);
}

TEST_F(ProducerFailureTest, LooksUpAgainWhileTheBrokerIsOutOfReach) {
  broker_->FailCall(BrokerCall::kDescribeTopic, 1, kUnavailable);
  broker_->FailCall(BrokerCall::kDescribeTopic, 2, Status(StatusCode::kFailedPrecondition, "scripted"));
  Start();
  EXPECT_EQ(Outcome(), StatusCode::kOk);
  EXPECT_EQ(broker_->calls(BrokerCall::kDescribeTopic), 3U);
}

TEST_F(ProducerFailureTest, LooksUpNoLongerThanASenderMayBlock) {
  broker_->FailEvery(BrokerCall::kDescribeTopic, kUnavailable);
  options_.max_block = milliseconds(5);
  options_.retry_policy = {.max_retries = 1'000, .initial_backoff = seconds(10)};
  Start();
  Future refused = Send("v");
  EXPECT_EQ(CodeOf(refused), StatusCode::kUnavailable);
  EXPECT_EQ(broker_->calls(BrokerCall::kDescribeTopic), 1U);
}

TEST_F(ProducerFailureTest, LooksUpOnceATopicThatDoesNotExist) {
  Start();
  Future refused = producer_->Send("nowhere", {.value = "v"});
  EXPECT_EQ(CodeOf(refused), StatusCode::kNotFound);
  EXPECT_EQ(broker_->calls(BrokerCall::kDescribeTopic), 1U);
}

TEST_F(ProducerFailureTest, CloseEndsALookupThatIsRetried) {
  broker_->FailEvery(BrokerCall::kDescribeTopic, kUnavailable);
  options_.retry_policy = {.max_retries = 1'000, .initial_backoff = seconds(20)};
  Start();
  std::jthread closer([this] {
    EXPECT_TRUE(broker_->WaitForCalls(BrokerCall::kDescribeTopic, 1));
    producer_->Close(seconds(0));
  });
  Future refused = Send("v");
  EXPECT_EQ(CodeOf(refused), StatusCode::kUnavailable);
}

TEST_F(ProducerFailureTest, RefusesARecordOverTheLimit) {
  options_.batch_bytes = 1'000;
  Start();
  Future refused = Send(std::string(1'000, 'x'));
  Future accepted = Send(std::string(1'000 - RecordAccumulator::kRecordOverheadBytes, 'x'));
  EXPECT_EQ(CodeOf(refused), StatusCode::kInvalidArgument);
  EXPECT_EQ(Errors("record_too_large"), 1);
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_TRUE(Get(accepted).ok());
}

TEST_F(ProducerFailureTest, ARefusedRecordIsNeverCalledBack) {
  Start();
  const auto never = [](const Result<Delivery>&) { ADD_FAILURE() << "called back"; };
  EXPECT_EQ(producer_->SendWithCallback("nowhere", {.value = "v"}, never).code(), StatusCode::kNotFound);
  EXPECT_EQ(producer_->Close(kPatience), 0U);
}

TEST_F(ProducerFailureTest, RetriesABatchThatWasSurelyNotWritten) {
  for (std::size_t i = 1; i <= 3; ++i) broker_->FailCall(BrokerCall::kProduce, i, kUnavailable);
  Start();
  EXPECT_EQ(Outcome(), StatusCode::kOk);
  EXPECT_EQ(broker_->calls(BrokerCall::kProduce), 4U);
  EXPECT_EQ(Written(0).size(), 1U);
}

TEST_F(ProducerFailureTest, RetriesAfterALostLease) {
  broker_->FailCall(BrokerCall::kProduce, 1, Status(StatusCode::kFailedPrecondition, "moved"));
  broker_->FailCall(BrokerCall::kProduce, 2, Status(StatusCode::kNotFound, "moving"));
  Start();
  EXPECT_EQ(Outcome(), StatusCode::kOk);
}

TEST_F(ProducerFailureTest, GivesUpAfterTheLastRetry) {
  broker_->FailEvery(BrokerCall::kProduce, kUnavailable);
  Start();
  EXPECT_EQ(Outcome(), StatusCode::kUnavailable);
  EXPECT_EQ(broker_->calls(BrokerCall::kProduce), 4U);
  EXPECT_EQ(Errors("unavailable"), 1);
}

TEST_F(ProducerFailureTest, RetriesABatchThatMayHaveBeenWrittenWithoutDuplicates) {
  broker_->FailAfterWriting(1, kTimedOut);
  broker_->FailAfterWriting(2, kTimedOut);
  Start();
  Future first = Send("a");
  Future second = Send("b");
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_EQ(Get(first)->offset, 0U);
  EXPECT_EQ(Get(second)->offset, 1U);
  EXPECT_EQ(Written(0), (std::vector<std::string>{"a", "b"}));
}

TEST_F(ProducerFailureTest, TellsTheSenderOfADoubtThatOutlastsTheRetries) {
  for (std::size_t i = 1; i <= 4; ++i) broker_->FailAfterWriting(i, kTimedOut);
  Start();
  EXPECT_EQ(Outcome(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Written(0).size(), 1U);
  EXPECT_EQ(Errors("timeout"), 1);
}

TEST_F(ProducerFailureTest, TellsTheSenderOfADoubtThatALaterAttemptDidNotSettle) {
  broker_->FailAfterWriting(1, kTimedOut);
  for (std::size_t i = 2; i <= 4; ++i) broker_->FailCall(BrokerCall::kProduce, i, kUnavailable);
  Start();
  EXPECT_EQ(Outcome(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Written(0).size(), 1U);
  EXPECT_EQ(Errors("timeout"), 1);
}

TEST_F(ProducerFailureTest, SendsTheBatchAfterOneThatFailedForGood) {
  for (std::size_t i = 1; i <= 4; ++i) broker_->FailCall(BrokerCall::kProduce, i, kUnavailable);
  Start();
  EXPECT_EQ(Outcome(), StatusCode::kUnavailable);
  EXPECT_EQ(Outcome(), StatusCode::kOk);
}

TEST_F(ProducerFailureTest, AnAttemptEndsAtItsTimeout) {
  options_.request_timeout = milliseconds(5);
  broker_->Hold({"orders", 0});
  Start();
  EXPECT_EQ(Outcome(), StatusCode::kDeadlineExceeded);
}

struct Response {
  StatusCode code;
  const char* reason;
};
class FinalResponseTest : public ProducerFailureTest, public testing::WithParamInterface<Response> {};

TEST_P(FinalResponseTest, ReachesTheSenderAndItsReasonCountsRecords) {
  options_.retry_policy = {.max_retries = 0};
  broker_->FailEvery(BrokerCall::kProduce, Status(GetParam().code, "scripted"));
  Start();
  Future first = Send("a");
  Future second = Send("b");
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_EQ(CodeOf(first), GetParam().code);
  EXPECT_EQ(CodeOf(second), GetParam().code);
  EXPECT_EQ(Errors(GetParam().reason), 2);
  EXPECT_EQ(Pending(), 0);
  EXPECT_EQ(Sent(), 0);
}

INSTANTIATE_TEST_SUITE_P(EveryReason, FinalResponseTest,
                         testing::Values(Response{StatusCode::kNotFound, "unknown_topic"},
                                         Response{StatusCode::kResourceExhausted, "record_too_large"},
                                         Response{StatusCode::kUnavailable, "unavailable"},
                                         Response{StatusCode::kFailedPrecondition, "not_leader"},
                                         Response{StatusCode::kAborted, "not_leader"},
                                         Response{StatusCode::kDeadlineExceeded, "timeout"},
                                         Response{StatusCode::kInvalidArgument, "rejected"},
                                         Response{StatusCode::kDataLoss, "internal"}),
                         [](const auto& info) { return std::string(metrics::StatusCodeName(info.param.code)); });

// A buffer of two records, whose batches the broker holds.
class BackPressureTest : public ProducerFailureTest {
 protected:
  BackPressureTest() {
    options_.batch_records = 1;
    options_.batch_bytes = kRecord;
    options_.buffer_bytes = 2 * kRecord;
    broker_->Hold(BrokerCall::kProduce);
  }

  static constexpr std::size_t kRecord = RecordAccumulator::kRecordOverheadBytes + 4;
};

TEST_F(BackPressureTest, ASendThatFindsNoRoomInTimeFails) {
  options_.max_block = milliseconds(5);
  Start();
  Send("1111");
  Send("2222");
  Future refused = Send("3333");
  EXPECT_EQ(CodeOf(refused), StatusCode::kResourceExhausted);
  EXPECT_EQ(Errors("buffer_full"), 1);
  EXPECT_EQ(Pending(), 2);
  broker_->Release(BrokerCall::kProduce);
}

TEST_F(BackPressureTest, NamesTheSizesThatDidNotFit) {
  options_.max_block = milliseconds(5);
  Start();
  EXPECT_EQ(producer_->SendWithCallback("orders", {.value = "55555"}, nullptr).message(),
            "a record of 5 bytes, which counts as 29, is over the batch_bytes of 28");
  Send("1111");
  Send("2222");
  EXPECT_EQ(producer_->SendWithCallback("orders", {.value = "3333"}, nullptr).message(),
            "the buffer of 56 bytes stayed full for 5 ms");
  broker_->Release(BrokerCall::kProduce);
}

TEST_F(BackPressureTest, BlocksUntilThereIsRoom) {
  Start();
  Send("1111");
  Send("2222");
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kProduce, 1));
  std::jthread releaser([this] { broker_->Release(BrokerCall::kProduce); });
  Future waited = Send("3333");
  EXPECT_TRUE(Get(waited).ok());
  EXPECT_EQ(Written(0), (std::vector<std::string>{"1111", "2222", "3333"}));
}

TEST_F(BackPressureTest, SendsWhatLingersRatherThanWaitForIt) {
  options_.batch_records = 10;
  options_.batch_bytes = 2 * kRecord;
  options_.max_block = kPatience;
  broker_->Release(BrokerCall::kProduce);
  Start();
  Send("1111");
  Send("2222");
  Future waited = Send("3333");
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_TRUE(Get(waited).ok());
}

TEST_F(BackPressureTest, CloseEndsTheWaitOfASender) {
  Start();
  Send("1111");
  Send("2222");
  std::jthread closer([this] { producer_->Close(seconds(0)); });
  Future refused = Send("3333");
  closer.join();
  EXPECT_EQ(CodeOf(refused), StatusCode::kFailedPrecondition);
  EXPECT_EQ(Errors("closed") + Errors("timeout"), 3);
}

class ProducerCloseTest : public ProducerFailureTest {};

TEST_F(ProducerCloseTest, DeliversTheRecordsThatAreLeft) {
  Start();
  Future sent = Send("a");
  EXPECT_EQ(producer_->Close(kPatience), 0U);
  EXPECT_TRUE(IsReady(sent));
  EXPECT_TRUE(Get(sent).ok());
}

TEST_F(ProducerCloseTest, ResolvesEveryRecordThatItCannotDeliver) {
  broker_->Hold(BrokerCall::kProduce);
  options_.batch_records = 2;
  Start();
  std::vector<Future> sent;
  for (std::uint32_t i = 0; i < 9; ++i) sent.push_back(Send("v", i % 2));
  EXPECT_EQ(producer_->Close(milliseconds(1)), 9U);
  for (Future& future : sent) {
    EXPECT_TRUE(IsReady(future));
    EXPECT_FALSE(Get(future).ok());
  }
  EXPECT_EQ(Pending(), 0);
  EXPECT_EQ(Errors("closed") + Errors("timeout"), 9);
}

TEST_F(ProducerCloseTest, CutsABackoffShort) {
  options_.retry_policy = {.initial_backoff = std::chrono::hours(1), .max_backoff = std::chrono::hours(1)};
  broker_->FailEvery(BrokerCall::kProduce, kUnavailable);
  options_.batch_records = 1;
  Start();
  Future sent = Send("v");
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kProduce, 1));
  EXPECT_EQ(producer_->Close(milliseconds(1)), 1U);
  EXPECT_EQ(CodeOf(sent), StatusCode::kUnavailable);
}

TEST_F(ProducerCloseTest, CountsWhatFailsWhileItFlushes) {
  options_.retry_policy = {.max_retries = 0};
  broker_->FailEvery(BrokerCall::kProduce, kUnavailable);
  Start();
  Send("a");
  Send("b");
  EXPECT_EQ(producer_->Close(kPatience), 2U);
}

TEST_F(ProducerCloseTest, RefusesRecordsAfterIt) {
  Start();
  EXPECT_EQ(producer_->Close(kPatience), 0U);
  Future refused = Send("v");
  EXPECT_EQ(CodeOf(refused), StatusCode::kFailedPrecondition);
  EXPECT_EQ(Errors("closed"), 1);
}

TEST_F(ProducerCloseTest, MayBeCalledTwice) {
  Start();
  EXPECT_EQ(producer_->Close(kPatience), 0U);
  EXPECT_EQ(producer_->Close(kPatience), 0U);
}

TEST_F(ProducerFailureTest, IsNotBuiltWithoutAThreadForEachSender) {
  options_.sender_threads = 3;
  for (int threads = 0; threads < 3; ++threads) {
    const FewThreads few(threads);
    EXPECT_EQ(builder_.options(options_).Build().status().code(), StatusCode::kUnavailable) << threads;
  }
  const FewThreads enough(3);
  EXPECT_TRUE(builder_.options(options_).Build().ok());
}

TEST_F(ProducerCloseTest, DestructionDeliversTheRecordsThatAreLeft) {
  Start();
  Future sent = Send("a");
  producer_.reset();
  EXPECT_TRUE(IsReady(sent));
  EXPECT_EQ(Written(0).size(), 1U);
}

}  // namespace
}  // namespace streamhouse::client
