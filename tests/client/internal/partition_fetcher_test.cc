#include "client/internal/partition_fetcher.h"

#include <atomic>
#include <chrono>
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

  // In the log as it is now.
  void StartAt(Offset offset, const std::string& group = "") {
    const LogLife life = broker_->ReadWatermarks(kOrders, {}, Soon()).value().life;
    fetcher_.emplace(broker_, group, kOrders, options_, LogPosition{.offset = offset, .life = life}, arrivals_);
    EXPECT_TRUE(fetcher_->Start().ok());
  }
  Offset position() const { return fetcher_->position().offset; }

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

  // In two batches.
  void ReadFour() {
    Write(4);
    StartAt(0);
    EXPECT_EQ(Take(), "0,1");
    EXPECT_EQ(Take(), "2,3");
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

TEST_F(PartitionFetcherTest, TakesRecordsThatAreWrittenLater) {
  StartAt(0);
  ASSERT_TRUE(WaitForFetches(1));
  Write(1);
  EXPECT_EQ(Take(), "0");
}

TEST_F(PartitionFetcherTest, ItsPositionMovesWithWhatIsTakenNotWithWhatIsFetched) {
  Write(4);
  StartAt(1);
  ASSERT_TRUE(Eventually([this] { return arrivals_.count() >= 2; }));
  EXPECT_EQ(position(), 1U);
  EXPECT_EQ(Take(), "1,2");
  EXPECT_EQ(position(), 3U);
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
  EXPECT_EQ(position(), 5U);
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

TEST_F(PartitionFetcherTest, RetriesAfterAFailureAndSaysSoMeanwhile) {
  Write(1);
  broker_->FailEvery(BrokerCall::kFetch, Status(StatusCode::kUnavailable, "scripted"));
  StartAt(0);
  ASSERT_TRUE(Eventually([this] { return !fetcher_->failure().ok(); }));
  EXPECT_EQ(fetcher_->failure(), Status(StatusCode::kUnavailable, "orders/0: scripted"));
  EXPECT_EQ(position(), 0U);
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

// The policy decides where a group starts, and never where it continues.
class LostPositionTest : public PartitionFetcherTest, public testing::WithParamInterface<OffsetReset> {
 protected:
  LostPositionTest() { options_.offset_reset = GetParam(); }
};

TEST_P(LostPositionTest, BeforeTheLogContinuesWithTheFirstRecordLeft) {
  Write(6);
  broker_->TrimBefore(kOrders, 4);
  StartAt(3);
  EXPECT_EQ(Take(), "4,5");
}

TEST_P(LostPositionTest, PastTheEndContinuesAtTheEnd) {
  Write(2);
  StartAt(9);
  ASSERT_TRUE(Eventually([this] { return position() == 2; }));
  Write(1);
  EXPECT_EQ(Take(), "2");
}

INSTANTIATE_TEST_SUITE_P(EveryPolicy, LostPositionTest,
                         testing::Values(OffsetReset::kEarliest, OffsetReset::kLatest, OffsetReset::kNone));

TEST_F(PartitionFetcherTest, TriesTheWayBackIntoTheLogAgain) {
  Write(1);
  StartAt(9);
  broker_->FailCall(BrokerCall::kReadWatermarks, 1, Status(StatusCode::kUnavailable, "scripted"));
  EXPECT_TRUE(Eventually([this] { return position() == 1; }));
}

// The offsets 2 and 3 were read, and then lost: the records that have them now are others.
TEST_F(PartitionFetcherTest, ALogThatWasCutIsReadOnFromItsNewEnd) {
  ReadFour();
  broker_->CutAt(kOrders, 2);
  Write(1);
  EXPECT_EQ(Take(), "4");
}

TEST_F(PartitionFetcherTest, ALogThatWasCutAndHasGrownBeyondThePositionLosesNoRecord) {
  ReadFour();
  broker_->Hold(BrokerCall::kFetch);
  broker_->CutAt(kOrders, 2);
  Write(6);
  broker_->Release(BrokerCall::kFetch);
  EXPECT_EQ(Take(), "4,5");
}

TEST_F(PartitionFetcherTest, TheLowestEndOfSeveralCutsCounts) {
  ReadFour();
  broker_->Hold(BrokerCall::kFetch);
  broker_->CutAt(kOrders, 2);
  Write(6);
  broker_->CutAt(kOrders, 8);
  broker_->Release(BrokerCall::kFetch);
  EXPECT_EQ(Take(), "4,5");
}

TEST_F(PartitionFetcherTest, WhatWasReadAheadOfACutIsNotReturned) {
  options_.max_wait = std::chrono::milliseconds(1);
  Write(2);
  StartAt(0);
  ASSERT_TRUE(Eventually([this] { return arrivals_.count() == 1; }));
  broker_->CutAt(kOrders, 1);
  ASSERT_TRUE(Eventually([this] { return arrivals_.count() == 2; }));
  EXPECT_EQ(Take(), "0");
  Write(1);
  EXPECT_EQ(Take(), "2");
}

TEST_F(PartitionFetcherTest, ALogThatWasOpenedAgainAtItsEndIsReadOn) {
  Write(2);
  StartAt(0);
  EXPECT_EQ(Take(), "0,1");
  broker_->CutAt(kOrders, 2);
  Write(1);
  EXPECT_EQ(Take(), "2");
}

TEST_F(PartitionFetcherTest, ATopicThatWasCreatedAgainIsReadAsANewOne) {
  Write(2);
  StartAt(0, "billing");
  EXPECT_EQ(Take(), "0,1");
  ASSERT_TRUE(broker_->DeleteTopic("orders", Soon()).ok());
  EXPECT_TRUE(broker_->CreateTopic("orders", 1, Soon()).ok());
  Write(3);
  EXPECT_EQ(Take(), "2,3");
}

TEST_F(PartitionFetcherTest, ATopicThatIsGoneIsAFailure) {
  StartAt(0);
  ASSERT_TRUE(broker_->DeleteTopic("orders", Soon()).ok());
  EXPECT_TRUE(Eventually([this] { return fetcher_->failure().code() == StatusCode::kNotFound; }));
}

TEST_F(PartitionFetcherTest, StandsInFrontOfDamagedRecordsAndSaysWhichTheyAre) {
  Write(6);
  broker_->Damage(kOrders, {.first = 1, .next = 4});
  StartAt(0);
  EXPECT_EQ(Take(), "0");
  const Status expected(StatusCode::kDataLoss,
                        "orders/0: the records with offsets 1 to 3 are damaged and cannot be read");
  ASSERT_TRUE(Eventually([&] { return fetcher_->failure() == expected; }));
  EXPECT_EQ(position(), 1U);
  fetcher_->Seek(4);
  EXPECT_EQ(Take(), "4,5");
}

TEST_F(PartitionFetcherTest, SkipsDamagedRecordsWhenToldToAndReportsThem) {
  Write(6);
  broker_->Damage(kOrders, {.first = 1, .next = 4});
  std::atomic<Offset> lost = 0;
  options_.report_damage = [&](const TopicPartition&, const DamagedRange& range) { lost = range.next - range.first; };
  StartAt(0);
  EXPECT_EQ(Take(), "0");
  EXPECT_EQ(Take(), "4,5");
  EXPECT_EQ(lost, 3U);
}

TEST_F(PartitionFetcherTest, ReportsNoDamagedRecordTwiceWhenTheRangeHasGrown) {
  Write(6);
  broker_->Damage(kOrders, {.first = 1, .next = 3});
  std::vector<Offset> lost;
  options_.report_damage = [&](const TopicPartition&, const DamagedRange& range) {
    for (Offset offset = range.first; offset < range.next; ++offset) lost.push_back(offset);
    broker_->Damage(kOrders, {.first = 1, .next = 5});
  };
  StartAt(0);
  EXPECT_EQ(Take(), "0");
  EXPECT_EQ(Take(), "5");
  fetcher_->Stop();
  EXPECT_EQ(lost, (std::vector<Offset>{1, 2, 3, 4}));
}

TEST_F(PartitionFetcherTest, StopEndsAFetchUnderWay) {
  options_.max_wait = std::chrono::hours(1);
  StartAt(0);
  ASSERT_TRUE(WaitForFetches(1));
  fetcher_->Stop();
  EXPECT_FALSE(fetcher_->Take());
}

// A broker that finds none of the offsets that it says it has.
class ContradictoryBroker : public InMemoryBroker {
 public:
  Result<FetchedBatch> Fetch(const FetchRequest&, const CallLimits&) override {
    ++fetches;
    return Status(StatusCode::kOutOfRange, "not here");
  }

  std::atomic<int> fetches = 0;
};

TEST_F(PartitionFetcherTest, WaitsBeforeItAsksAgainForAnOffsetThatTheLogHasAndCannotFind) {
  const auto broker = std::make_shared<ContradictoryBroker>();
  broker_ = broker;
  EXPECT_TRUE(broker_->CreateTopic("orders", 1, Soon()).ok());
  Write(1);
  const auto begin = std::chrono::steady_clock::now();
  StartAt(0);
  ASSERT_TRUE(Eventually([&] { return broker->fetches >= 2; }));
  // 100 ms, less a quarter of jitter.
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(75));
  EXPECT_EQ(fetcher_->failure().code(), StatusCode::kOutOfRange);
}

// A broker that does not tell which opening of a log it speaks of.
class UntellingBroker : public InMemoryBroker {
 public:
  Result<FetchedBatch> Fetch(const FetchRequest& request, const CallLimits& limits) override {
    Result<FetchedBatch> fetched = InMemoryBroker::Fetch(request, limits);
    if (fetched.ok()) fetched->life = {};
    return fetched;
  }
  Result<Watermarks> ReadWatermarks(const WatermarksRequest& request, const CallLimits& limits) override {
    Result<Watermarks> watermarks = InMemoryBroker::ReadWatermarks(request, limits);
    if (watermarks.ok()) watermarks->life = {};
    return watermarks;
  }
};

TEST_F(PartitionFetcherTest, WhatWasReadAheadOfACutIsNotReturnedWhereTheBrokerTellsOfNone) {
  broker_ = std::make_shared<UntellingBroker>();
  EXPECT_TRUE(broker_->CreateTopic("orders", 1, Soon()).ok());
  options_.max_wait = std::chrono::milliseconds(1);
  Write(2);
  StartAt(0);
  ASSERT_TRUE(Eventually([this] { return arrivals_.count() == 1; }));
  broker_->CutAt(kOrders, 1);
  ASSERT_TRUE(Eventually([this] { return arrivals_.count() == 2; }));
  EXPECT_EQ(Take(), "0");
  Write(1);
  EXPECT_EQ(Take(), "2");
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

TEST_F(PartitionFetcherTest, DistrustsAResponseFromAnEarlierOffset) {
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
