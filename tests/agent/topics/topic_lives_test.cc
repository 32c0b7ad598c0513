// The folders of topics over several lives: deleted ones, unknown ones, and ones that a topic is to
// take over.
#include "agent/topics/topic_catalog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "agent/agent_metrics.h"
#include "agent/log/partition_log.h"
#include "agent/metadata/sqlite_database.h"
#include "agent/testing/faulty_file_system.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/catalog_fixture.h"
#include "tests/agent/support/raw_file.h"

namespace streamhouse::agent {
namespace {

// A topic "orders" of two partitions, with one record in partition 1.
class TopicLivesTest : public CatalogFixture {
 protected:
  TopicLivesTest() {
    EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
    EXPECT_TRUE(Append(1).ok());
  }
  ~TopicLivesTest() override { topics_.reset(); }

  Status Append(std::uint32_t partition) {
    auto found = topics_->Find("orders", partition);
    return found.ok() ? (*found)->Append(BatchOf({"a"})).status() : found.status();
  }
  // Records in the folder of a partition, written by whom it may concern at some epoch.
  void PutRecords(const std::string& partition, std::uint64_t epoch = 1) const {
    auto log = *PartitionLog::Open(PosixFileSystem(), folder_ / "log/" + partition, {});
    EXPECT_TRUE(log->Append(BatchOf({"other"}), epoch).ok());
  }
  void Restart(FileSystem& files = PosixFileSystem()) {
    Reopen(files);
    EXPECT_TRUE(topics_->Load().ok());
    EXPECT_TRUE(leases_->RenewNow().ok());
  }
  void RestartWithoutStore() {
    LoseStore();
    Restart();
  }
  bool Has(const std::string& name) const { return std::filesystem::exists(folder_ / "log/" + name); }
  std::string RemovedFolder() { return "deleted#" + std::to_string(store_->ListDeleted()->at(0).id); }
  Status Adopt(std::uint32_t partitions) {
    return topics_->Create({.name = "orders", .partitions = partitions}, StrayLogPolicy::kAdopt);
  }

  // Behind the store's back.
  std::unique_ptr<SqliteDatabase> OpenMetadata() const {
    return *SqliteDatabase::Open(folder_ / "metadata.db", std::chrono::seconds(30), {});
  }
  void Change(const char* sql) const {
    const Status changed = OpenMetadata()->Execute(sql);
    EXPECT_TRUE(changed.ok()) << changed.message();
  }

  // The store forgets no deletion in between.
  void RefuseToForget() const {
    Change("CREATE TRIGGER refuse BEFORE DELETE ON deleted_topics BEGIN SELECT RAISE(FAIL, 'refused'); END");
  }
  void ForgetAgain() const { Change("DROP TRIGGER refuse"); }
  void PutMetadataBackFromBeforeALaterLife() {
    RefuseToForget();
    ASSERT_TRUE(topics_->Delete("orders").ok());
    ASSERT_TRUE(OpenMetadata()->CopyTo(folder_ / "older.db").ok());
    ForgetAgain();
    ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
    ASSERT_TRUE(Append(1).ok());
    CloseStore();
    std::filesystem::rename(folder_ / "older.db", folder_ / "metadata.db");
    ForgetAgain();
  }
  std::string LoggedByRetention(int rounds) {
    testing::internal::CaptureStderr();
    for (int i = 0; i < rounds; ++i) topics_->ApplyRetention(0);
    return testing::internal::GetCapturedStderr();
  }

  const std::string segment_ = "/00000000000000000000.log";
  FaultyFileSystem files_{PosixFileSystem()};
};

TEST_F(TopicLivesTest, DoNotGrowOverRecordsOfAnUnknownLog) {
  PutRecords("orders/3");
  const Status grown = topics_->AddPartitions("orders", 4);
  EXPECT_EQ(grown.code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(grown.message().find("folder log/orders/3 holds records, and the metadata know no partition 3"), 0U);
  EXPECT_EQ(topics_->PartitionCount("orders").value(), 2U);
  EXPECT_FALSE(Has("orders/2"));
  std::filesystem::rename(folder_ / "log/orders/3", folder_ / "away");
  EXPECT_TRUE(topics_->AddPartitions("orders", 4).ok());
  EXPECT_TRUE(Append(3).ok());
}

TEST_F(TopicLivesTest, NamePartitionsThatTheMetadataDoNotKnow) {
  PutRecords("orders/7");
  Restart();
  EXPECT_EQ(topics_->LogHealth().message(), StrayLogMessage("orders/7"));
  EXPECT_TRUE(Append(1).ok());
  EXPECT_EQ(topics_->Delete("orders").status().code(), StatusCode::kFailedPrecondition);
  std::filesystem::rename(folder_ / "log/orders/7", folder_ / "away");
  topics_->ApplyRetention(0);
  EXPECT_TRUE(topics_->LogHealth().ok());
  EXPECT_TRUE(topics_->Delete("orders").ok());
}

// An operator has set aside a copy of a partition in the folder of its topic.
TEST_F(TopicLivesTest, KeepRecordsInFoldersThatAreNoPartitions) {
  for (const std::string name : {"007", "20260101120000", "0.bak"}) {
    PutRecords("orders/" + name);
    const Status deleted = topics_->Delete("orders").status();
    EXPECT_EQ(deleted.code(), StatusCode::kFailedPrecondition) << name;
    EXPECT_EQ(deleted.message(), "folder log/orders/" + name + " holds records and is no partition: move it away");
    EXPECT_TRUE(Append(1).ok());
    std::filesystem::rename(folder_ / "log/orders/" + name, folder_ / "away" + name);
  }
  EXPECT_TRUE(topics_->Delete("orders").ok());
}

// Goal: a store that is older than a log does not fence its own agent. Method: the log has seen
// epochs that the store has not; the store's lease is held, as in a copy of the store of a serving
// agent.
TEST_F(TopicLivesTest, ContinueAboveTheEpochsThatTheirLogsHaveSeen) {
  topics_.reset();
  leases_.reset();
  PutRecords("orders/1", 50);
  const std::vector<LeaseClaim> claims = {{{"orders", 1}}};
  ASSERT_TRUE(store_->AcquireLeases(claims, "agent", std::chrono::hours(1)).ok());
  Restart();
  EXPECT_TRUE(Append(1).ok());
  EXPECT_GE(store_->FindLease({"orders", 1}).value()->epoch, 50U);
}

TEST_F(TopicLivesTest, AreRemovedWhereNoFileCanBeCreated) {
  // Nothing can be created; what is there can be used.
  class FullOfFiles final : public FaultyFileSystem {
   public:
    FullOfFiles() : FaultyFileSystem(PosixFileSystem()) {}
    Status Admit(DiskOperation operation, const std::string& path) override {
      const bool is_look = path.find("deleted#") != std::string::npos;
      if (!is_full || is_look || operation != DiskOperation::kOther || std::filesystem::exists(path)) {
        return Status::Ok();
      }
      return {StatusCode::kResourceExhausted, path + ": no inodes left"};
    }
    bool is_full = false;
  };
  FullOfFiles files;
  Restart(files);
  files.is_full = true;
  EXPECT_TRUE(topics_->Delete("orders").ok());
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "log"));
  topics_.reset();
}

// As after an older metadata.db: the folder has the mark of another life, which a deletion
// replaces.
TEST_F(TopicLivesTest, AreNotDeletedWhereTheirFolderCannotBeSynced) {
  class UnsyncableFolder final : public FaultyFileSystem {
   public:
    UnsyncableFolder() : FaultyFileSystem(PosixFileSystem()) {}
    Status Admit(DiskOperation operation, const std::string& path) override {
      const bool is_it = is_unsyncable && operation == DiskOperation::kSync && path.ends_with("log/orders");
      return is_it ? Status(StatusCode::kUnavailable, path + " cannot be synced") : Status::Ok();
    }
    bool is_unsyncable = false;
  };
  UnsyncableFolder files;
  Restart(files);
  const std::string mark = folder_ / "log/orders/topic#";
  const TopicId id = topics_->Describe("orders")->id;
  std::filesystem::rename(mark + std::to_string(id), mark + std::to_string(id + 1));
  files.is_unsyncable = true;
  EXPECT_EQ(topics_->Delete("orders").status().code(), StatusCode::kInternal);
  EXPECT_TRUE(Append(1).ok());
  topics_.reset();
}

TEST_F(TopicLivesTest, FilesThatCannotBeRemovedRaiseNoAlarmAndAreRetried) {
  Restart(files_);
  files_.Switch(DiskState::kBroken, "deleted#");
  ASSERT_TRUE(topics_->Delete("orders").ok());
  EXPECT_TRUE(Has("orders"));
  EXPECT_FALSE(topics_->Create({.name = "orders", .partitions = 1}).ok());
  Restart(files_);
  EXPECT_TRUE(topics_->LogHealth().ok()) << topics_->LogHealth().message();
  files_.Switch(DiskState::kBroken, RemovedFolder() + "/1");
  Restart(files_);
  EXPECT_TRUE(topics_->LogHealth().ok()) << topics_->LogHealth().message();
  const std::string removed = RemovedFolder();
  EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 1}).ok());
  EXPECT_TRUE(Has(removed + "/1" + segment_));
  files_.Switch(DiskState::kWell);
  topics_->ApplyRetention(0);
  EXPECT_FALSE(Has(removed));
  EXPECT_TRUE(Append(0).ok());
}

// The empty folder that is left of a topic tells that log/orders is another's, until the store has
// forgotten the topic.
TEST_F(TopicLivesTest, LeaveAFolderThatWasPutInTheirPlaceBeforeTheStoreForgotThem) {
  RefuseToForget();
  ASSERT_TRUE(topics_->Delete("orders").ok());
  PutRecords("orders/0");
  Restart();
  ForgetAgain();
  topics_->ApplyRetention(0);
  EXPECT_TRUE(store_->ListDeleted()->empty());
  EXPECT_TRUE(Has("orders/0" + segment_));
  EXPECT_EQ(topics_->LogHealth().message(), StrayLogMessage("orders"));
}

// Goal: a deletion is of one life. Method: the metadata are put back from a copy that remembers the
// deletion of a life, and does not know the one that came after it.
TEST_F(TopicLivesTest, LeaveTheFolderOfALaterLifeUnderOlderMetadata) {
  PutMetadataBackFromBeforeALaterLife();
  testing::internal::CaptureStderr();
  Restart();
  const std::string logged = testing::internal::GetCapturedStderr();
  EXPECT_NE(logged.find("deletion of topic orders is forgotten"), std::string::npos) << logged;
  EXPECT_EQ(logged.find("stay for now"), std::string::npos) << logged;
  EXPECT_TRUE(Has("orders/1" + segment_));
  EXPECT_EQ(topics_->LogHealth().message(), StrayLogMessage("orders"));
  EXPECT_TRUE(store_->ListDeleted()->empty());
}

TEST_F(TopicLivesTest, ADeletionThatCannotBeReadIsLoggedOnce) {
  RefuseToForget();
  ASSERT_TRUE(topics_->Delete("orders").ok());
  Change("UPDATE deleted_topics SET name = 'others'");
  const std::string logged = LoggedByRetention(2);
  EXPECT_NE(logged.find("damaged row of table deleted_topics"), std::string::npos) << logged;
  EXPECT_EQ(std::count(logged.begin(), logged.end(), '\n'), 1) << logged;
}

// A folder that was half removed, under a store that knows nothing of the deletion.
TEST_F(TopicLivesTest, RecordsOfADeletionThatTheStoreDoesNotRememberAreKept) {
  Restart(files_);
  const std::string removed = "deleted#" + std::to_string(topics_->Describe("orders")->id);
  files_.Switch(DiskState::kBroken, removed + "/1");
  ASSERT_TRUE(topics_->Delete("orders").ok());
  RestartWithoutStore();
  EXPECT_EQ(topics_->LogHealth().message(), StrayLogMessage(removed));
  topics_->ApplyRetention(0);
  EXPECT_TRUE(Has(removed + "/1" + segment_));
}

// No file in a folder may decide that its records go.
TEST_F(TopicLivesTest, RecordsBesideAFileNamedDeletedAreKept) {
  WriteRawFile(folder_ / "log/orders/deleted", "");
  Restart();
  EXPECT_TRUE(Append(1).ok());
  RestartWithoutStore();
  EXPECT_EQ(topics_->LogHealth().message(), StrayLogMessage("orders"));
  ASSERT_TRUE(Adopt(2).ok());
  EXPECT_EQ((*topics_->Find("orders", 1))->HighWatermark(), 2U);
}

// Damage of the store is no damage of a log, and ends when the store is well.
TEST_F(TopicLivesTest, TellDamagedMetadataApartFromADamagedLog) {
  ASSERT_TRUE(Append(1).ok());
  FlipBit(folder_ / "log/orders/1" + segment_, 41);
  Restart();
  FlipBit(folder_ / "log/orders/1" + segment_, 41);
  Change("UPDATE partition_leases SET epoch = epoch + 1");
  const Status refused = topics_->Create({.name = "orders", .partitions = 2});
  EXPECT_EQ(refused.message().find("orders/1 is not served: metadata: "), 0U) << refused.message();
  Change("UPDATE partition_leases SET epoch = epoch - 1");
  EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
}

TEST_F(TopicLivesTest, TellDamagedOpeningsApartFromADamagedLog) {
  Restart();
  Reopen();
  Change("UPDATE log_openings SET end_offset = end_offset + 1");
  ASSERT_TRUE(topics_->Load().ok());
  const Status found = topics_->Find("orders", 1).status();
  EXPECT_EQ(found.message().find("orders/1 is not served: metadata: "), 0U) << found.message();
  Change("UPDATE log_openings SET end_offset = end_offset - 1");
  EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
}

// Goal: what the log holds is counted once. Method: the store fails after the log was opened.
TEST_F(TopicLivesTest, CountTheirRecordsOnceAlsoWhenTheFirstRepairFails) {
  metrics::Registry registry;
  ASSERT_TRUE(Append(1).ok());
  FlipBit(folder_ / "log/orders/1" + segment_, 41);
  Reopen(PosixFileSystem(), *AgentMetrics::Register(registry));
  ASSERT_TRUE(topics_->Load().ok());
  const TopicIdPartition partition = {.topic_id = topics_->Describe("orders")->id, .partition = 1};
  const std::vector<OffsetChange> commit = {{.group = "g", .partition = partition, .offset = 1}};
  ASSERT_TRUE(store_->ChangeOffsets(commit).ok());
  FlipBit(folder_ / "log/orders/1" + segment_, 41);
  Change("UPDATE committed_offsets SET next_offset = 2");
  EXPECT_FALSE(topics_->Create({.name = "orders", .partitions = 2}).ok());
  Change("UPDATE committed_offsets SET next_offset = 1");
  EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
  const metrics::testing::MetricReader metrics(registry);
  EXPECT_EQ(metrics.Value("streamhouse_agent_records_found", {{"topic", "orders"}}), 2);
}

// Goal: the deletion of a topic that has taken a folder over removes its files. Method: the folder
// cannot be marked with its life.
TEST_F(TopicLivesTest, AFolderThatWasTakenOverIsRemovedOnceItIsMarked) {
  LoseStore();
  Restart(files_);
  files_.Switch(DiskState::kBroken, "topic#");
  ASSERT_TRUE(Adopt(2).ok());
  EXPECT_EQ(topics_->Delete("orders").status().code(), StatusCode::kUnavailable);
  EXPECT_TRUE(Append(1).ok());
  files_.Switch(DiskState::kWell);
  ASSERT_TRUE(topics_->Delete("orders").ok());
  EXPECT_FALSE(Has("orders"));
}

TEST_F(TopicLivesTest, AreTakenOverExceptForADamagedPartition) {
  ASSERT_TRUE(Append(1).ok());
  RestartWithoutStore();
  FlipBit(folder_ / "log/orders/1" + segment_, 41);
  const Status adopted = Adopt(3);
  EXPECT_EQ(adopted.code(), StatusCode::kUnavailable);
  EXPECT_EQ(adopted.message().find("topic orders was taken over, but orders/1 is not served: "), 0U);
  EXPECT_TRUE(Append(0).ok());
  EXPECT_TRUE(Append(2).ok());
  EXPECT_EQ(topics_->LogHealth().message().find("orders/1 is not served: "), 0U);
  FlipBit(folder_ / "log/orders/1" + segment_, 41);
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 3}).ok());
  EXPECT_TRUE(Append(1).ok());
  EXPECT_EQ((*topics_->Find("orders", 1))->HighWatermark(), 3U);
}

}  // namespace
}  // namespace streamhouse::agent
