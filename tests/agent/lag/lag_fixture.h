// LagFixture: a catalog with its groups and the lag of both, without a network, under clocks that a
// test moves.
//
// Each batch is a segment of its own, so that a test can remove, roll and damage batches one at a
// time.
// When to use something else: DataPlaneFixture for a whole agent.
// Thread safety: as gtest.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/groups/group_coordinator.h"
#include "agent/groups/group_times.h"
#include "agent/lag/lag_metrics.h"
#include "agent/lag/lag_refresh.h"
#include "agent/lease/lease_keeper.h"
#include "agent/log/batch_builder.h"
#include "agent/log/file_system.h"
#include "agent/log/log_format.h"
#include "agent/log/log_measures.h"
#include "agent/metadata/in_memory_metadata_store.h"
#include "agent/metadata/metadata_store.h"
#include "agent/topics/topic_catalog.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/agent/support/intercepted_store.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {

class LagFixture : public testing::Test {
 protected:
  static constexpr std::int64_t kStart = 1'700'000'000'000;
  static constexpr std::chrono::seconds kSessionTimeout{5};

  LagFixture() {
    Open();
    CreateTopic("orders");
  }
  ~LagFixture() override { Close(); }

  void Open() {
    leases_ = std::make_unique<LeaseKeeper>(
        store_, "agent", LeaseTiming(), LeaseMetrics(),
        [this](const TopicPartition& p, std::uint64_t fence) { topics_->LoseLease(p, fence); });
    topics_ =
        std::make_unique<TopicCatalog>(PosixFileSystem(), store_, *leases_,
                                       TopicCatalog::Options{.log_folder = folder_ / "log",
                                                             .log = {.segment_bytes = 1,
                                                                     .wall_clock = [this] { return wall_ms_; },
                                                                     .steady_clock = [this] { return steady_ms_; }},
                                                             .record_bytes_max = 1 << 20});
    EXPECT_TRUE(topics_->Load().ok());
    EXPECT_TRUE(leases_->RenewNow().ok());
    members_ =
        std::make_unique<GroupCoordinator>(store_, *topics_, [this] { return std::chrono::milliseconds(steady_ms_); });
    lag_ = std::make_unique<LagRefresh>(
        store_, *topics_, *members_, times_, metrics_,
        LagClocks{.wall = [this] { return wall_ms_; }, .steady = [this] { return steady_ms_; }});
  }
  void Close() {
    lag_.reset();
    members_.reset();
    EXPECT_TRUE(topics_->CloseLogs().ok());
    topics_.reset();
    leases_.reset();
  }
  void Restart() {
    Close();
    Open();
  }

  void CreateTopic(const std::string& topic, std::uint32_t partitions = 1) {
    ASSERT_TRUE(topics_->Create({.name = topic, .partitions = partitions}).ok());
  }
  std::shared_ptr<Partition> Find(const std::string& topic = "orders", std::uint32_t partition = 0) const {
    return topics_->Find(topic, partition).value();
  }
  // A batch of such records, which is a segment. Each has one byte of message.
  void Append(int records, const std::string& topic = "orders", std::uint32_t partition = 0) {
    BatchBuilder batch;
    for (int i = 0; i < records; ++i) batch.Add({.key = std::nullopt, .value = "v", .timestamp_ms = wall_ms_});
    ASSERT_TRUE(Find(topic, partition)->Append(batch).ok());
  }
  void Pass(std::chrono::milliseconds time) {
    wall_ms_ += time.count();
    steady_ms_ += time.count();
  }
  void Commit(std::uint64_t offset, const std::string& group = "billing", const std::string& topic = "orders",
              std::uint32_t partition = 0) {
    const TopicIdPartition name = {.topic_id = topics_->Describe(topic)->id, .partition = partition};
    ASSERT_TRUE(store_.CommitOffset(group, name, offset).ok());
  }
  void Join(const std::string& member, const std::string& group = "billing") {
    const GroupMember joining = {
        .group = group, .id = member, .topics = {"orders"}, .session_timeout = kSessionTimeout};
    ASSERT_TRUE(members_->Heartbeat(joining, {}).ok());
  }
  void Retain(const Retention& retention) {
    ASSERT_TRUE(topics_->SetRetention("orders", retention).ok());
    topics_->ApplyRetention(steady_ms_);
  }
  // A bit of the body of the batch with this base offset, of partition 0 of "orders".
  void DamageBatch(std::uint64_t base_offset) const {
    const std::string number = std::to_string(base_offset);
    FlipBit(folder_ / ("log/orders/0/" + std::string(20 - number.size(), '0') + number + ".log"),
            kBatchHeaderBytes + 1);
  }

  std::optional<double> Value(const std::string& name, metrics::testing::LabelPairs labels = {}) {
    return metrics::testing::MetricReader(registry_).Value("streamhouse_agent_" + name, labels);
  }
  std::size_t Count(const std::string& name) {
    return metrics::testing::MetricReader(registry_).SeriesCount("streamhouse_agent_" + name);
  }

  TemporaryFolder folder_;
  std::int64_t wall_ms_ = kStart;
  std::int64_t steady_ms_ = kStart;
  metrics::Registry registry_;
  const LagMetrics metrics_ = LagMetrics::Register(registry_).value();
  InterceptedStore store_{std::make_unique<InMemoryMetadataStore>()};
  std::unique_ptr<LeaseKeeper> leases_;
  std::unique_ptr<TopicCatalog> topics_;
  std::unique_ptr<GroupCoordinator> members_;
  GroupTimes times_{[this] { return wall_ms_; }};
  std::unique_ptr<LagRefresh> lag_;
};

}  // namespace streamhouse::agent
