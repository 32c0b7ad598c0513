// CatalogFixture: a catalog on a real folder and a real store, without a network.
//
// When to use something else: RunningAgent for everything that goes over gRPC.
// Thread safety: as gtest.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "agent/agent_metrics.h"
#include "agent/lease/lease_keeper.h"
#include "agent/log/file_system.h"
#include "agent/metadata/sqlite_metadata_store.h"
#include "agent/topics/topic_catalog.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {

class CatalogFixture : public testing::Test {
 protected:
  // No thread renews its leases: they outlast every test.
  static constexpr LeaseTiming kNoRenewalNeeded = {.duration = std::chrono::hours(10),
                                                   .renew_interval = std::chrono::hours(1)};

  CatalogFixture() { Reopen(); }

  // Restarts the catalog. `files` must outlive the catalog.
  void Reopen(FileSystem& files = PosixFileSystem(), const AgentMetrics& metrics = {}) {
    topics_.reset();
    leases_.reset();
    store_ = *SqliteMetadataStore::Open(folder_ / "metadata.db");
    leases_ = std::make_unique<LeaseKeeper>(
        *store_, "agent", kNoRenewalNeeded, LeaseMetrics(),
        [this](const TopicPartition& p, std::uint64_t fence) { topics_->LoseLease(p, fence); });
    topics_ = std::make_unique<TopicCatalog>(files, *store_, *leases_,
                                             TopicCatalog::Options{.log_folder = folder_ / "log",
                                                                   .log = {},
                                                                   .record_bytes_max = 1000,
                                                                   .record_metrics = metrics.record_metrics});
  }

  // Until Reopen().
  void CloseStore() {
    topics_.reset();
    leases_.reset();
    store_.reset();
  }
  // Until Reopen() makes another store.
  void LoseStore() {
    CloseStore();
    for (const char* const suffix : {"", "-wal", "-shm"}) std::filesystem::remove(folder_ / "metadata.db" + suffix);
  }

  TemporaryFolder folder_;
  std::unique_ptr<SqliteMetadataStore> store_;
  std::unique_ptr<LeaseKeeper> leases_;
  std::unique_ptr<TopicCatalog> topics_;
};

}  // namespace streamhouse::agent
