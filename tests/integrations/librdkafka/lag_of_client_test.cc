// Goal: a client has a lag only where the end of the log is of a fetch after the last obstacle.
#include "integrations/librdkafka/client_state.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "integrations/librdkafka/lag_rule.h"
#include "integrations/librdkafka/statistics.h"
#include "tests/integrations/librdkafka/client_state_fixture.h"

namespace streamhouse::librdkafka {
namespace {

class LagOfClientTest : public ClientStateFixture {
 protected:
  MonotonicTime Now() const { return std::chrono::seconds(seconds_); }

  // In documents of `next`, from the one after the last moment at which the partition may not have
  // been fetched. By default the wait is 6.5 s.
  void ExpectLagAfterARefetch(const std::function<Statistics()>& next, std::int64_t lag) {
    for (int i = 0; i < 6; ++i) {
      EXPECT_EQ(LagAfter(next()), std::nullopt) << i;
    }
    EXPECT_EQ(LagAfter(next()), lag);
  }
  void ExpectLagAfterARefetch(const PartitionStatistics& partition, std::int64_t lag) {
    ExpectLagAfterARefetch([&] { return ConsumerDocument(partition); }, lag);
  }
  // The first document shows that the partition can be fetched again, which the last one did not.
  void ExpectLagAfterAnObstacle(const PartitionStatistics& partition, std::int64_t lag) {
    EXPECT_EQ(LagAfter(ConsumerDocument(partition)), std::nullopt);
    ExpectLagAfterARefetch(partition, lag);
  }
};

TEST_F(LagOfClientTest, KnowsTheLagOfAPartitionThatIsFetched) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  EXPECT_EQ(state_.partitions()[0].position, 3);
  EXPECT_EQ(state_.partitions()[0].committed, 3);
}

TEST_F(LagOfClientTest, KnowsNoLagWhileTheBrokerIsDown) {
  Statistics document = ConsumerDocument(Partition(0, 3));
  document.brokers[0].state = "CONNECT";
  EXPECT_EQ(LagAfter(document), std::nullopt);
  EXPECT_EQ(state_.partitions()[0].lag.at_least, 7);
}

TEST_F(LagOfClientTest, KnowsNoLagWhileTheBrokerIsSilent) {
  Statistics document = ConsumerDocument(Partition(0, 3));
  document.brokers[0].rxidle = 2'500'000;
  EXPECT_EQ(LagAfter(document), 7);
  document.brokers[0].rxidle += 1;
  EXPECT_EQ(LagAfter(document), std::nullopt);
}

TEST_F(LagOfClientTest, KnowsNoLagBeforeTheBrokerHasAnswered) {
  Statistics document = ConsumerDocument(Partition(0, 3));
  document.brokers[0].rxidle = -1;
  EXPECT_EQ(LagAfter(document), std::nullopt);
}

TEST_F(LagOfClientTest, KnowsNoLagAfterTheBrokerHasLeft) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  Statistics document = ConsumerDocument(Partition(0, 3));
  document.brokers.clear();
  EXPECT_EQ(LagAfter(document), std::nullopt);
}

// It has a connection of its own.
TEST_F(LagOfClientTest, TheCoordinatorDoesNotAnswerForItsBroker) {
  Statistics document = ConsumerDocument(Partition(0, 3));
  document.brokers[0].rxidle = 60'000'000;
  document.brokers.push_back(Broker("kafka:9092/1", 1));
  document.brokers[1].name = "GroupCoordinator";
  document.brokers[1].source = "logical";
  EXPECT_EQ(LagAfter(document), std::nullopt);
}

TEST_F(LagOfClientTest, KnowsNoLagWithoutTheBrokerOfThePartition) {
  PartitionStatistics partition = Partition(0, 3);
  partition.broker = 2;
  EXPECT_EQ(LagAfter(ConsumerDocument(partition)), std::nullopt);
}

TEST_F(LagOfClientTest, KnowsNoLagOfAPausedPartition) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  state_.Pause("orders", 0);
  EXPECT_EQ(state_.partitions()[0].lag.exact, std::nullopt);
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), std::nullopt);
}

// The broker answers for other partitions meanwhile, so rxidle is young.
TEST_F(LagOfClientTest, KnowsNoLagAfterAPauseUntilThePartitionIsFetchedAgain) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  state_.Pause("orders", 0);
  seconds_ += 600;
  state_.Resume("orders", 0, Now());
  ExpectLagAfterARefetch(Partition(0, 3), 7);
}

TEST_F(LagOfClientTest, ADocumentOfThePauseThatComesLateProvesNothing) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  state_.Pause("orders", 0);
  state_.Resume("orders", 0, Now() + std::chrono::seconds(600));
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), std::nullopt);
  seconds_ += 599;
  ExpectLagAfterARefetch(Partition(0, 3), 7);
}

TEST_F(LagOfClientTest, AnEarlierObstacleDoesNotShortenTheWait) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  state_.Resume("orders", 0, Now() + std::chrono::seconds(2));
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), std::nullopt);
  state_.NoteLostDocument();
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), std::nullopt);
  ExpectLagAfterARefetch(Partition(0, 3), 7);
}

TEST_F(LagOfClientTest, TheEndOfAPauseDoesNotShortenTheWait) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  state_.NoteLostDocument();
  state_.Resume("orders", 0, Now());
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), std::nullopt);
  ExpectLagAfterARefetch(Partition(0, 3), 7);
}

TEST_F(LagOfClientTest, WaitsAsLongAsTheSettingsOfFetchesSay) {
  const ClientSettings slow = {.fetch_wait = std::chrono::seconds(3),
                               .queue_backoff = std::chrono::seconds(10),
                               .error_backoff = std::chrono::seconds(15)};
  EXPECT_EQ(FetchTime(slow), std::chrono::seconds(5));
  EXPECT_EQ(RefetchTime(slow), std::chrono::seconds(35));
  EXPECT_EQ(RefetchTime({}), std::chrono::milliseconds(6500));
}

// The connection broke during a Fetch, and was back at once.
TEST_F(LagOfClientTest, KnowsNoLagWhileAFetchThatFailedBacksOff) {
  ClientState slow{{.error_backoff = std::chrono::seconds(15)}};
  const auto lag_after = [&](std::int64_t disconnects) {
    Statistics document = ConsumerDocument(Partition(0, 3));
    document.brokers[0].disconnects = disconnects;
    slow.Take(document, counters_);
    return slow.partitions()[0].lag.exact;
  };
  EXPECT_EQ(lag_after(0), 7);
  for (int i = 0; i <= 21; ++i) {
    EXPECT_EQ(lag_after(1), std::nullopt) << i;
  }
  EXPECT_EQ(lag_after(1), 7);
}

// What kept librdkafka from fetching may have lasted until just before the document.
TEST_F(LagOfClientTest, ADocumentLongAfterAnObstacleProvesNoFetch) {
  Statistics silent = ConsumerDocument(Partition(0, 3));
  silent.brokers[0].state = "CONNECT";
  EXPECT_EQ(LagAfter(silent), std::nullopt);
  seconds_ += 59;
  ExpectLagAfterAnObstacle(Partition(0, 3), 7);
}

// A new assignment goes on with the end that the last one left.
TEST_F(LagOfClientTest, KnowsNoLagAfterAnAssignmentUntilThePartitionIsFetchedAgain) {
  PartitionStatistics partition = Partition(0, kUnknownOffset);
  partition.is_desired = false;
  EXPECT_EQ(LagAfter(ConsumerDocument(partition)), std::nullopt);
  partition.is_desired = true;
  ExpectLagAfterAnObstacle(partition, 0);
  partition.is_active = false;
  EXPECT_EQ(LagAfter(ConsumerDocument(partition)), std::nullopt);
  partition.is_active = true;
  ExpectLagAfterAnObstacle(partition, 0);
}

TEST_F(LagOfClientTest, TheFirstEndOfAPartitionIsOfAYoungFetch) {
  PartitionStatistics partition = Partition(0, 3);
  partition.is_active = false;
  partition.ls_offset = kUnknownOffset;
  EXPECT_EQ(LagAfter(ConsumerDocument(partition)), std::nullopt);
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
}

TEST_F(LagOfClientTest, KnowsNoLagOfAPartitionWithANewLeaderUntilItIsFetchedAgain) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  const auto of_new_leader = [&] {
    PartitionStatistics partition = Partition(0, 3);
    partition.broker = 2;
    Statistics document = ConsumerDocument(partition);
    document.brokers[0].nodeid = 2;
    return document;
  };
  EXPECT_EQ(LagAfter(of_new_leader()), std::nullopt);
  ExpectLagAfterARefetch(of_new_leader, 7);
}

// The last leader may have told the end since the document before.
TEST_F(LagOfClientTest, TheFirstEndOfAPartitionMayBeOfItsLastLeader) {
  PartitionStatistics partition = Partition(0, 3);
  partition.broker = 2;
  partition.ls_offset = kUnknownOffset;
  EXPECT_EQ(LagAfter(ConsumerDocument(partition)), std::nullopt);
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), std::nullopt);
  ExpectLagAfterARefetch(Partition(0, 3), 7);
}

TEST_F(LagOfClientTest, TheFirstEndOfAPartitionIsOfItsFirstLeader) {
  PartitionStatistics partition = Partition(0, 3);
  partition.broker = -1;
  partition.ls_offset = kUnknownOffset;
  EXPECT_EQ(LagAfter(ConsumerDocument(partition)), std::nullopt);
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
}

TEST_F(LagOfClientTest, KnowsNoLagAfterAReconnectUntilThePartitionIsFetchedAgain) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  const auto reconnected = [&] {
    Statistics document = ConsumerDocument(Partition(0, 3));
    document.brokers[0].disconnects = 1;
    return document;
  };
  EXPECT_EQ(LagAfter(reconnected()), std::nullopt);
  ExpectLagAfterARefetch(reconnected, 7);
}

// librdkafka pauses all partitions until the program assigns.
TEST_F(LagOfClientTest, KnowsNoLagWhileTheGroupWaitsForTheProgram) {
  for (const char* const join_state : {"wait-assign-call", "wait-unassign-call"}) {
    Statistics document = ConsumerDocument(Partition(0, 3));
    document.cgrp.join_state = join_state;
    EXPECT_EQ(LagAfter(document), std::nullopt);
    ExpectLagAfterAnObstacle(Partition(0, 3), 7);
  }
}

// Without a rebalance callback.
TEST_F(LagOfClientTest, KnowsNoLagAfterARebalanceBetweenTwoDocuments) {
  const auto rebalanced = [&](std::int64_t rebalances) {
    Statistics document = ConsumerDocument(Partition(0, 3));
    document.cgrp = {.join_state = "steady", .rebalance_cnt = rebalances, .assignment_size = 1};
    return document;
  };
  EXPECT_EQ(LagAfter(rebalanced(1)), 7);
  EXPECT_EQ(LagAfter(rebalanced(2)), std::nullopt);
  ExpectLagAfterARefetch([&] { return rebalanced(2); }, 7);
}

// Revoked and assigned again: the end may be of the time before.
TEST_F(LagOfClientTest, TheFirstEndOfAPartitionMayBeOfAnAssignmentBefore) {
  const auto rebalanced = [&] {
    Statistics document = ConsumerDocument(Partition(0, 3));
    document.cgrp = {.join_state = "steady", .rebalance_cnt = 3, .assignment_size = 1};
    return document;
  };
  EXPECT_EQ(LagAfter(rebalanced()), std::nullopt);
  ExpectLagAfterARefetch(rebalanced, 7);
}

TEST_F(LagOfClientTest, ALostDocumentProvesNoFetch) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  state_.NoteLostDocument();
  EXPECT_EQ(state_.partitions()[0].lag.exact, 7);
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), std::nullopt);
  ExpectLagAfterARefetch(Partition(0, 3), 7);
}

TEST_F(LagOfClientTest, AClientWhosePauseIsLostHasNoLagFromTheNextDocumentOn) {
  state_.NoteLostPause();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), std::nullopt);
    EXPECT_EQ(state_.partitions()[0].lag.at_least, 7);
  }
}

TEST_F(LagOfClientTest, KnowsNoLagWhileTheQueueOfThePartitionIsFull) {
  ClientState state{{.queued_records = 5, .queued_kilobytes = 2}};
  const auto lag_with = [&](std::int64_t records, std::int64_t bytes) {
    PartitionStatistics partition = Partition(0, 3);
    partition.fetchq_cnt = records;
    partition.fetchq_size = bytes;
    state.Take(ConsumerDocument(partition), counters_);
    EXPECT_EQ(state.partitions()[0].lag.at_least, 7);
    return state.partitions()[0].lag.exact;
  };
  EXPECT_EQ(lag_with(4, 1999), 7);
  EXPECT_EQ(lag_with(5, 10), std::nullopt);
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(lag_with(4, 10), std::nullopt);
  }
  EXPECT_EQ(lag_with(4, 10), 7);
  EXPECT_EQ(lag_with(1, 2000), std::nullopt);
}

TEST_F(LagOfClientTest, APauseOutlivesARevocation) {
  state_.Pause("orders", 0);
  PartitionStatistics revoked = Partition(0, 3);
  revoked.is_desired = false;
  EXPECT_EQ(LagAfter(ConsumerDocument(revoked)), std::nullopt);
  EXPECT_TRUE(state_.partitions().empty());
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), std::nullopt);
  state_.Resume("orders", 0, Now());
  ExpectLagAfterARefetch(Partition(0, 3), 7);
}

TEST_F(LagOfClientTest, ForgetsPositionsUntilTheNextDocument) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  state_.ForgetPositions(Now());
  EXPECT_EQ(state_.partitions()[0].lag.at_least, std::nullopt);
  EXPECT_EQ(state_.partitions()[0].position, std::nullopt);
  ExpectLagAfterARefetch(Partition(0, 4), 6);
  EXPECT_EQ(state_.partitions()[0].position, 4);
}

TEST_F(LagOfClientTest, ADocumentOfTheMomentOfARebalanceGivesAPosition) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  state_.ForgetPositions(Now() + std::chrono::seconds(1));
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 4))), std::nullopt);
  EXPECT_EQ(state_.partitions()[0].position, 4);
}

// The end may be of the assignment before.
TEST_F(LagOfClientTest, ARebalanceBeforeTheFirstEndMakesThatEndOld) {
  PartitionStatistics partition = Partition(0, 3);
  partition.ls_offset = kUnknownOffset;
  EXPECT_EQ(LagAfter(ConsumerDocument(partition)), std::nullopt);
  state_.ForgetPositions(Now());
  ExpectLagAfterARefetch(Partition(0, 3), 7);
}

// The program polls it after the revocation, which it was emitted before.
TEST_F(LagOfClientTest, ADocumentFromBeforeARebalanceGivesNoPosition) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  state_.ForgetPositions(Now() + MonotonicTime(1'000'001));
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), std::nullopt);
  ASSERT_EQ(state_.partitions().size(), 1U);
  EXPECT_EQ(state_.partitions()[0].lag.at_least, std::nullopt);
  EXPECT_EQ(state_.partitions()[0].position, std::nullopt);
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), std::nullopt);
  EXPECT_EQ(state_.partitions()[0].position, 3);
}

}  // namespace
}  // namespace streamhouse::librdkafka
