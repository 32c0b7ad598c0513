#include "agent/metadata/metadata_store.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>

#include "agent/metadata/in_memory_metadata_store.h"
#include "agent/metadata/sqlite_metadata_store.h"
#include "tests/agent/metadata/metadata_store_contract.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

class SqliteBackend final : public StoreBackend {
 public:
  std::unique_ptr<MetadataStore> Open() override {
    return *SqliteMetadataStore::OpenWithClock(folder_ / "metadata.db", [this] { return now_.count(); });
  }
  void AdvanceClock(std::chrono::milliseconds time) override { now_ += time; }

 private:
  TemporaryFolder folder_;
  std::chrono::milliseconds now_{1'700'000'000'000};
};

std::unique_ptr<StoreBackend> MakeSqliteBackend() {
  return std::make_unique<SqliteBackend>();
}

class InMemoryBackend final : public StoreBackend {
 public:
  std::unique_ptr<MetadataStore> Open() override { return store_.OpenAgain(); }
  // No row has a time.
  void AdvanceClock(std::chrono::milliseconds /*time*/) override {}

 private:
  InMemoryMetadataStore store_;
};

std::unique_ptr<StoreBackend> MakeInMemoryBackend() {
  return std::make_unique<InMemoryBackend>();
}

INSTANTIATE_TEST_SUITE_P(InMemory, MetadataStoreContract, testing::Values(MakeInMemoryBackend));
INSTANTIATE_TEST_SUITE_P(InMemory, CommittedOffsetsContract, testing::Values(MakeInMemoryBackend));
INSTANTIATE_TEST_SUITE_P(Sqlite, MetadataStoreContract, testing::Values(MakeSqliteBackend));
INSTANTIATE_TEST_SUITE_P(Sqlite, CommittedOffsetsContract, testing::Values(MakeSqliteBackend));

TEST(TopicPartitionTest, ReadsAsTopicSlashPartition) {
  EXPECT_EQ((TopicPartition{.topic = "orders", .partition = 3}).ToString(), "orders/3");
}

}  // namespace
}  // namespace streamhouse::agent
