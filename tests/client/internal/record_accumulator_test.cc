#include "client/internal/record_accumulator.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace streamhouse::client {
namespace {

using Appended = RecordAccumulator::Appended;
using Outgoing = RecordAccumulator::Outgoing;

constexpr Nanoseconds kLinger = 100;
constexpr std::uint64_t kProducerId = 7;
constexpr std::size_t kOverhead = RecordAccumulator::kRecordOverheadBytes;

// Time is a number here, and moves when a test says so.
class RecordAccumulatorTest : public testing::Test {
 protected:
  Appended Append(RecordAccumulator::Partition& partition, const std::string& value) {
    return accumulator_.Append(partition, {.value = value}, nullptr, now_, now_);
  }

  // The values of the batch whose turn it is, or "nothing"; the batch is out.
  std::string Take() {
    std::optional<Outgoing> taken = accumulator_.TakeReady(now_);
    if (!taken) return "nothing";
    std::string values;
    for (std::size_t i = 0; i < taken->batch->records.size(); ++i) values += taken->batch->records[i].value;
    out_.push_back(*std::move(taken));
    return values;
  }

  void CompleteLast() {
    accumulator_.Complete(std::move(out_.back()));
    out_.pop_back();
  }

  void RetryLast(Nanoseconds not_before) {
    accumulator_.Retry(std::move(out_.back()), not_before);
    out_.pop_back();
  }

  Nanoseconds now_ = 1'000;
  ProducerTopicMetrics metrics_;
  RecordAccumulator::Partition red_{{"orders", 0}, metrics_};
  RecordAccumulator::Partition blue_{{"orders", 1}, metrics_};
  RecordAccumulator accumulator_{
      {.batch_records = 3, .batch_bytes = 2 * kOverhead + 40, .buffer_bytes = 8 * kOverhead, .linger = kLinger},
      kProducerId};
  std::vector<Outgoing> out_;
  // For records with headers.
  RecordAccumulator roomy_{{.batch_records = 3, .batch_bytes = 1000, .buffer_bytes = 1000, .linger = kLinger},
                           kProducerId};
};

TEST_F(RecordAccumulatorTest, SendsABatchThatHasItsRecords) {
  EXPECT_EQ(Append(red_, "a"), Appended::kOpenedABatch);
  EXPECT_EQ(Append(red_, "b"), Appended::kToOpenBatch);
  EXPECT_EQ(Take(), "nothing");
  EXPECT_EQ(Append(red_, "c"), Appended::kMadeReady);
  EXPECT_EQ(Take(), "abc");
}

// Invariant 4.
TEST_F(RecordAccumulatorTest, NumbersTheRecordsOfEachPartition) {
  for (const char* value : {"a", "b", "c", "d"}) Append(red_, value);
  Append(blue_, "e");
  accumulator_.SealAll();
  EXPECT_EQ(Take(), "abc");
  EXPECT_EQ(out_.back().batch->records.identity(), (BatchIdentity{kProducerId, 0}));
  CompleteLast();
  EXPECT_EQ(Take(), "e");
  EXPECT_EQ(out_.back().batch->records.identity(), (BatchIdentity{kProducerId, 0}));
  EXPECT_EQ(Take(), "d");
  EXPECT_EQ(out_.back().batch->records.identity(), (BatchIdentity{kProducerId, 3}));
}

TEST_F(RecordAccumulatorTest, NotesTheTracesThatAreSampled) {
  const std::string ids = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-";
  for (const std::string& traceparent : {ids + "00", std::string("rubbish"), ids + "01"}) {
    RecordHeaders headers;
    headers.Add("other", ids + "01").Add("traceparent", traceparent);
    roomy_.Append(red_, {.value = "", .headers = headers}, nullptr, now_, now_);
  }
  const Outgoing outgoing = *roomy_.TakeReady(now_);
  ASSERT_EQ(outgoing.batch->traces.size(), 1U);
  EXPECT_EQ(outgoing.batch->traces[0].record, 2U);
  EXPECT_EQ(outgoing.batch->traces[0].trace.span_id, 0xb7ad6b7169203331U);
  EXPECT_EQ(outgoing.batch->records.traceparent(), ids + "01");
}

// gRPC ends the program over metadata that is no ASCII, and refuses what is long.
TEST_F(RecordAccumulatorTest, PassesOnOnlyTheIdsOfATrace) {
  const std::string ids = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";
  RecordHeaders headers;
  headers.Add("traceparent", "01-" + ids + "-01-\xC3\xA9" + std::string(20'000, 'x'));
  roomy_.Append(red_, {.value = "", .headers = headers}, nullptr, now_, now_);
  roomy_.SealAll();
  EXPECT_EQ(roomy_.TakeReady(now_)->batch->records.traceparent(), "00-" + ids + "-01");
}

// Invariant 5.
TEST_F(RecordAccumulatorTest, SendsABatchBeforeItExceedsItsBytes) {
  Append(red_, std::string(30, 'x'));
  EXPECT_EQ(Append(red_, std::string(11, 'y')), Appended::kMadeReady);
  EXPECT_EQ(Take(), std::string(30, 'x'));
}

// Invariant 5.
TEST_F(RecordAccumulatorTest, LingersFromTheFirstRecordOfTheBatch) {
  now_ = 50'000;  // a long idle time before does not count
  Append(red_, "a");
  EXPECT_EQ(accumulator_.NextDeadline(), 50'000 + kLinger);
  now_ += kLinger - 1;
  Append(red_, "b");
  EXPECT_EQ(Take(), "nothing");
  now_ += 1;
  EXPECT_EQ(Take(), "ab");
}

TEST_F(RecordAccumulatorTest, TheNextBatchLingersFromItsOwnFirstRecord) {
  for (const char* value : {"a", "b", "c"}) Append(red_, value);
  EXPECT_EQ(Take(), "abc");
  CompleteLast();
  now_ += kLinger - 1;
  Append(red_, "d");
  now_ += 1;
  EXPECT_EQ(Take(), "nothing");
  EXPECT_EQ(accumulator_.NextDeadline(), now_ - 1 + kLinger);
}

// Invariant 2.
TEST_F(RecordAccumulatorTest, LetsOneBatchOfAPartitionOutAtATime) {
  for (const char* value : {"a", "b", "c", "d", "e", "f"}) Append(red_, value);
  EXPECT_EQ(Take(), "abc");
  EXPECT_EQ(Take(), "nothing");
  CompleteLast();
  EXPECT_EQ(Take(), "def");
}

// Invariant 3.
TEST_F(RecordAccumulatorTest, APartitionThatIsOutHoldsUpNoOther) {
  for (const char* value : {"a", "b", "c"}) Append(red_, value);
  EXPECT_EQ(Take(), "abc");
  for (const char* value : {"x", "y", "z"}) Append(blue_, value);
  EXPECT_EQ(Take(), "xyz");
}

// Invariant 2.
TEST_F(RecordAccumulatorTest, ARetryGoesBeforeLaterBatchesAndNotBeforeItsTime) {
  for (const char* value : {"a", "b", "c", "d", "e", "f"}) Append(red_, value);
  EXPECT_EQ(Take(), "abc");
  RetryLast(now_ + 500);
  EXPECT_EQ(Take(), "nothing");
  EXPECT_EQ(accumulator_.NextDeadline(), now_ + 500);
  now_ += 500;
  EXPECT_EQ(Take(), "abc");
  CompleteLast();
  EXPECT_EQ(Take(), "def");
}

// Invariant 3.
TEST_F(RecordAccumulatorTest, AWaitingRetryHoldsUpNoOtherPartition) {
  for (const char* value : {"a", "b", "c"}) Append(red_, value);
  EXPECT_EQ(Take(), "abc");
  RetryLast(now_ + 500);
  Append(blue_, "x");
  EXPECT_EQ(accumulator_.NextDeadline(), now_ + kLinger);
  now_ += kLinger;
  EXPECT_EQ(Take(), "x");
}

TEST_F(RecordAccumulatorTest, SealsIdlePartitionsForRoom) {
  for (const char* value : {"a", "b", "c", "d"}) Append(red_, value);
  EXPECT_EQ(Take(), "abc");
  Append(blue_, "e");
  accumulator_.SealIdle();
  EXPECT_EQ(Take(), "e");
  CompleteLast();
  CompleteLast();
  EXPECT_EQ(Take(), "nothing");
}

TEST_F(RecordAccumulatorTest, SealsNothingForRoomWhileBatchesWaitForASender) {
  for (const char* value : {"a", "b", "c"}) Append(red_, value);
  Append(blue_, "e");
  accumulator_.SealIdle();
  EXPECT_EQ(Take(), "abc");
  EXPECT_EQ(Take(), "nothing");
}

// Four partitions in turn, a buffer that is always full, and one batch done at a time. Where a full
// buffer ended every linger, batches shrank to the room that the last one had freed: three records,
// and a hundredth of the throughput.
TEST_F(RecordAccumulatorTest, KeepsBatchesWholeWhileTheBufferIsFull) {
  constexpr std::size_t kBatch = 10;
  constexpr int kRecords = 4'000;
  RecordAccumulator accumulator({.batch_records = kBatch,
                                 .batch_bytes = kBatch * kOverhead,
                                 .buffer_bytes = 8 * kBatch * kOverhead,
                                 .linger = kLinger},
                                kProducerId);
  std::deque<RecordAccumulator::Partition> partitions;
  for (std::uint32_t i = 0; i < 4; ++i) partitions.emplace_back(TopicPartition{"orders", i}, metrics_);
  std::deque<Outgoing> out;
  for (int i = 0; i < kRecords; ++i) {
    while (!accumulator.HasRoom(kOverhead)) {
      accumulator.SealIdle();
      while (std::optional<Outgoing> taken = accumulator.TakeReady(now_)) out.push_back(*std::move(taken));
      accumulator.Complete(std::move(out.front()));
      out.pop_front();
    }
    accumulator.Append(partitions[i % 4], {.value = ""}, nullptr, now_, now_);
  }
  EXPECT_LT(accumulator.batches_opened(), kRecords / kBatch * 11 / 10);
}

TEST_F(RecordAccumulatorTest, KeepsRoomUntilABatchIsDone) {
  for (int i = 0; i < 6; ++i) Append(red_, "1234");
  EXPECT_FALSE(accumulator_.HasRoom(kOverhead + 4));
  EXPECT_EQ(Take(), "123412341234");
  EXPECT_FALSE(accumulator_.HasRoom(kOverhead + 4));
  CompleteLast();
  EXPECT_TRUE(accumulator_.HasRoom(kOverhead + 4));
}

TEST_F(RecordAccumulatorTest, SealAllEndsEveryLinger) {
  Append(red_, "a");
  Append(blue_, "x");
  accumulator_.SealAll();
  EXPECT_EQ(Take(), "a");
  EXPECT_EQ(Take(), "x");
  EXPECT_EQ(accumulator_.NextDeadline(), std::nullopt);
}

TEST_F(RecordAccumulatorTest, TheEndOfTimeEndsEveryLingerAndEveryDelay) {
  for (const char* value : {"a", "b", "c"}) Append(red_, value);
  Take();
  RetryLast(now_ + 500);
  Append(blue_, "x");
  now_ = RecordAccumulator::kEndOfTime;
  EXPECT_EQ(Take(), "x");
  EXPECT_EQ(Take(), "abc");
}

TEST_F(RecordAccumulatorTest, KnowsWhenTheBatchesOpenedBeforeAreDone) {
  Append(red_, "a");
  const std::uint64_t opened = accumulator_.batches_opened();
  accumulator_.SealAll();
  Append(blue_, "later");
  EXPECT_FALSE(accumulator_.IsDoneBefore(opened));
  EXPECT_EQ(Take(), "a");
  EXPECT_FALSE(accumulator_.IsDoneBefore(opened));
  CompleteLast();
  EXPECT_TRUE(accumulator_.IsDoneBefore(opened));
}

// Invariant 1.
TEST_F(RecordAccumulatorTest, PairsEachWaiterWithItsRecord) {
  const DeliveryCallback waiter = [](const metrics::Result<Delivery>&) {};
  accumulator_.Append(red_, {.value = "a"}, nullptr, 1, 1);
  accumulator_.Append(red_, {.value = "b"}, waiter, 2, 2);
  accumulator_.Append(red_, {.value = "c"}, waiter, 3, 3);
  const std::optional<Outgoing> taken = accumulator_.TakeReady(now_);
  ASSERT_TRUE(taken);
  ASSERT_EQ(taken->batch->waiters.size(), 2U);
  EXPECT_EQ(taken->batch->waiters[0].record, 1U);
  EXPECT_EQ(taken->batch->waiters[1].record, 2U);
  EXPECT_EQ(taken->batch->entered_at, (std::vector<Nanoseconds>{1, 2, 3}));
}

TEST_F(RecordAccumulatorTest, ABatchThatIsUsedAgainStartsEmpty) {
  for (const char* value : {"a", "b", "c"}) Append(red_, value);
  Take();
  out_.back().batch->failures = 2;
  out_.back().batch->first_sent_at = 7;
  CompleteLast();
  Append(red_, "d");
  accumulator_.SealAll();
  EXPECT_EQ(Take(), "d");
  EXPECT_EQ(out_.back().batch->failures, 0);
  EXPECT_EQ(out_.back().batch->first_sent_at, 0U);
}

}  // namespace
}  // namespace streamhouse::client
