// What the whole has to do, whatever its parts do: the families of the contract, and no record lost or doubled when an
// agent goes and comes back.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/metadata/sqlite_metadata_store.h"
#include "metrics_core/snapshot.h"
#include "tests/dataplane/data_plane_fixture.h"

namespace streamhouse {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 15> kClientFamilies = {
    "streamhouse_producer_records_sent_total",
    "streamhouse_producer_bytes_sent_total",
    "streamhouse_producer_send_duration_seconds",
    "streamhouse_producer_batch_flush_duration_seconds",
    "streamhouse_producer_batch_size_records",
    "streamhouse_producer_batch_size_bytes",
    "streamhouse_producer_send_errors_total",
    "streamhouse_producer_pending_records",
    "streamhouse_consumer_records_consumed_total",
    "streamhouse_consumer_bytes_consumed_total",
    "streamhouse_consumer_poll_duration_seconds",
    "streamhouse_consumer_lag_records",
    "streamhouse_consumer_lag_seconds",
    "streamhouse_consumer_last_committed_offset",
    "streamhouse_consumer_current_offset",
};

class AcceptanceTest : public DataPlaneFixture {
 protected:
  // Whether any series of the family shows anything but zero.
  static bool Moves(const metrics::FamilySnapshot& family) {
    for (std::size_t i = 0; i < family.size(); ++i) {
      const bool is_histogram = family.info().type == metrics::MetricType::kHistogram;
      if (is_histogram ? family.histogram_value(i).count > 0 : family.uint64_value(i) != 0) return true;
    }
    return false;
  }

  std::vector<std::string> AllValues() {
    std::vector<std::string> values;
    const auto consumer = client::Consumer::Builder()
                              .broker(broker_)
                              .topics({"orders"})
                              .offset_reset(client::OffsetReset::kEarliest)
                              .Build()
                              .value();
    const std::uint64_t end = HighWatermark(0) + HighWatermark(1);
    while (values.size() < end) {
      const auto polled = consumer->Poll(kPatience);
      if (!polled.ok()) continue;
      for (const client::ConsumedRecord& record : polled.value()) values.emplace_back(record.record.value);
    }
    return values;
  }
};

TEST_F(AcceptanceTest, NamesTheFamiliesAsTheContractDoes) {
  const metrics::Snapshot snapshot = registry_.TakeSnapshot();
  std::vector<std::string_view> names;
  for (const metrics::FamilySnapshot& family : snapshot.families()) names.push_back(family.info().name);
  EXPECT_EQ(names, std::vector<std::string_view>(kClientFamilies.begin(), kClientFamilies.end()));
  for (const std::string_view name : names) EXPECT_EQ(name.find("_total_total"), std::string_view::npos);
}

// Those of the agent are in agent_metrics_test.
TEST_F(AcceptanceTest, EveryClientFamilyMoves) {
  const auto producer = ProducerBuilder().linger(std::chrono::hours(1)).Build().value();
  auto failed = producer->Send("none", {.value = "v"});
  EXPECT_FALSE(failed.get().ok());
  // One record stays pending, and some unread: gauges that are back at zero would prove nothing.
  ASSERT_TRUE(producer->SendWithCallback("orders", {.value = "pending"}, nullptr, 1).ok());
  Produce(10, 0);
  const auto consumer = ConsumerBuilder().fetch_max_records(3).Build().value();
  EXPECT_TRUE(Eventually([&] {
    if (consumer->Position("orders", 0).value() < 6) static_cast<void>(consumer->Poll(kPatience));
    EXPECT_TRUE(consumer->Commit().ok());
    const metrics::Snapshot snapshot = registry_.TakeSnapshot();
    const auto families = snapshot.families();
    return std::all_of(families.begin(), families.end(), Moves);
  }));
}

TEST_F(AcceptanceTest, PartitionsDoNotOverwriteEachOthersLag) {
  Produce(3, 0);
  Produce(5, 1);
  const auto consumer = ConsumerBuilder().Build().value();
  EXPECT_TRUE(Eventually([&] { return Gauge("lag_records", 0) == 3 && Gauge("lag_records", 1) == 5; }));
  EXPECT_TRUE(consumer->Close().ok());
  EXPECT_EQ(Gauge("lag_records", 0), -1);
}

TEST_F(AcceptanceTest, MembersOfAGroupShareThePartitionsAndLoseNothing) {
  const auto first = ConsumerBuilder().heartbeat_interval(milliseconds(10)).Build().value();
  const auto second = ConsumerBuilder().heartbeat_interval(milliseconds(10)).Build().value();
  EXPECT_TRUE(Eventually([&] {
    EXPECT_TRUE(first->Poll(milliseconds(1)).ok());
    EXPECT_TRUE(second->Poll(milliseconds(1)).ok());
    return first->Assignment().size() == 1 && second->Assignment().size() == 1;
  }));
  Produce(3, 0);
  Produce(3, 1);
  std::size_t consumed = 0;
  EXPECT_TRUE(Eventually([&] {
    consumed += first->Poll(milliseconds(10))->size() + second->Poll(milliseconds(10))->size();
    return consumed == 6;
  }));
  EXPECT_TRUE(first->Close().ok());
  EXPECT_TRUE(Eventually([&] {
    EXPECT_TRUE(second->Poll(milliseconds(1)).ok());
    return second->Assignment().size() == 2;
  }));
  EXPECT_TRUE(Eventually([&] {
    EXPECT_TRUE(second->Commit().ok());
    return second->Committed("orders", 0).value().value_or(0) + second->Committed("orders", 1).value().value_or(0) == 6;
  }));
}

TEST_F(AcceptanceTest, ARestartOfTheAgentLosesAndDoublesNothing) {
  const auto producer =
      ProducerBuilder()
          .retry_policy({.max_retries = 100, .initial_backoff = milliseconds(10), .max_backoff = milliseconds(50)})
          .linger(milliseconds(1))
          .Build()
          .value();
  std::vector<std::future<client::Result<client::Delivery>>> sent;
  for (int i = 0; i < 300; ++i) {
    if (i == 100) agent_.RestartOnTheSamePort();
    sent.push_back(producer->Send("orders", {.value = std::to_string(i)}));
  }
  for (auto& delivered : sent) EXPECT_TRUE(delivered.get().ok());
  std::vector<std::string> values = AllValues();
  EXPECT_EQ(values.size(), 300U);
  std::sort(values.begin(), values.end());
  EXPECT_EQ(std::unique(values.begin(), values.end()), values.end());
}

TEST_F(AcceptanceTest, TheEpochOfAPartitionNeverGoesBack) {
  const auto epoch = [&] {
    const auto store = agent::SqliteMetadataStore::Open(agent_.folder() + "/metadata.db").value();
    return store->FindLease({.topic = "orders", .partition = 0}).value()->epoch;
  };
  const std::uint64_t first = epoch();
  agent_.Stop();
  EXPECT_EQ(epoch(), first);  // released, and the row is still there
  const auto store = agent::SqliteMetadataStore::Open(agent_.folder() + "/metadata.db").value();
  const std::vector<agent::TopicPartition> partition = {{.topic = "orders", .partition = 0}};
  ASSERT_TRUE(store->AcquireLeases(partition, "another", milliseconds(1)).ok());
  EXPECT_EQ(epoch(), first + 1);
  agent_.Start();
  EXPECT_TRUE(Eventually([&] { return epoch() == first + 2; }));
}

TEST_F(AcceptanceTest, MetricsChangeNoTypeAndNoCall) {
  const auto with = ProducerBuilder().Build().value();
  const auto without = client::Producer::Builder().broker(broker_).Build().value();
  for (const auto* producer : {&with, &without}) {
    auto delivered = (*producer)->Send("orders", {.value = "v"}, 0);
    ASSERT_TRUE((*producer)->Flush(kPatience).ok());
    EXPECT_TRUE(delivered.get().ok());
  }
}

}  // namespace
}  // namespace streamhouse
