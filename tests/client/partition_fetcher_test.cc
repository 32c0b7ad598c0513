#include "client/partition_fetcher.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "client/testing/in_memory_broker.h"
#include "tests/support/eventually.h"

namespace streamhouse::client {
namespace {

const TopicPartition kOrders = {"orders", 0};

class PartitionFetcherTest : public testing::Test {
 protected:
  PartitionFetcherTest() { EXPECT_TRUE(broker_->CreateTopic("orders", 1, Soon()).ok()); }

  static CallLimits Soon() { return CallLimits::Within(std::chrono::seconds(30)); }

  void Write(int records) {
    RecordBatch batch;
    for (int i = 0; i < records; ++i) batch.Append({.value = std::to_string(written_++)});
    EXPECT_TRUE(broker_->Produce(kOrders, batch, Soon()).ok());
  }

  void StartAt(Offset offset) { fetcher_.emplace(broker_, kOrders, options_, offset, arrivals_); }

  // The next batch, when it comes: its values, joined by commas.
  std::string Take() {
    std::optional<PartitionRecords> taken;
    if (!Eventually([&] { return (taken = fetcher_->Take()).has_value(); })) return "nothing";
    std::string values;
    for (std::size_t i = 0; i < taken->records.size(); ++i) {
      values += (i == 0 ? "" : ",") + std::string(taken->records[i].value);
    }
    return values;
  }

  bool WaitForFetches(std::size_t count) { return broker_->WaitForCalls(BrokerCall::kFetch, count); }

  std::shared_ptr<InMemoryBroker> broker_ = std::make_shared<InMemoryBroker>();
  ArrivalSignal arrivals_;
  FetchOptions options_ = {.max_records = 2, .offset_reset = OffsetReset::kEarliest};
  std::optional<PartitionFetcher> fetcher_;
  int written_ = 0;
};

TEST_F(PartitionFetcherTest, TakesEveryRecordOnceInOrder) {
  Write(5);
  StartAt(0);
  EXPECT_EQ(Take(), "0,1");
  EXPECT_EQ(Take(), "2,3");
  EXPECT_EQ(Take(), "4");
  EXPECT_FALSE(fetcher_->Take());
}

TEST_F(PartitionFetcherTest, TakesWhatIsWrittenLater) {
  StartAt(0);
  ASSERT_TRUE(WaitForFetches(1));
  Write(1);
  EXPECT_EQ(Take(), "0");
}

TEST_F(PartitionFetcherTest, ItsPositionMovesWithWhatIsTakenNotWithWhatIsFetched) {
  Write(4);
  StartAt(1);
  ASSERT_TRUE(Eventually([this] { return arrivals_.count() >= 2; }));
  EXPECT_EQ(fetcher_->position(), 1U);
  EXPECT_EQ(Take(), "1,2");
  EXPECT_EQ(fetcher_->position(), 3U);
}

TEST_F(PartitionFetcherTest, ReadsAheadNoFurtherThanItsLimit) {
  Write(20);
  StartAt(0);
  ASSERT_TRUE(Eventually([this] { return arrivals_.count() == PartitionFetcher::kPrefetchedBatches; }));
  EXPECT_EQ(broker_->calls(BrokerCall::kFetch), PartitionFetcher::kPrefetchedBatches);
  EXPECT_EQ(Take(), "0,1");
  EXPECT_TRUE(WaitForFetches(PartitionFetcher::kPrefetchedBatches + 1));
}

TEST_F(PartitionFetcherTest, SeekDropsWhatWasReadAhead) {
  Write(6);
  StartAt(0);
  ASSERT_TRUE(Eventually([this] { return arrivals_.count() == 2; }));
  fetcher_->Seek(5);
  EXPECT_EQ(fetcher_->position(), 5U);
  EXPECT_EQ(Take(), "5");
  fetcher_->Seek(0);
  EXPECT_EQ(Take(), "0,1");
}

TEST_F(PartitionFetcherTest, SeekDoesNotWaitForAFetchUnderWay) {
  options_.max_wait = std::chrono::hours(1);
  Write(1);
  StartAt(1);
  ASSERT_TRUE(WaitForFetches(1));
  fetcher_->Seek(0);
  EXPECT_EQ(Take(), "0");
}

TEST_F(PartitionFetcherTest, TriesAgainAfterAFailureAndSaysSoMeanwhile) {
  Write(1);
  broker_->FailEvery(BrokerCall::kFetch, Status(StatusCode::kUnavailable, "scripted"));
  StartAt(0);
  ASSERT_TRUE(Eventually([this] { return !fetcher_->failure().ok(); }));
  EXPECT_EQ(fetcher_->failure(), Status(StatusCode::kUnavailable, "orders/0: scripted"));
  EXPECT_EQ(fetcher_->position(), 0U);
  broker_->FailEvery(BrokerCall::kFetch, Status::Ok());
  EXPECT_EQ(Take(), "0");
  EXPECT_TRUE(fetcher_->failure().ok());
}

TEST_F(PartitionFetcherTest, SeekEndsABackoff) {
  Write(1);
  broker_->FailCall(BrokerCall::kFetch, 1, Status(StatusCode::kInternal, "scripted"));
  StartAt(0);
  ASSERT_TRUE(Eventually([this] { return !fetcher_->failure().ok(); }));
  fetcher_->Seek(0);
  EXPECT_EQ(Take(), "0");
}

TEST_F(PartitionFetcherTest, ResetsAPositionThatTheLogHasForgotten) {
  Write(4);
  broker_->TrimBefore(kOrders, 3);
  StartAt(0);
  EXPECT_EQ(Take(), "3");
  EXPECT_EQ(fetcher_->position(), 4U);
}

TEST_F(PartitionFetcherTest, ResetsAPositionBeyondTheLogToItsEnd) {
  options_.offset_reset = OffsetReset::kLatest;
  Write(2);
  StartAt(9);
  ASSERT_TRUE(Eventually([this] { return fetcher_->position() == 2; }));
  Write(1);
  EXPECT_EQ(Take(), "2");
}

TEST_F(PartitionFetcherTest, TriesAResetAgainThatFailed) {
  Write(1);
  broker_->FailCall(BrokerCall::kReadWatermarks, 1, Status(StatusCode::kUnavailable, "scripted"));
  StartAt(9);
  EXPECT_EQ(Take(), "0");
}

TEST_F(PartitionFetcherTest, WithoutAResetPolicyALostPositionIsAFailure) {
  options_.offset_reset = OffsetReset::kNone;
  StartAt(9);
  ASSERT_TRUE(Eventually([this] { return !fetcher_->failure().ok(); }));
  EXPECT_EQ(fetcher_->failure().code(), StatusCode::kOutOfRange);
  EXPECT_EQ(fetcher_->position(), 9U);
}

TEST_F(PartitionFetcherTest, StopEndsAFetchUnderWay) {
  options_.max_wait = std::chrono::hours(1);
  StartAt(0);
  ASSERT_TRUE(WaitForFetches(1));
  fetcher_->Stop();
  EXPECT_FALSE(fetcher_->Take());
}

// A broker that answers from an earlier offset than it was asked for.
class ForgetfulBroker : public InMemoryBroker {
 public:
  Result<FetchedBatch> Fetch(const FetchRequest& request, const CallLimits& limits) override {
    FetchRequest earlier = request;
    earlier.offset = 0;
    return InMemoryBroker::Fetch(earlier, limits);
  }
};

TEST_F(PartitionFetcherTest, DistrustsAnAnswerFromAnEarlierOffset) {
  broker_ = std::make_shared<ForgetfulBroker>();
  EXPECT_TRUE(broker_->CreateTopic("orders", 1, Soon()).ok());
  Write(2);
  StartAt(1);
  ASSERT_TRUE(Eventually([this] { return !fetcher_->failure().ok(); }));
  EXPECT_EQ(fetcher_->failure().code(), StatusCode::kInternal);
  EXPECT_FALSE(fetcher_->Take());
}

}  // namespace
}  // namespace streamhouse::client
