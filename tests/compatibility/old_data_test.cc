// Goal: what an agent of an old revision has written is served by today's, and goes on. Method: a
// folder that such an agent has left without stopping, made by make_data.sh; old_records.h says
// what is in it.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "agent/agent.h"
#include "agent/agent_config.h"
#include "client/agent_broker/agent_broker.h"
#include "client/broker.h"
#include "client/consumer.h"
#include "tests/agent/support/temporary_folder.h"
#include "tests/compatibility/old_records.h"
#include "tests/support/eventually.h"

namespace streamhouse::compatibility {
namespace {

using client::CallLimits;
using client::StatusCode;
using client::TopicPartition;

CallLimits Patient() {
  return CallLimits::Within(std::chrono::seconds(30));
}

class OldDataTest : public testing::Test {
 protected:
  OldDataTest() {
    const std::string unpack = "tar --extract --gzip --file=tests/compatibility/data_649b0c3.tar.gz --directory=";
    EXPECT_EQ(std::system((unpack + folder_.path()).c_str()), 0);
    Start();
  }

  void Start() {
    agent::AgentConfig config = {.data_folder = folder_.path()};
    config.grpc_port = 0;
    config.segment_bytes = kOldSegmentBytes;
    agent_ = agent::Agent::Make(config).value();
    const auto started = agent_->Start();
    ASSERT_TRUE(started.ok()) << started.message();
    broker_ = client::MakeAgentBroker({.address = "127.0.0.1:" + std::to_string(agent_->grpc_port())}).value();
  }
  void Restart() {
    EXPECT_TRUE(agent_->Stop().ok());
    Start();
  }

  // Where what retention has left begins; make_data.sh printed it.
  static std::uint64_t StartOf(const TopicPartition& partition) {
    if (partition.topic != "trimmed") return 0;
    return partition.partition == 0 ? 480 : 360;
  }
  static std::vector<std::pair<TopicPartition, std::uint64_t>> PartitionsAndEnds() {
    std::vector<std::pair<TopicPartition, std::uint64_t>> all;
    for (const OldTopic& topic : OldTopics()) {
      for (std::uint32_t i = 0; i < topic.partitions; ++i) all.push_back({{topic.name, i}, topic.RecordsOf(i)});
    }
    return all;
  }

  // Every record of [begin, end) is the one that was written there.
  void ExpectOldRecords(const TopicPartition& partition, std::uint64_t begin, std::uint64_t end) const {
    for (std::uint64_t offset = begin; offset < end;) {
      const auto fetched = broker_->Fetch({.partition = partition, .offset = offset}, Patient());
      ASSERT_TRUE(fetched.ok()) << fetched.status().message();
      ASSERT_EQ(fetched.value().base_offset, offset);
      ASSERT_FALSE(fetched.value().records.empty());
      for (std::size_t i = 0; i < fetched.value().records.size() && offset < end; ++i, ++offset) {
        const OldRecord old(partition.topic, partition.partition, offset);
        EXPECT_EQ(fetched.value().records[i], old.view()) << partition.ToString() << " at " << offset;
      }
    }
  }

  // The records that a member of the group reads until it has caught up. It commits them.
  std::set<std::tuple<std::string, std::uint32_t, std::uint64_t>> ReadAsMember(const std::string& group,
                                                                               const std::string& topic,
                                                                               std::size_t records) const {
    const auto consumer =
        client::Consumer::Builder().broker(broker_).options({.topics = {topic}, .group = group}).Build().value();
    std::set<std::tuple<std::string, std::uint32_t, std::uint64_t>> given;
    EXPECT_TRUE(Eventually([&] {
      const auto polled = consumer->Poll(std::chrono::milliseconds(100)).value();
      for (const client::ConsumedRecord& record : polled) {
        given.emplace(record.partition.topic, record.partition.partition, record.offset);
      }
      return given.size() >= records;
    }));
    EXPECT_TRUE(consumer->Commit().ok());
    EXPECT_TRUE(consumer->Close().ok());
    return given;
  }

  agent::TemporaryFolder folder_;
  std::unique_ptr<agent::Agent> agent_;
  std::shared_ptr<client::Broker> broker_;
};

TEST_F(OldDataTest, HasEveryTopicWithItsRetention) {
  const auto topics = broker_->ListTopics(Patient()).value();
  ASSERT_EQ(topics.size(), OldTopics().size());
  for (std::size_t i = 0; i < topics.size(); ++i) {
    EXPECT_EQ(topics[i].name, OldTopics()[i].name);
    EXPECT_EQ(topics[i].partitions, OldTopics()[i].partitions);
    EXPECT_EQ(topics[i].retention.age_max, OldTopics()[i].age_max);
    EXPECT_EQ(topics[i].retention.bytes_max, OldTopics()[i].bytes_max);
    EXPECT_EQ(topics[i].not_served, "");
  }
}

TEST_F(OldDataTest, HasEveryRecordAtItsOffset) {
  for (const auto& [partition, end] : PartitionsAndEnds()) {
    const auto watermarks = broker_->ReadWatermarks(partition, {}, Patient()).value();
    EXPECT_EQ(watermarks.log_start_offset, StartOf(partition));
    EXPECT_EQ(watermarks.high_watermark, end);
    ExpectOldRecords(partition, watermarks.log_start_offset, end);
  }
}

TEST_F(OldDataTest, KeepsWhatGroupsHaveCommitted) {
  for (const OldCommit& commit : OldCommits()) {
    const auto next = broker_->Committed(commit.group, {commit.topic, commit.partition}, Patient());
    EXPECT_EQ(next.value(), commit.next) << commit.group << " in " << commit.topic << "/" << commit.partition;
  }
  EXPECT_EQ(broker_->Committed("audit", {"orders", 0}, Patient()).value(), std::nullopt);
}

TEST_F(OldDataTest, AGroupIsGivenWhatItHasNotHadAndNothingElse) {
  std::set<std::tuple<std::string, std::uint32_t, std::uint64_t>> expected;
  for (const OldCommit& commit : OldCommits()) {
    if (commit.group != "billing" || commit.topic != "orders") continue;
    const std::uint64_t end = OldTopics()[2].RecordsOf(commit.partition);
    for (std::uint64_t offset = commit.next; offset < end; ++offset)
      expected.emplace("orders", commit.partition, offset);
  }
  EXPECT_EQ(ReadAsMember("billing", "orders", expected.size()), expected);
  EXPECT_EQ(broker_->Committed("billing", {"orders", 0}, Patient()).value(), 500U);
}

TEST_F(OldDataTest, AcknowledgesTheLastBatchOfAProducerAgainWithoutWritingIt) {
  for (const auto& [partition, end] : PartitionsAndEnds()) {
    if (end == 0) continue;
    const auto last = OldBatch(partition.topic, partition.partition, end - kBatchRecords);
    EXPECT_EQ(broker_->Produce(partition, last, Patient()).value(), end - kBatchRecords);
    EXPECT_EQ(broker_->ReadWatermarks(partition, {}, Patient()).value().high_watermark, end);
  }
}

TEST_F(OldDataTest, RefusesABatchBeforeTheLastOneOfItsProducer) {
  EXPECT_FALSE(broker_->Produce({"orders", 0}, OldBatch("orders", 0, 100), Patient()).ok());
  EXPECT_EQ(broker_->ReadWatermarks({"orders", 0}, {}, Patient()).value().high_watermark, 500U);
}

TEST_F(OldDataTest, WritesOnBehindOldSegmentsAndReadsBothAfterARestart) {
  constexpr std::uint64_t kMore = 300;
  for (const auto& [partition, end] : PartitionsAndEnds()) {
    for (std::uint64_t first = end; first < end + kMore; first += kBatchRecords) {
      const auto batch = OldBatch(partition.topic, partition.partition, first);
      ASSERT_EQ(broker_->Produce(partition, batch, Patient()).value(), first);
    }
  }
  Restart();
  for (const auto& [partition, end] : PartitionsAndEnds()) {
    const std::uint64_t start = broker_->ReadWatermarks(partition, {}, Patient()).value().log_start_offset;
    EXPECT_GE(start, StartOf(partition));
    ExpectOldRecords(partition, start, end + kMore);
  }
}

TEST_F(OldDataTest, RemembersCommitsMadeSinceThenOverARestart) {
  ASSERT_TRUE(broker_->Commit({.group = "billing"}, {"orders", 0}, 456, Patient()).ok());
  ASSERT_TRUE(broker_->Commit({.group = "new"}, {"orders", 1}, 7, Patient()).ok());
  Restart();
  EXPECT_EQ(broker_->Committed("billing", {"orders", 0}, Patient()).value(), 456U);
  EXPECT_EQ(broker_->Committed("billing", {"orders", 1}, Patient()).value(), 399U);
  EXPECT_EQ(broker_->Committed("new", {"orders", 1}, Patient()).value(), 7U);
}

}  // namespace
}  // namespace streamhouse::compatibility
