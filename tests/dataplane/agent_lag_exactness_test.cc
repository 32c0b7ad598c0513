// The agent's lag against a ledger, at random moments: on every page it is a lag that was true
// since the refresh that the page tells began. Through appends, commits, rewinds, resets,
// retention, deletion of groups and topics, restarts.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "metrics_core/clock.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/agent/support/running_agent.h"
#include "tests/support/eventually.h"

namespace streamhouse {
namespace {

// What the agent was told. A state may be true from the beginning of the call that leads to it.
struct LedgerState {
  std::uint64_t start = 0;
  std::uint64_t last_batch = 0;                   // where it begins
  std::vector<std::uint64_t> bytes_before = {0};  // of the records, by offset; the last is that of the end
  std::optional<std::uint64_t> committed = {};
  std::uint64_t topic = 0;    // which life
  bool lost_records = false;  // segments went one after the other, on the way to `start`

  std::uint64_t end() const { return bytes_before.size() - 1; }
};

struct LagRange {
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t most = 0;
  bool may_be_absent = false;

  void Add(std::uint64_t lag) {
    least = std::min(least, lag);
    most = std::max(most, lag);
  }
  bool Allows(const std::optional<double>& shown) const {
    if (!shown) return may_be_absent;
    return *shown >= static_cast<double>(least) && *shown <= static_cast<double>(most);
  }
};

class AgentLagExactnessTest : public testing::Test {
 protected:
  explicit AgentLagExactnessTest(std::chrono::milliseconds lag_interval = std::chrono::milliseconds(5))
      : agent_(Config(lag_interval)) {}

  static agent::AgentConfig Config(std::chrono::milliseconds lag_interval) {
    agent::AgentConfig config = agent::RunningAgent::DefaultConfig({});
    config.topics = {};
    config.segment_bytes = 1;  // a segment for each batch
    config.retention_interval = std::chrono::hours(1);
    config.lag_interval = lag_interval;
    return config;
  }

  // The change and the call that makes it.
  void Step(const std::function<void(LedgerState&)>& change, const std::function<grpc::Status()>& call) {
    LedgerState next = ledger_.back();
    next.lost_records = false;
    change(next);
    ledger_.push_back(next);
    const grpc::Status status = call();
    ASSERT_TRUE(status.ok()) << status.error_message();
    ended_.push_back(metrics::Clock::NowNanoseconds());
  }

  void CreateTopic() {
    Step([](LedgerState& s) { s = {.topic = s.topic + 1}; },
         [this] {
           v1::CreateTopicRequest request;
           request.set_topic("orders");
           request.set_partitions(1);
           v1::CreateTopicResponse response;
           grpc::ClientContext context;
           return agent_.topics().CreateTopic(&context, request, &response);
         });
  }
  void DeleteTopic() {
    Step([](LedgerState& s) { s.committed.reset(); },
         [this] {
           v1::DeleteTopicRequest request;
           request.set_topic("orders");
           v1::DeleteTopicResponse response;
           grpc::ClientContext context;
           return agent_.topics().DeleteTopic(&context, request, &response);
         });
  }
  void Produce() {
    std::vector<std::string> values(1 + Random(4));
    for (std::string& value : values) value.assign(Random(300), 'v');
    Step(
        [&values](LedgerState& s) {
          s.last_batch = s.end();
          for (const std::string& value : values) s.bytes_before.push_back(s.bytes_before.back() + value.size());
        },
        [&] {
          v1::ProduceResponse response;
          return agent_.Produce(agent::RunningAgent::Batch("orders", 0, values), &response);
        });
  }
  // Forwards or backwards.
  void Commit() {
    const std::uint64_t offset = Random(ledger_.back().end() + 1);
    Step([offset](LedgerState& s) { s.committed = offset; },
         [&] {
           v1::CommitRequest request;
           request.set_group("billing");
           request.set_topic("orders");
           request.set_offset(offset);
           v1::CommitResponse response;
           grpc::ClientContext context;
           return agent_.consumer().Commit(&context, request, &response);
         });
  }
  void ResetGroup() {
    if (!ledger_.back().committed) return;
    Step([](LedgerState& s) { s.committed = s.start; },
         [this] {
           v1::SeekGroupRequest request;
           request.set_group("billing");
           request.mutable_to()->set_earliest(true);
           v1::SeekGroupResponse response;
           grpc::ClientContext context;
           return agent_.groups().SeekGroup(&context, request, &response);
         });
  }
  void DeleteGroup() {
    if (!ledger_.back().committed) return;
    Step([](LedgerState& s) { s.committed.reset(); },
         [this] {
           v1::DeleteGroupRequest request;
           request.set_group("billing");
           v1::DeleteGroupResponse response;
           grpc::ClientContext context;
           return agent_.groups().DeleteGroup(&context, request, &response);
         });
  }
  // The log keeps its last batch alone. Retention runs once, when the agent starts: a later run
  // could still have the limit of this step, and remove records of the next ones.
  void LoseRecords() {
    Step(
        [](LedgerState& s) {
          s.start = s.last_batch;
          s.lost_records = true;
        },
        [this] {
          const grpc::Status set = SetRetention(1);
          agent_.Restart();
          EXPECT_TRUE(Eventually([this] { return LogStart() == ledger_.back().start; }));
          return set;
        });
    ASSERT_TRUE(SetRetention(0).ok());
  }
  std::uint64_t LogStart() {
    v1::WatermarksRequest request;
    request.set_topic("orders");
    v1::WatermarksResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(agent_.consumer().Watermarks(&context, request, &response).ok());
    return response.log_start_offset();
  }
  void Restart() {
    Step([](LedgerState&) {},
         [this] {
           agent_.Restart();
           return grpc::Status();
         });
  }
  grpc::Status SetRetention(std::uint64_t bytes) {
    v1::SetRetentionRequest request;
    request.set_topic("orders");
    request.mutable_retention()->set_bytes(bytes);
    v1::SetRetentionResponse response;
    grpc::ClientContext context;
    return agent_.topics().SetRetention(&context, request, &response);
  }

  // A page, and the lags that were true since the refresh that it tells began.
  void ExpectTrueLag() {
    const std::uint64_t before = metrics::Clock::NowNanoseconds();
    const metrics::testing::MetricReader page(agent_.registry());
    const auto age = page.Value("streamhouse_agent_lag_refresh_age_seconds");
    const auto records = page.Value("streamhouse_agent_group_lag_records");
    const auto bytes = page.Value("streamhouse_agent_group_lag_bytes");
    if (!age) return;  // the first refresh after a start is under way
    const auto since = before - static_cast<std::uint64_t>(*age * metrics::kNanosecondsPerSecond);
    const auto [true_records, true_bytes] = TrueSince(since);
    EXPECT_TRUE(true_records.Allows(records))
        << records.value_or(-1) << " is not in [" << true_records.least << ", " << true_records.most << "]";
    EXPECT_TRUE(true_bytes.Allows(bytes))
        << bytes.value_or(-1) << " is not in [" << true_bytes.least << ", " << true_bytes.most << "]";
    if (true_records.least == true_records.most && !true_records.may_be_absent) ++exact_checks_;
  }
  std::pair<LagRange, LagRange> TrueSince(std::uint64_t since) const {
    LagRange records;
    LagRange bytes;
    for (std::size_t i = 0; i < ledger_.size(); ++i) {
      // Until the call that changed it ended.
      if (i + 1 < ledger_.size() && ended_[i + 1] < since) continue;
      if (!ledger_[i].committed) records.may_be_absent = bytes.may_be_absent = true;
      // A segment whose file is gone, and which the log still has for a moment, cannot be measured.
      if (ledger_[i].lost_records) bytes.may_be_absent = true;
      // A refresh reads the commits first, and the ends of the logs after them.
      for (std::size_t j = i; j < ledger_.size() && ledger_[i].committed; ++j) {
        if (ledger_[j].topic != ledger_[i].topic) continue;
        AddLag(ledger_[j], *ledger_[i].committed, ledger_[j].start, records, bytes);
        if (ledger_[j].lost_records) AddLag(ledger_[j], *ledger_[i].committed, ledger_[j - 1].start, records, bytes);
      }
    }
    return {records, bytes};
  }
  static void AddLag(const LedgerState& state, std::uint64_t committed, std::uint64_t start, LagRange& records,
                     LagRange& bytes) {
    const std::uint64_t next = std::min(std::max(committed, start), state.end());
    records.Add(state.end() - next);
    bytes.Add(state.bytes_before.back() - state.bytes_before[next]);
  }

  std::uint64_t Random(std::uint64_t below) { return random_() % below; }
  void RandomStep() {
    switch (Random(40)) {
      case 0:
        return Restart();
      case 1:
        DeleteTopic();
        return CreateTopic();
      case 2:
        return DeleteGroup();
      case 3:
        return ResetGroup();
      case 4:
        return LoseRecords();
      default:
        return Random(2) == 0 ? Produce() : Commit();
    }
  }

  bool Shows(const std::string& name) {
    return metrics::testing::MetricReader(agent_.registry()).SeriesCount("streamhouse_agent_" + name) > 0;
  }

  agent::RunningAgent agent_;
  std::mt19937_64 random_{20261129};
  std::vector<LedgerState> ledger_ = {LedgerState()};
  std::vector<std::uint64_t> ended_ = {0};  // when the call did that leads to a state
  int exact_checks_ = 0;                    // where one lag alone was true
};

class AgentLagChangesTest : public AgentLagExactnessTest {
 protected:
  AgentLagChangesTest() : AgentLagExactnessTest(std::chrono::hours(1)) {}
};

TEST_F(AgentLagChangesTest, AreShownWithoutWaitingForTheNextRefresh) {
  CreateTopic();
  EXPECT_TRUE(Eventually([this] { return Shows("partition_log_bytes"); }));
  Commit();
  ResetGroup();
  EXPECT_TRUE(Eventually([this] { return Shows("group_lag_records"); }));
  DeleteGroup();
  EXPECT_TRUE(Eventually([this] { return !Shows("group_lag_records") && !Shows("group_members"); }));
  DeleteTopic();
  EXPECT_TRUE(Eventually([this] { return !Shows("partition_log_bytes"); }));
}

TEST_F(AgentLagExactnessTest, IsNeverOffByMoreThanOneRefreshAtRandomMoments) {
  CreateTopic();
  for (int i = 0; i < 250 && !HasFailure(); ++i) {
    RandomStep();
    for (std::uint64_t pages = Random(5); pages > 0; --pages) ExpectTrueLag();
    if (Random(8) != 0) continue;
    // Nothing moves for a refresh.
    const double refreshes = agent_.Value("lag_refreshes_total", {{"outcome", "complete"}});
    ASSERT_TRUE(Eventually([&] {
      return agent_.Value("lag_refreshes_total", {{"outcome", "complete"}}) > refreshes + 1;
    }));
    ExpectTrueLag();
  }
  EXPECT_GT(exact_checks_, 10);
}

}  // namespace
}  // namespace streamhouse
