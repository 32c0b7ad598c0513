#include "agent/topics/topic_catalog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "agent/agent_metrics.h"
#include "agent/testing/faulty_file_system.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/catalog_fixture.h"
#include "tests/agent/support/raw_file.h"
#include "tests/support/eventually.h"

namespace streamhouse::agent {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

using TopicCatalogTest = CatalogFixture;

TEST_F(TopicCatalogTest, ServesATopicAsSoonAsItIsCreated) {
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
  EXPECT_EQ(topics_->PartitionCount("orders").value(), 2U);
  EXPECT_TRUE((*topics_->Find("orders", 1))->Append(BatchOf({"a"})).ok());
}

TEST_F(TopicCatalogTest, AcceptsTheSameTopicAgainAndRefusesAnotherSize) {
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
  auto partition = topics_->Find("orders", 0);
  EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
  EXPECT_EQ(topics_->Find("orders", 0).value(), *partition);
  EXPECT_EQ(topics_->Create({.name = "orders", .partitions = 3}).code(), StatusCode::kAlreadyExists);
}

TEST_F(TopicCatalogTest, RefusesBadNamesAndSizes) {
  EXPECT_EQ(topics_->Create({.name = "../orders", .partitions = 1}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(topics_->Create({.name = "orders", .partitions = 0}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(topics_->Create({.name = "orders", .partitions = kPartitionsPerTopicMax + 1}).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(store_->ListTopics()->size(), 0U);
}

TEST_F(TopicCatalogTest, NamesTheTopicOrPartitionThatIsMissing) {
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
  EXPECT_EQ(topics_->Find("none", 0).status(), Status(StatusCode::kNotFound, "there is no topic none"));
  EXPECT_EQ(topics_->Find("orders", 2).status(),
            Status(StatusCode::kNotFound, "topic orders has 2 partitions, and no partition 2"));
  EXPECT_EQ(topics_->Find("a/b", 0).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(TopicCatalogTest, ServesItsTopicsAgainAfterARestart) {
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 1}).ok());
  ASSERT_TRUE((*topics_->Find("orders", 0))->Append(BatchOf({"a", "b"})).ok());
  Reopen();
  EXPECT_FALSE(topics_->Find("orders", 0).ok());
  ASSERT_TRUE(topics_->Load().ok());
  EXPECT_EQ((*topics_->Find("orders", 0))->HighWatermark(), 2U);
  ASSERT_TRUE(leases_->RenewNow().ok());
  EXPECT_EQ((*topics_->Find("orders", 0))->Append(BatchOf({"c"}))->base_offset, 2U);
}

TEST_F(TopicCatalogTest, DeletesATopicWithItsFilesLeasesAndCommits) {
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
  const auto partition = topics_->Find("orders", 1).value();
  ASSERT_TRUE(partition->Append(BatchOf({"a", "b"})).ok());
  ASSERT_TRUE(store_->CommitOffset("g", {.topic_id = partition->topic_id(), .partition = 1}, 1).ok());
  const auto deleted = topics_->Delete("orders");
  EXPECT_EQ(deleted->partitions, 2U);
  EXPECT_EQ(deleted->records, 2U);
  EXPECT_EQ(topics_->Find("orders", 1).status().code(), StatusCode::kNotFound);
  EXPECT_FALSE(partition->Append(BatchOf({"c"})).ok());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "log/orders"));
  EXPECT_EQ(leases_->HeldCount(), 0U);
  EXPECT_TRUE(store_->ListCommittedOffsets({})->empty());
}

TEST_F(TopicCatalogTest, ATopicThatIsCreatedAgainIsAnotherOneAndEmpty) {
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 1}).ok());
  const TopicId id = topics_->Describe("orders")->id;
  ASSERT_TRUE(topics_->Find("orders", 0).value()->Append(BatchOf({"a"})).ok());
  ASSERT_TRUE(topics_->Delete("orders").ok());
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 3}).ok());
  EXPECT_NE(topics_->Describe("orders")->id, id);
  EXPECT_EQ(topics_->Find("orders", 0).value()->HighWatermark(), 0U);
  EXPECT_EQ(topics_->Find("orders", 0).value()->Append(BatchOf({"b"}))->base_offset, 0U);
}

TEST_F(TopicCatalogTest, FinishesADeletionThatACrashInterruptedAfterTheStoreForgotTheTopic) {
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
  ASSERT_TRUE(store_->DeleteTopic("orders", topics_->Describe("orders")->id).ok());
  Reopen();
  ASSERT_TRUE(topics_->Load().ok());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "log/orders"));
  EXPECT_EQ(topics_->Find("orders", 0).status().code(), StatusCode::kNotFound);
}

TEST_F(TopicCatalogTest, AddsPartitionsAlsoAfterARestart) {
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 1}).ok());
  EXPECT_EQ(topics_->AddPartitions("orders", 1).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(topics_->AddPartitions("none", 2).code(), StatusCode::kNotFound);
  ASSERT_TRUE(topics_->AddPartitions("orders", 3).ok());
  EXPECT_TRUE(topics_->Find("orders", 2).value()->Append(BatchOf({"a"})).ok());
  Reopen();
  ASSERT_TRUE(topics_->Load().ok());
  EXPECT_EQ(topics_->Find("orders", 2).value()->HighWatermark(), 1U);
}

TEST_F(TopicCatalogTest, DoesNotServeATopicWhoseLogsCannotBeOpened) {
  WriteRawFile(folder_ / "log", "a file where a folder should be");
  EXPECT_FALSE(topics_->Create({.name = "orders", .partitions = 1}).ok());
  EXPECT_EQ(topics_->Find("orders", 0).status().code(), StatusCode::kNotFound);
  std::filesystem::remove(folder_ / "log");
  EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 1}).ok());
  EXPECT_TRUE(topics_->Find("orders", 0).ok());
}

TEST_F(TopicCatalogTest, DoesNotRememberATopicWhoseLogsCannotBeOpened) {
  std::filesystem::create_directories(folder_ / "log/orders");
  WriteRawFile(folder_ / "log/orders/1", "a file where a folder should be");
  EXPECT_FALSE(topics_->Create({.name = "orders", .partitions = 2}).ok());
  EXPECT_EQ(store_->ListTopics()->size(), 0U);
  EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 1}).ok());
}

// Goal: what a newer holder has taken over is fenced here. Method: another agent takes the lease
// behind our back.
TEST_F(TopicCatalogTest, FencesALogWhoseLeaseIsLost) {
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 1}).ok());
  const TopicPartition partition = {.topic = "orders", .partition = 0};
  ASSERT_TRUE(store_->ReleaseLease(partition, "agent", 1).ok());
  ASSERT_TRUE(store_->AcquireLeases(std::vector<LeaseClaim>{{partition}}, "other", std::chrono::hours(1)).ok());
  ASSERT_TRUE(leases_->RenewNow().ok());
  EXPECT_EQ((*topics_->Find("orders", 0))->Append(BatchOf({"a"})).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ((*topics_->Find("orders", 0))->HighWatermark(), 0U);
}

TEST_F(TopicCatalogTest, WakesWaitersWhenItDrainsAndClosesLogs) {
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 1}).ok());
  bool woken = false;
  (*topics_->Find("orders", 0))->waiters().Add(0, [&] { woken = true; });
  topics_->Drain();
  EXPECT_TRUE(woken);
  EXPECT_TRUE(topics_->SyncLogs().ok());
  EXPECT_TRUE(topics_->CloseLogs().ok());
  EXPECT_EQ((*topics_->Find("orders", 0))->Append(BatchOf({"a"})).status().code(), StatusCode::kUnavailable);
}

// A store that is gone, or came back from an older copy, beside the logs of topics.
class StrayTopicLogsTest : public CatalogFixture {
 protected:
  StrayTopicLogsTest() {
    EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
    EXPECT_TRUE((*topics_->Find("orders", 1))->Append(BatchOf({"a"})).ok());
    const TopicId id = store_->ListTopics()->at(0).id;
    EXPECT_TRUE(store_->AcquireLeases(std::vector<LeaseClaim>{{{"orders", 1}}}, "agent", std::chrono::hours(1)).ok());
    EXPECT_TRUE(store_->DeleteTopic("orders", id).ok());
    EXPECT_TRUE(store_->ForgetDeleted(id).ok());
    Reopen();
    EXPECT_TRUE(topics_->Load().ok());
  }
  Status Adopt(std::uint32_t partitions, const std::string& name = "orders") {
    return topics_->Create({.name = name, .partitions = partitions}, StrayLogPolicy::kAdopt);
  }
};

TEST_F(StrayTopicLogsTest, AreNamedUntilTheyAreMovedAway) {
  EXPECT_NE(topics_->LogHealth().message().find("folder log/orders holds records"), std::string::npos);
  EXPECT_TRUE(topics_->HasStrayLogs("orders"));
  std::filesystem::rename(folder_ / "log/orders", folder_ / "away");
  topics_->ApplyRetention(0);
  EXPECT_TRUE(topics_->LogHealth().ok());
}

TEST_F(StrayTopicLogsTest, AreNotWrittenOver) {
  EXPECT_EQ(topics_->Create({.name = "orders", .partitions = 2}).code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(store_->ListTopics()->size(), 0U);
  EXPECT_FALSE(topics_->Find("orders", 1).ok());
}

TEST_F(StrayTopicLogsTest, AreServedAfterACreationThatAdoptsThem) {
  EXPECT_EQ(Adopt(1).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Adopt(1, "none").code(), StatusCode::kNotFound);
  ASSERT_TRUE(Adopt(2).ok());
  EXPECT_TRUE(topics_->LogHealth().ok());
  EXPECT_EQ((*topics_->Find("orders", 1))->HighWatermark(), 1U);
  EXPECT_TRUE((*topics_->Find("orders", 1))->Append(BatchOf({"b"})).ok());
}

// The epochs of the store begin again, those of the log do not.
TEST_F(StrayTopicLogsTest, CanBeWrittenToUnderAStoreThatIsNew) {
  LoseStore();
  Reopen();
  ASSERT_TRUE(store_->RaiseEpoch({"orders", 1}, 7).ok());
  ASSERT_TRUE(topics_->Load().ok());
  ASSERT_TRUE(Adopt(2).ok());
  ASSERT_TRUE((*topics_->Find("orders", 1))->Append(BatchOf({"b"})).ok());
  LoseStore();
  Reopen();
  ASSERT_TRUE(topics_->Load().ok());
  ASSERT_TRUE(Adopt(2).ok());
  EXPECT_TRUE((*topics_->Find("orders", 1))->Append(BatchOf({"c"})).ok());
}

TEST_F(TopicCatalogTest, LeavesNothingBehindOfACreationThatFails) {
  FaultyFileSystem files(PosixFileSystem());
  Reopen(files);
  files.Switch(DiskState::kBroken, "orders/7");
  EXPECT_FALSE(topics_->Create({.name = "orders", .partitions = 8}).ok());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "log/orders"));
  topics_.reset();
}

TEST_F(TopicCatalogTest, LeavesNothingBehindOfPartitionsThatCannotBeAdded) {
  FaultyFileSystem files(PosixFileSystem());
  Reopen(files);
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 1}).ok());
  files.Switch(DiskState::kBroken, "orders/3");
  EXPECT_FALSE(topics_->AddPartitions("orders", 4).ok());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "log/orders/1"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "log/orders/0"));
  files.Switch(DiskState::kWell);
  EXPECT_TRUE(topics_->AddPartitions("orders", 4).ok());
  EXPECT_TRUE((*topics_->Find("orders", 3))->Append(BatchOf({"a"})).ok());
  topics_.reset();
}

TEST_F(TopicCatalogTest, RemembersTheRetentionOfATopic) {
  const Retention retention = {.age_max = std::chrono::hours(1), .bytes_max = 1000};
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 1, .retention = retention}).ok());
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 1}).ok());
  EXPECT_EQ(topics_->Describe("orders")->retention, retention);
  ASSERT_TRUE(topics_->SetRetention("orders", {.bytes_max = 7}).ok());
  Reopen();
  ASSERT_TRUE(topics_->Load().ok());
  EXPECT_EQ(topics_->Describe("orders")->retention, Retention{.bytes_max = 7});
}

TEST_F(TopicCatalogTest, RefusesANegativeRetention) {
  const Retention negative = {.age_max = std::chrono::milliseconds(-1)};
  EXPECT_EQ(topics_->Create({.name = "orders", .partitions = 1, .retention = negative}).code(),
            StatusCode::kInvalidArgument);
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 1}).ok());
  EXPECT_EQ(topics_->SetRetention("orders", negative).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(topics_->SetRetention("none", {}).code(), StatusCode::kNotFound);
}

TEST_F(TopicCatalogTest, RemovesWhatIsBeyondTheRetentionOfItsTopic) {
  ASSERT_TRUE(topics_->Create({.name = "kept", .partitions = 1}).ok());
  ASSERT_TRUE(topics_->Create({.name = "old", .partitions = 1, .retention = {.age_max = std::chrono::hours(1)}}).ok());
  for (const char* topic : {"kept", "old"}) ASSERT_TRUE((*topics_->Find(topic, 0))->Append(BatchOf({"a"})).ok());
  topics_->ApplyRetention(SteadyMilliseconds() + kDayMs);
  EXPECT_EQ((*topics_->Find("kept", 0))->FindWatermarks()->log_start_offset, 0U);
  EXPECT_EQ((*topics_->Find("old", 0))->FindWatermarks()->log_start_offset, 1U);
}

// A topic of which one partition is damaged when the agent starts.
class DamagedPartitionTest : public CatalogFixture {
 protected:
  DamagedPartitionTest() {
    EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 3, .retention = {.bytes_max = 7}}).ok());
    for (int i = 0; i < 2; ++i) EXPECT_TRUE((*topics_->Find("orders", 1))->Append(BatchOf({"a"})).ok());
    FlipBit(segment_, 41);
    Reopen();
    EXPECT_TRUE(topics_->Load().ok());
    EXPECT_TRUE(leases_->RenewNow().ok());
  }

  const std::string segment_ = folder_ / "log/orders/1/00000000000000000000.log";
  const std::string reason_ = "orders/1 is not served: " + segment_ + " at byte 0: ";  // how it begins
};

TEST_F(DamagedPartitionTest, IsUnavailableWithTheReason) {
  const Status found = topics_->Find("orders", 1).status();
  EXPECT_EQ(found.code(), StatusCode::kUnavailable);
  EXPECT_EQ(found.message().find(reason_), 0U) << found.message();
}

TEST_F(DamagedPartitionTest, LeavesTheOtherPartitionsServed) {
  for (const std::uint32_t partition : {0, 2}) {
    ASSERT_TRUE(topics_->Find("orders", partition).ok());
    EXPECT_TRUE((*topics_->Find("orders", partition))->Append(BatchOf({"a"})).ok());
  }
  topics_->ApplyRetention(0);
  EXPECT_TRUE(topics_->SyncLogs().ok());
  EXPECT_TRUE(topics_->CloseLogs().ok());
}

TEST_F(DamagedPartitionTest, LeavesTheTopicKnown) {
  const TopicDescription whole = {
      .name = "orders", .partitions = 3, .retention = {.bytes_max = 7}, .id = store_->ListTopics()->at(0).id};
  EXPECT_EQ(topics_->Describe("orders").value(), whole);
  ASSERT_EQ(topics_->List().size(), 1U);
  EXPECT_EQ(topics_->List()[0].topic, whole);
  EXPECT_EQ(topics_->List()[0].served.message().find(reason_), 0U);
  EXPECT_EQ(topics_->Find("orders", 3).status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(topics_->SetRetention("orders", {.bytes_max = 8}).ok());
}

TEST_F(DamagedPartitionTest, IsNamedByTheHealthOfTheLogs) {
  EXPECT_EQ(topics_->LogHealth().message().find(reason_), 0U) << topics_->LogHealth().message();
}

TEST_F(DamagedPartitionTest, IsServedAgainWhenItsFilesAreWellAndTheTopicIsCreatedAgain) {
  const auto other = topics_->Find("orders", 0).value();
  const Status refused = topics_->Create({.name = "orders", .partitions = 3});
  EXPECT_EQ(refused.code(), StatusCode::kUnavailable);
  EXPECT_EQ(refused.message().find(reason_), 0U) << refused.message();
  FlipBit(segment_, 41);
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 3}).ok());
  EXPECT_EQ((*topics_->Find("orders", 1))->Append(BatchOf({"c"}))->base_offset, 2U);
  EXPECT_EQ(topics_->Find("orders", 0).value(), other);
  EXPECT_TRUE(topics_->LogHealth().ok());
  EXPECT_EQ(topics_->Describe("orders")->retention, Retention{.bytes_max = 7});
}

TEST_F(DamagedPartitionTest, CannotBecomePartOfATopicOfAnotherSize) {
  EXPECT_EQ(topics_->Create({.name = "orders", .partitions = 2}).code(), StatusCode::kAlreadyExists);
}

// Goal: damage that a reader finds is reported like damage found at start. Method: a bit flips
// while the log is open.
TEST_F(TopicCatalogTest, TellsTheOperatorOnceOfRecordsThatAReaderCannotRead) {
  metrics::Registry registry;
  Reopen(PosixFileSystem(), *AgentMetrics::Register(registry));
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 1}).ok());
  const auto partition = topics_->Find("orders", 0).value();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(partition->Append(BatchOf({"a", "b"})).ok());
  FlipBit(folder_ / "log/orders/0/00000000000000000000.log", 70);
  testing::internal::CaptureStderr();
  for (int i = 0; i < 2; ++i) {
    const auto read = partition->Read(1, {.records = 9, .bytes = 99}, [](const RecordView&) {});
    EXPECT_EQ(read.status().message().find("orders/0: "), 0U) << read.status().message();
  }
  const std::string logged = testing::internal::GetCapturedStderr();
  EXPECT_NE(logged.find("log of orders/0: offsets 0 to 1 cannot be read: "), std::string::npos) << logged;
  EXPECT_EQ(std::count(logged.begin(), logged.end(), '\n'), 1) << logged;
  EXPECT_EQ(topics_->LogHealth().message().find("orders/0: offsets 0 to 1 cannot be read: "), 0U);
  EXPECT_EQ(
      metrics::testing::MetricReader(registry).Value("streamhouse_agent_records_damaged_total", {{"topic", "orders"}}),
      2);
  EXPECT_TRUE(partition->FindTimestamp(0).value().has_value());
}

// Goal: a reader that is still at work does not bring a series of the deleted topic back. Method:
// two damaged batches, of which it meets one after the deletion.
TEST_F(TopicCatalogTest, TheDamageOfADeletedTopicLeavesThePage) {
  metrics::Registry registry;
  Reopen(PosixFileSystem(), *AgentMetrics::Register(registry));
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 1}).ok());
  const auto partition = topics_->Find("orders", 0).value();
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(partition->Append(BatchOf({"a"})).ok());
  const std::string segment = folder_ / "log/orders/0/00000000000000000000.log";
  for (const std::size_t byte : {std::size_t{70}, ReadRawFile(segment).size() - 1}) FlipBit(segment, byte);
  const auto damaged = [&] {
    return metrics::testing::MetricReader(registry).SeriesCount("streamhouse_agent_records_damaged_total");
  };
  const auto read = [&](std::uint64_t offset) {
    return partition->Read(offset, {.records = 1, .bytes = 99}, [](const RecordView&) {}).status().code();
  };
  EXPECT_EQ(read(0), StatusCode::kDataLoss);
  EXPECT_EQ(damaged(), 1U);
  ASSERT_TRUE(topics_->Delete("orders").ok());
  EXPECT_EQ(damaged(), 0U);
  EXPECT_EQ(read(1), StatusCode::kDataLoss);
  EXPECT_EQ(damaged(), 0U);
}

// A log after a failed sync.
class FailedSyncTest : public CatalogFixture {
 protected:
  FailedSyncTest() {
    Reopen(files_);
    EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
    EXPECT_TRUE(Append(1).ok());
    files_.Switch(DiskState::kBroken, "orders/1/");
    log_ = Logged([this] { EXPECT_FALSE(topics_->SyncLogs().ok()); });
    files_.Switch(DiskState::kWell);
  }
  // It refers to files_.
  ~FailedSyncTest() override { topics_.reset(); }

  Status Append(std::uint32_t partition) {
    return (*topics_->Find("orders", partition))->Append(BatchOf({"a"})).status();
  }

  // The operator log's lines during `action`.
  static std::string Logged(const std::function<void()>& action) {
    testing::internal::CaptureStderr();
    action();
    return testing::internal::GetCapturedStderr();
  }

  FaultyFileSystem files_{PosixFileSystem()};
  std::string log_;  // of the sync that failed
};

TEST_F(FailedSyncTest, IsNamedWithTopicPartitionAndReason) {
  const std::string reason = topics_->LogHealth().message();
  EXPECT_EQ(reason.find("orders/1: "), 0U) << reason;
  EXPECT_NE(reason.find("00000000000000000000.log"), std::string::npos) << reason;
  EXPECT_EQ(reason.find("orders/0"), std::string::npos) << reason;
}

TEST_F(FailedSyncTest, IsLoggedOnce) {
  EXPECT_NE(log_.find("log of orders/1: "), std::string::npos) << log_;
  EXPECT_EQ(std::count(log_.begin(), log_.end(), '\n'), 1) << log_;
  ASSERT_TRUE(topics_->SetRetention("orders", {.age_max = std::chrono::hours(1)}).ok());
  const auto again = [this] {
    for (int i = 0; i < 2; ++i) EXPECT_FALSE(topics_->SyncLogs().ok());
    topics_->ApplyRetention(SteadyMilliseconds() + kDayMs);
  };
  EXPECT_EQ(Logged(again), "");
}

TEST_F(FailedSyncTest, TakesNoMoreBatchesThoughTheDiskIsWellAgain) {
  EXPECT_EQ(Append(1).code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(Append(1).message().find("this agent has given up the lease of orders/1: "), 0U) << Append(1).message();
  EXPECT_FALSE(topics_->SyncLogs().ok());
  EXPECT_TRUE(Append(0).ok());
}

TEST_F(FailedSyncTest, GivesItsLeaseBackAndTakesItNoMore) {
  const TopicPartition failed = {.topic = "orders", .partition = 1};
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(leases_->RenewNow().ok());
    EXPECT_EQ(store_->FindLease(failed).value()->duration.count(), 0);
    EXPECT_EQ(leases_->HeldCount(), 1U);
  }
  EXPECT_EQ(store_->AcquireLeases(std::vector<LeaseClaim>{{failed}}, "other", std::chrono::hours(1))->front().holder,
            "other");
}

TEST_F(FailedSyncTest, IsOverWhenTheLogIsOpenedAgain) {
  Reopen(files_);
  ASSERT_TRUE(topics_->Load().ok());
  ASSERT_TRUE(leases_->RenewNow().ok());
  EXPECT_TRUE(topics_->LogHealth().ok());
  EXPECT_TRUE(Append(1).ok());
}

class SlowDiskTest : public CatalogFixture {
 protected:
  SlowDiskTest() { Reopen(files_); }
  ~SlowDiskTest() override { topics_.reset(); }

  bool Appends(const std::string& topic, std::uint32_t partition) const {
    return (*topics_->Find(topic, partition))->Append(BatchOf({"a"})).ok();
  }

  FaultyFileSystem files_{PosixFileSystem()};
};

TEST_F(SlowDiskTest, ALogThatIsSyncedHoldsUpNoOther) {
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
  ASSERT_TRUE(Appends("orders", 0));
  files_.Switch(DiskState::kSlow, "orders/0/");
  auto synced = std::async(std::launch::async, [this] { return topics_->SyncLogs(); });
  ASSERT_TRUE(Eventually([this] { return files_.delayed() == 1; }));
  EXPECT_TRUE(Appends("orders", 1));
  ASSERT_TRUE(topics_->Create({.name = "payments", .partitions = 1}).ok());
  EXPECT_TRUE(Appends("payments", 0));
  files_.Switch(DiskState::kWell);
  EXPECT_TRUE(synced.get().ok());
}

}  // namespace
}  // namespace streamhouse::agent
