// Acceptance of the whole system: it has the families of the contract, and no record is lost or
// doubled when an agent stops and comes back.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <future>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "agent/agent_metrics.h"
#include "agent/metadata/sqlite_metadata_store.h"
#include "client/compression.h"
#include "client/record_headers.h"
#include "metrics_core/reading/snapshot.h"
#include "tests/dataplane/data_plane_fixture.h"
#include "tests/support/exemplar_finder.h"

namespace streamhouse {
namespace {

using std::chrono::milliseconds;

// Of the client; those of the agent are in kAgentFamilies.
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

constexpr std::array<std::string_view, 7> kAgentFamilies = {
    "streamhouse_agent_active_partitions",
    "streamhouse_agent_lease_renewals_total",
    "streamhouse_agent_records_written_total",
    "streamhouse_agent_write_latency_seconds",
    "streamhouse_agent_active_connections",
    "streamhouse_agent_grpc_requests_total",
    "streamhouse_agent_grpc_request_duration_seconds",
};

class AcceptanceTest : public DataPlaneFixture {
 protected:
  static std::vector<std::string> NamesOf(metrics::Registry& registry) {
    const metrics::Snapshot snapshot = registry.TakeSnapshot();
    std::vector<std::string> names;
    for (const metrics::FamilySnapshot& family : snapshot.families()) names.push_back(family.info().name);
    return names;
  }

  static bool IsOfTheContract(std::string_view name) {
    const auto is_among = [name](const auto& families) {
      return std::find(families.begin(), families.end(), name) != families.end();
    };
    return is_among(kClientFamilies) || is_among(kAgentFamilies);
  }

  // Those of the contract, in the order in which they are registered.
  static std::vector<std::string> ContractNamesOf(metrics::Registry& registry) {
    std::vector<std::string> names = NamesOf(registry);
    std::erase_if(names, [](const std::string& name) { return !IsOfTheContract(name); });
    return names;
  }

  // Those of the contract of which every series shows zero.
  static std::vector<std::string> StillFamiliesOf(metrics::Registry& registry) {
    const metrics::Snapshot snapshot = registry.TakeSnapshot();
    std::vector<std::string> still;
    for (const metrics::FamilySnapshot& family : snapshot.families()) {
      if (IsOfTheContract(family.info().name) && !Moves(family)) still.push_back(family.info().name);
    }
    return still;
  }

  // Whether any series of the family shows anything but zero.
  static bool Moves(const metrics::FamilySnapshot& family) {
    for (std::size_t i = 0; i < family.size(); ++i) {
      const metrics::HistogramValues* const histograms = metrics::testing::HistogramsOf(family);
      if (histograms != nullptr ? (*histograms)[i].count > 0 : metrics::testing::NumberOf(family, i) != 0) return true;
    }
    return false;
  }

  static void ExpectWhole(const metrics::HistogramValue& histogram) {
    const auto buckets = histogram.bucket_counts;
    EXPECT_EQ(std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0}), histogram.count);
  }

  std::vector<std::string> AllValues() {
    std::vector<std::string> values;
    const auto consumer =
        client::Consumer::Builder()
            .broker(broker_)
            .options({.topics = {"orders"}, .fetch = {.offset_reset = client::OffsetReset::kEarliest}})
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
  EXPECT_EQ(ContractNamesOf(registry_), std::vector<std::string>(kClientFamilies.begin(), kClientFamilies.end()));
  EXPECT_EQ(ContractNamesOf(agent_.registry()), std::vector<std::string>(kAgentFamilies.begin(), kAgentFamilies.end()));
  for (const std::string& name : NamesOf(registry_)) EXPECT_EQ(name.find("_total_total"), std::string::npos);
}

TEST_F(AcceptanceTest, EveryFamilyOfClientAndAgentChangesItsValue) {
  const auto producer = ProducerBuilder().options({.linger = std::chrono::hours(1)}).Build().value();
  auto failed = producer->Send("none", {.value = "v"});
  EXPECT_FALSE(failed.get().ok());
  // One record stays pending, and some unread: gauges that are back at zero would prove nothing.
  ASSERT_TRUE(producer->SendWithCallback("orders", {.value = "pending"}, nullptr, 1).ok());
  Produce(10, 0);
  client::ConsumerOptions few = MemberOptions();
  few.fetch.max_records = 3;
  const auto consumer = MakeMember(few);
  std::vector<std::string> still = {"not looked yet"};
  EXPECT_TRUE(Eventually([&] {
    if (consumer->Position("orders", 0).value() < 6) static_cast<void>(consumer->Poll(kPatience));
    EXPECT_TRUE(consumer->Commit().ok());
    still = StillFamiliesOf(registry_);
    const std::vector<std::string> of_agent = StillFamiliesOf(agent_.registry());
    still.insert(still.end(), of_agent.begin(), of_agent.end());
    return still.empty();
  })) << "does not move: "
      << testing::PrintToString(still);
}

TEST_F(AcceptanceTest, CountsRecordsThatFindNoAgent) {
  const auto impatient =
      client::MakeAgentBroker({.address = agent_.address(), .connect_timeout = milliseconds(100)}).value();
  const auto producer = ProducerBuilder()
                            .broker(impatient)
                            .options({.retry_policy = {.max_retries = 0}, .linger = milliseconds(1)})
                            .Build()
                            .value();
  const auto errors = [this](const std::string& topic) {
    return metrics::testing::MetricReader(registry_)
        .Value("streamhouse_producer_send_errors_total", {{"topic", topic}, {"reason", "unavailable"}})
        .value_or(0);
  };
  // A busy machine may not connect in that time.
  EXPECT_TRUE(Eventually([&] { return producer->Send("orders", {.value = "v"}).get().ok(); }));
  const double before = errors("orders");
  agent_.Stop();
  // One of a topic that is known, and one that has to be asked about.
  EXPECT_EQ(producer->Send("orders", {.value = "v"}).get().status().code(), metrics::StatusCode::kUnavailable);
  EXPECT_EQ(producer->Send("other", {.value = "v"}).get().status().code(), metrics::StatusCode::kUnavailable);
  EXPECT_EQ(errors("orders"), before + 1);
  EXPECT_EQ(errors("other"), 1);
}

TEST_F(AcceptanceTest, EveryDurationIsResolvedFromAMicrosecondOn) {
  for (metrics::Registry* registry : {&registry_, &agent_.registry()}) {
    const metrics::Snapshot snapshot = registry->TakeSnapshot();
    for (const metrics::FamilySnapshot& family : snapshot.families()) {
      const metrics::FamilyInfo& info = family.info();
      if (metrics::testing::HistogramsOf(family) == nullptr || info.unit != "seconds") continue;
      EXPECT_LE(info.bounds.front(), 1e-6) << info.name;
      EXPECT_LT(info.bounds.front(), info.bounds.back() / 1e6) << info.name;
    }
  }
}

// Goal: a page never shows a histogram whose count is not that of its buckets. Method: scrape back
// to back while records flow.
TEST_F(AcceptanceTest, EveryHistogramIsWholeInEveryScrapeWhileRecordsFlow) {
  std::jthread records([this] { Produce(2'000, 0); });
  const auto consumer = MakeMember();
  std::size_t histograms = 0;
  for (std::size_t consumed = 0; consumed < 2'000;) {
    if (const auto polled = consumer->Poll(milliseconds(1)); polled.ok()) consumed += polled->size();
    for (metrics::Registry* registry : {&registry_, &agent_.registry()}) {
      const metrics::Snapshot snapshot = registry->TakeSnapshot();
      for (const metrics::FamilySnapshot& family : snapshot.families()) {
        const metrics::HistogramValues* const found = metrics::testing::HistogramsOf(family);
        if (found == nullptr) continue;
        for (std::size_t i = 0; i < family.size(); ++i, ++histograms) ExpectWhole((*found)[i]);
      }
    }
  }
  EXPECT_GT(histograms, 0U);
}

TEST_F(AcceptanceTest, TakesNewFamiliesWhileItRunsAndSharesOldOnes) {
  const std::size_t families = NamesOf(registry_).size();
  EXPECT_TRUE(client::ProducerMetrics::Register(registry_).ok());
  EXPECT_TRUE(client::ConsumerMetrics::Register(registry_).ok());
  EXPECT_EQ(NamesOf(registry_).size(), families);
  Produce(1, 0);
  ASSERT_TRUE(agent::AgentMetrics::Register(registry_).ok());
  EXPECT_EQ(ContractNamesOf(registry_).size(), 22U);
}

TEST_F(AcceptanceTest, PartitionsDoNotOverwriteEachOthersLag) {
  Produce(3, 0);
  Produce(5, 1);
  const auto consumer = MakeMember();
  EXPECT_TRUE(Eventually([&] { return Gauge("lag_records", 0) == 3 && Gauge("lag_records", 1) == 5; }));
  EXPECT_TRUE(consumer->Close().ok());
  EXPECT_EQ(Gauge("lag_records", 0), -1);
}

TEST_F(AcceptanceTest, MembersOfAGroupShareThePartitionsAndLoseNothing) {
  client::ConsumerOptions quick = MemberOptions();
  quick.group_options.heartbeat_interval = milliseconds(10);
  const auto first = MakeMember(quick);
  const auto second = MakeMember(quick);
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
  const auto producer = ProducerBuilder()
                            .options({.retry_policy = {.max_retries = 100,
                                                       .initial_backoff = milliseconds(10),
                                                       .max_backoff = milliseconds(50)},
                                      .linger = milliseconds(1)})
                            .Build()
                            .value();
  std::vector<std::future<client::Result<client::Delivery>>> sent;
  for (int i = 0; i < 300; ++i) {
    if (i == 100) agent_.Restart();
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
  const agent::LeaseClaim claim = {.partition = {.topic = "orders", .partition = 0}};
  ASSERT_TRUE(store->AcquireLeases({&claim, 1}, "another", milliseconds(1)).ok());
  EXPECT_EQ(epoch(), first + 1);
  agent_.Start();
  EXPECT_TRUE(Eventually([&] { return epoch() == first + 2; }));
}

TEST_F(AcceptanceTest, ATraceGoesFromARecordToTheLatenciesOnItsWayAndToItsReader) {
  const std::string traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  client::RecordHeaders headers;
  headers.Add("traceparent", traceparent);
  const auto producer = ProducerBuilder().options({.compression = client::Compression::kZstd}).Build().value();
  ASSERT_TRUE(producer->SendWithCallback("orders", {.value = "v", .headers = headers}, nullptr, 0).ok());
  ASSERT_TRUE(producer->Flush(kPatience).ok());
  EXPECT_TRUE(FindExemplar(registry_, "streamhouse_producer_send_duration_seconds").has_value());
  for (const char* const family : {"write_latency_seconds", "grpc_request_duration_seconds"}) {
    EXPECT_TRUE(FindExemplar(agent_.registry(), std::string("streamhouse_agent_") + family).has_value()) << family;
  }
  const auto consumer = MakeMember();
  const auto polled = consumer->Poll(kPatience);
  ASSERT_EQ(polled->size(), 1U);
  EXPECT_EQ((*polled->begin()).record.headers.Find("traceparent"), traceparent);
}

TEST_F(AcceptanceTest, RecordsArriveAsTheyWereSentHoweverTheyTravel) {
  for (const auto compression : {client::Compression::kNone, client::Compression::kLz4, client::Compression::kZstd}) {
    const auto producer = ProducerBuilder().options({.compression = compression}).Build().value();
    ASSERT_TRUE(producer->SendWithCallback("orders", {.key = "k", .value = std::string(10'000, 'x')}, nullptr, 0).ok());
    ASSERT_EQ(producer->Close(kPatience), 0U);
    const auto broker =
        client::MakeAgentBroker({.address = agent_.address(), .fetch_compression = compression}).value();
    const auto fetched = broker->Fetch({.partition = {"orders", 0}}, client::CallLimits::Within(kPatience));
    const client::RecordView last = fetched->records[fetched->records.size() - 1];
    EXPECT_EQ(last.key, "k");
    EXPECT_EQ(last.value, std::string(10'000, 'x'));
  }
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
