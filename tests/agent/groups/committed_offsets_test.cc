#include "agent/groups/committed_offsets.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "agent/testing/faulty_file_system.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/catalog_fixture.h"

namespace streamhouse::agent {
namespace {

class CommittedOffsetsTest : public CatalogFixture {
 protected:
  CommittedOffsetsTest() {
    EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 1}).ok());
    EXPECT_TRUE((*topics_->Find("orders", 0))->Append(BatchOf({"a", "b"})).ok());
  }

  const TopicPartition orders_ = {.topic = "orders", .partition = 0};
  CommittedOffsets offsets_{*store_, *topics_};
};

TEST_F(CommittedOffsetsTest, ReturnsTheOffsetThatWasCommittedLast) {
  EXPECT_EQ(offsets_.Find("g", orders_)->offset, std::nullopt);
  ASSERT_TRUE(offsets_.Commit("g", orders_, 2).ok());
  EXPECT_EQ(offsets_.Find("g", orders_)->offset, 2U);
  ASSERT_TRUE(offsets_.Commit("g", orders_, 0).ok());
  EXPECT_EQ(offsets_.Find("g", orders_)->offset, 0U);
}

TEST_F(CommittedOffsetsTest, RefusesAnOffsetBeyondTheLog) {
  const Status status = offsets_.Commit("g", orders_, 3);
  EXPECT_EQ(status.code(), StatusCode::kOutOfRange);
  EXPECT_EQ(status.message(), "offset 3 of orders/0 is beyond the high watermark 2");
  EXPECT_EQ(offsets_.Find("g", orders_)->offset, std::nullopt);
}

TEST_F(CommittedOffsetsTest, RefusesBadGroups) {
  for (const std::string& group : {std::string(), std::string(kGroupNameBytesMax + 1, 'g')}) {
    EXPECT_EQ(offsets_.Commit(group, orders_, 0).code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(offsets_.Find(group, orders_).status().code(), StatusCode::kInvalidArgument);
  }
}

TEST_F(CommittedOffsetsTest, RefusesUnknownPartitions) {
  EXPECT_EQ(offsets_.Commit("g", {.topic = "orders", .partition = 1}, 0).code(), StatusCode::kNotFound);
  EXPECT_EQ(offsets_.Find("g", {.topic = "none", .partition = 0}).status().code(), StatusCode::kNotFound);
}

// Does what a loss of power does: commits are on the disk at once, records a sync interval later.
class PowerCutTest : public CatalogFixture, public testing::WithParamInterface<Leftover> {
 protected:
  PowerCutTest() {
    Reopen(files_);
    EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
    for (const std::uint32_t partition : {0, 1}) Append(partition, {"a", "b"});
    EXPECT_TRUE(topics_->SyncLogs().ok());
    for (const std::uint32_t partition : {0, 1}) Append(partition, {"c", "d"});
  }
  ~PowerCutTest() override { topics_.reset(); }

  void Append(std::uint32_t partition, std::initializer_list<std::string_view> values) {
    EXPECT_TRUE((*topics_->Find("orders", partition))->Append(BatchOf(values)).ok());
  }
  Status Commit(const std::string& group, std::uint32_t partition, std::uint64_t offset) {
    return CommittedOffsets(*store_, *topics_).Commit(group, {"orders", partition}, offset);
  }
  std::uint64_t Committed(const std::string& group, std::uint32_t partition) {
    return CommittedOffsets(*store_, *topics_).Find(group, {"orders", partition})->offset.value();
  }
  void CutPowerAndStart() {
    files_.LosePower(GetParam());
    Reopen();
    EXPECT_TRUE(topics_->Load().ok());
    EXPECT_TRUE(leases_->RenewNow().ok());
  }

  FaultyFileSystem files_{PosixFileSystem()};
};

TEST_P(PowerCutTest, LeavesNoCommitBeyondTheRecordsThatAreLeft) {
  ASSERT_TRUE(Commit("ahead", 0, 4).ok());
  ASSERT_TRUE(Commit("ahead", 1, 3).ok());
  ASSERT_TRUE(Commit("behind", 0, 1).ok());
  CutPowerAndStart();
  EXPECT_EQ(Committed("ahead", 0), 2U);
  EXPECT_EQ(Committed("ahead", 1), 2U);
  EXPECT_EQ(Committed("behind", 0), 1U);
}

TEST_P(PowerCutTest, AGroupGetsTheRecordsThatAreWrittenInThePlaceOfLostOnes) {
  ASSERT_TRUE(Commit("g", 0, 4).ok());
  CutPowerAndStart();
  Append(0, {"e", "f", "g"});
  std::string read;
  const auto add = [&](const RecordView& record) { read += record.value; };
  ASSERT_TRUE((*topics_->Find("orders", 0))->Read(Committed("g", 0), {.records = 10, .bytes = 1000}, add).ok());
  EXPECT_EQ(read, "efg");
}

TEST_P(PowerCutTest, TakesNoCommitOfWhatWasLostAlsoAfterAnotherStart) {
  const Partition& before = **topics_->Find("orders", 0);
  const CommittedLog log = {.topic_id = before.topic_id(), .open_id = before.openings().current().id};
  CutPowerAndStart();
  Append(0, {"e", "f", "g"});
  Reopen();
  ASSERT_TRUE(topics_->Load().ok());
  CommittedOffsets offsets(*store_, *topics_);
  EXPECT_EQ(offsets.Commit("g", {"orders", 0}, 3, log).code(), StatusCode::kAborted);
  EXPECT_TRUE(offsets.Commit("g", {"orders", 0}, 2, log).ok());
}

INSTANTIATE_TEST_SUITE_P(EveryLeftover, PowerCutTest,
                         testing::Values(Leftover::kNothing, Leftover::kHalf, Leftover::kZeros));

}  // namespace
}  // namespace streamhouse::agent
