// The series of partitions and groups on a page after each refresh.
#include "agent/lag/lag_refresh.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/agent/lag/lag_fixture.h"
#include "tests/agent/lag/shown_states.h"

namespace streamhouse::agent {
namespace {

using std::chrono::seconds;

class LagRefreshTest : public LagFixture {
 protected:
  void Refresh() { EXPECT_TRUE(lag_->Refresh().ok()); }
  std::optional<double> Lag(const std::string& group = "billing", const std::string& topic = "orders") {
    return Value("group_lag_records", {{"topic", topic}, {"group", group}});
  }
};

TEST_F(LagRefreshTest, ShowsThePartitionsOfATopicFromItsMakingToItsEnd) {
  Refresh();
  EXPECT_EQ(Value("partition_log_start_offset", {{"topic", "orders"}, {"partition", "0"}}), 0);
  EXPECT_EQ(Value("partition_log_end_offset"), 0);
  EXPECT_EQ(Value("partition_log_bytes"), 0);
  EXPECT_EQ(Value("partition_log_segments"), 1);
  EXPECT_EQ(Value("partition_leader_epoch"), 1);
  ASSERT_TRUE(topics_->Delete("orders").ok());
  Refresh();
  EXPECT_EQ(Count("partition_log_start_offset"), 0U);
  EXPECT_EQ(Count("partition_leader_epoch"), 0U);
}

TEST_F(LagRefreshTest, ShowsOffsetsSegmentsAndBytesOfALog) {
  Append(3);
  Append(2);
  Append(1);
  Retain({.bytes_max = 1});
  Append(1);
  Refresh();
  EXPECT_EQ(Value("partition_log_start_offset"), 5);
  EXPECT_EQ(Value("partition_log_end_offset"), 7);
  EXPECT_EQ(Value("partition_log_segments"), 2);
  EXPECT_EQ(Value("partition_log_bytes"), static_cast<double>(Find()->Extent().bytes));
}

TEST_F(LagRefreshTest, ShowsTheLagOfAGroupWithoutMembers) {
  Append(5);
  Commit(2);
  Refresh();
  EXPECT_EQ(Lag(), 3);
  EXPECT_EQ(Value("group_committed_offset"), 2);
  EXPECT_EQ(Value("group_lag_bytes"), 3);
  EXPECT_EQ(Value("group_members"), 0);
  EXPECT_EQ(ShownStates(registry_), "empty");
}

TEST_F(LagRefreshTest, ALagOfZeroIsShownFromTheFirstCommitOn) {
  Refresh();
  EXPECT_EQ(Count("group_lag_records"), 0U);
  Commit(0);
  Refresh();
  EXPECT_EQ(Lag(), 0);
  EXPECT_EQ(Value("group_lag_seconds"), 0);
  EXPECT_EQ(Count("group_retention_margin_seconds"), 0U);
}

TEST_F(LagRefreshTest, FollowsCommitsAppendsAndRewinds) {
  Append(5);
  for (const std::uint64_t committed : {5U, 0U, 3U}) {
    Commit(committed);
    Refresh();
    EXPECT_EQ(Lag(), 5 - static_cast<double>(committed));
  }
  Append(4);
  Refresh();
  EXPECT_EQ(Lag(), 6);
}

TEST_F(LagRefreshTest, AGroupKeepsTheSumAndTheMaximumOfItsPartitions) {
  CreateTopic("payments", 2);
  Append(5);
  Append(2, "payments", 1);
  Commit(1);
  Commit(0, "billing", "payments", 1);
  Refresh();
  EXPECT_EQ(Value("group_lag_sum_records", {{"group", "billing"}}), 6);
  EXPECT_EQ(Value("group_lag_max_records"), 4);
  EXPECT_EQ(Value("group_lag_sum_bytes"), 6);
  EXPECT_EQ(Value("group_partitions"), 2);
  EXPECT_EQ(Value("group_partitions_unknown"), 0);
}

TEST_F(LagRefreshTest, AGroupEndsWithItsLastCommit) {
  Append(5);
  Commit(1);
  Commit(2, "audit");
  Refresh();
  const OffsetChange gone = {.group = "billing",
                             .partition = {.topic_id = topics_->Describe("orders")->id, .partition = 0}};
  ASSERT_TRUE(store_.ChangeOffsets({&gone, 1}).ok());
  Refresh();
  EXPECT_EQ(Lag(), std::nullopt);
  EXPECT_EQ(Lag("audit"), 3);
  EXPECT_EQ(Value("group_members", {{"group", "billing"}}), std::nullopt);
  EXPECT_EQ(Count("group_lag_sum_records"), 1U);
}

TEST_F(LagRefreshTest, ATopicThatIsMadeAgainInheritsNothing) {
  Append(5);
  Commit(1);
  Refresh();
  ASSERT_TRUE(topics_->Delete("orders").ok());
  CreateTopic("orders");
  Append(1);
  Refresh();
  EXPECT_EQ(Count("group_lag_records"), 0U);
  EXPECT_EQ(Count("group_committed_offset"), 0U);
  EXPECT_EQ(Value("partition_log_end_offset"), 1);
  Commit(0);
  Refresh();
  EXPECT_EQ(Lag(), 1);
}

TEST_F(LagRefreshTest, IsTheSameAfterARestart) {
  for (int i = 0; i < 4; ++i) Append(3);
  Commit(2);
  Refresh();
  Restart();
  Refresh();
  EXPECT_EQ(Lag(), 10);
  EXPECT_EQ(Value("group_lag_bytes"), 10);
}

TEST_F(LagRefreshTest, WhereAPartitionIsNotServedTheLagIsUnknown) {
  Append(1);
  Append(5);
  Append(1);
  Commit(1);
  Close();
  // A header that cannot be read keeps the log from being opened.
  FlipBit(folder_ / "log/orders/0/00000000000000000001.log", 0);
  Open();
  Refresh();
  EXPECT_EQ(Lag(), std::nullopt);
  EXPECT_EQ(Value("group_committed_offset"), 1);
  EXPECT_EQ(Value("group_partitions_unknown"), 1);
  EXPECT_EQ(Count("group_lag_sum_records"), 0U);
  EXPECT_EQ(Count("partition_log_bytes"), 0U);
}

TEST_F(LagRefreshTest, WhereTheStoreIsOutOfReachNoOldLagStays) {
  Append(5);
  Commit(1);
  Refresh();
  store_.before_list_offsets = [] { return Status(StatusCode::kUnavailable, "away"); };
  EXPECT_EQ(lag_->Refresh().code(), StatusCode::kUnavailable);
  EXPECT_EQ(Lag(), std::nullopt);
  EXPECT_EQ(Count("group_members"), 0U);
  EXPECT_EQ(Value("lag_refreshes_total", {{"outcome", "failed"}}), 1);
  EXPECT_EQ(Value("partition_log_end_offset"), 5);
  store_.before_list_offsets = [] { return Status::Ok(); };
  Refresh();
  EXPECT_EQ(Lag(), 4);
}

TEST_F(LagRefreshTest, APartitionOfAnotherAgentIsNotTold) {
  Append(5);
  Commit(1);
  Refresh();
  const LeaseClaim claim = {.partition = {"orders", 0}, .ended = store_.FindLease({"orders", 0}).value()->version()};
  ASSERT_EQ(store_.AcquireLeases({&claim, 1}, "other", std::chrono::hours(1)).value()[0].holder, "other");
  static_cast<void>(leases_->RenewNow());
  Refresh();
  EXPECT_EQ(Lag(), std::nullopt);
  EXPECT_EQ(Count("group_committed_offset"), 0U);
  EXPECT_EQ(Count("partition_log_bytes"), 0U);
}

TEST_F(LagRefreshTest, MembersAreCountedUntilTheyLeaveOrAreSilent) {
  Join("a");
  Join("b");
  Refresh();
  EXPECT_EQ(Value("group_members", {{"group", "billing"}}), 2);
  EXPECT_EQ(ShownStates(registry_), "active");
  EXPECT_EQ(Value("group_partitions"), 0);
  members_->Leave("billing", "a");
  Refresh();
  EXPECT_EQ(Value("group_members"), 1);
  Pass(kSessionTimeout + seconds(1));
  Refresh();
  EXPECT_EQ(Count("group_members"), 0U);
}

TEST_F(LagRefreshTest, TellsAnIdleGroupFromADeadOne) {
  for (const char* group : {"idle", "dead"}) {
    Commit(0, group);
    times_.NoteCommit(group);
  }
  Pass(seconds(60));
  times_.NoteRequest("idle");
  Refresh();
  EXPECT_EQ(Value("group_last_request_timestamp_seconds", {{"group", "idle"}}), kStart / 1e3 + 60);
  EXPECT_EQ(Value("group_last_commit_timestamp_seconds", {{"group", "idle"}}), kStart / 1e3);
  EXPECT_EQ(Value("group_last_request_timestamp_seconds", {{"group", "dead"}}), kStart / 1e3);
}

TEST_F(LagRefreshTest, AGroupThatHasNotAskedSinceTheStartHasNoTimes) {
  Commit(0);
  Join("a");
  Refresh();
  EXPECT_EQ(Count("group_last_request_timestamp_seconds"), 0U);
  EXPECT_EQ(Count("group_last_commit_timestamp_seconds"), 0U);
}

TEST_F(LagRefreshTest, TheTimesOfAGroupThatHasEndedAreForgotten) {
  Join("a");
  times_.NoteCommit("billing");
  Refresh();
  EXPECT_EQ(Count("group_last_commit_timestamp_seconds"), 1U);
  members_->Leave("billing", "a");
  Refresh();
  EXPECT_EQ(Count("group_last_commit_timestamp_seconds"), 0U);
  EXPECT_EQ(times_.Find("billing"), GroupTime());
}

TEST_F(LagRefreshTest, AGroupThatIsLeftOutKeepsItsTimes) {
  for (std::size_t i = 0; i < kGroupsShownMax; ++i) Commit(0, "group " + std::to_string(i));
  Commit(0, "last");
  times_.NoteCommit("last");
  Refresh();
  EXPECT_EQ(Value("lag_groups_left_out"), 1);
  EXPECT_EQ(times_.Find("last").commit_ms, kStart);
}

TEST_F(LagRefreshTest, AGroupWhoseMembersMayComeBackIsAwaited) {
  const TopicIdPartition orders = {.topic_id = topics_->Describe("orders")->id, .partition = 0};
  ASSERT_TRUE(store_.CommitOffset("billing", orders, 0, "a").ok());
  ASSERT_TRUE(members_->AwaitMembers().ok());
  Refresh();
  EXPECT_EQ(ShownStates(registry_), "awaited");
  Pass(kMembersHeardWithin);
  Refresh();
  EXPECT_EQ(ShownStates(registry_), "empty");
}

TEST_F(LagRefreshTest, BeyondTheLimitTheLagStaysInTheSumOfItsGroup) {
  constexpr std::uint32_t kPartitions = 4;
  constexpr std::uint32_t kGroups = kGroupPartitionsShownMax / kPartitions + 10;
  CreateTopic("many", kPartitions);
  Append(3, "many", 1);
  std::vector<OffsetChange> changes;
  for (std::uint32_t group = 0; group < kGroups; ++group) {
    for (std::uint32_t partition = 0; partition < kPartitions; ++partition) {
      changes.push_back({.group = std::to_string(10'000 + group),
                         .partition = {.topic_id = topics_->Describe("many")->id, .partition = partition},
                         .offset = 0});
    }
  }
  ASSERT_TRUE(store_.ChangeOffsets(changes).ok());
  Refresh();
  EXPECT_EQ(Count("group_lag_records"), kGroupPartitionsShownMax);
  EXPECT_EQ(Value("lag_series_left_out"), 10 * kPartitions);
  const std::string last = std::to_string(10'000 + kGroups - 1);
  EXPECT_EQ(Value("group_lag_records", {{"group", last}, {"partition", "1"}}), std::nullopt);
  EXPECT_EQ(Value("group_partitions", {{"group", last}}), kPartitions);
  EXPECT_EQ(Value("group_lag_sum_records", {{"group", last}}), 3);
  EXPECT_EQ(Value("group_lag_max_records", {{"group", last}}), 3);
}

TEST_F(LagRefreshTest, TellsItsAgeAndDuration) {
  EXPECT_EQ(Value("lag_refresh_age_seconds"), std::nullopt);
  Refresh();
  EXPECT_GE(Value("lag_refresh_age_seconds").value_or(-1), 0);
  EXPECT_EQ(Value("lag_refreshes_total", {{"outcome", "complete"}}), 1);
  const metrics::testing::MetricReader reader(registry_);
  EXPECT_EQ(reader.Histogram("streamhouse_agent_lag_refresh_duration_seconds")->count, 1U);
}

TEST_F(LagRefreshTest, ItsSeriesEndWithIt) {
  Append(1);
  Commit(0);
  Join("a");
  Refresh();
  lag_.reset();
  for (const char* name : {"partition_log_bytes", "group_lag_records", "group_members", "lag_refresh_age_seconds"}) {
    EXPECT_EQ(Count(name), 0U) << name;
  }
}

TEST_F(LagRefreshTest, MayRunBesideAppendsCommitsRetentionAndScrapes) {
  std::thread writer([this] {
    for (int i = 0; i < 200; ++i) {
      Append(1);
      Commit(static_cast<std::uint64_t>(i));
      if (i % 20 == 0) Retain({.bytes_max = 1'000});
    }
  });
  for (int i = 0; i < 50; ++i) {
    Refresh();
    const metrics::testing::MetricReader page(registry_);
    const double held = page.Value("streamhouse_agent_partition_log_end_offset").value_or(0) -
                        page.Value("streamhouse_agent_partition_log_start_offset").value_or(0);
    EXPECT_LE(page.Value("streamhouse_agent_group_lag_records").value_or(0), held);
  }
  writer.join();
  Refresh();
  EXPECT_EQ(Lag(), 1);
}

}  // namespace
}  // namespace streamhouse::agent
