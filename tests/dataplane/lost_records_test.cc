// Records go by retention and by a power cut. With any OffsetReset, a group then reads exactly the
// records that are left and that it has not read.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/dataplane/data_plane_fixture.h"

namespace streamhouse {
namespace {

using std::chrono::milliseconds;

class LostRecordsTest : public DataPlaneFixture, public testing::WithParamInterface<client::OffsetReset> {
 protected:
  LostRecordsTest() : DataPlaneFixture(Config()) {}

  // A segment for each batch, and retention whenever a test asks for it.
  static agent::AgentConfig Config() {
    agent::AgentConfig config = agent::RunningAgent::DefaultConfig({});
    config.segment_bytes = 1;
    config.retention_interval = milliseconds(10);
    config.topics = {{.name = "orders", .partitions = 1}};
    return config;
  }

  // Batches of a record each, whose value is its number among all that were sent.
  void Send(int records) {
    const auto producer = ProducerBuilder().Build().value();
    for (int i = 0; i < records; ++i) {
      ASSERT_TRUE(producer->SendWithCallback("orders", {.value = std::to_string(sent_++)}, nullptr, 0).ok());
      ASSERT_TRUE(producer->Flush(kPatience).ok());
    }
  }

  void StartConsumer(std::uint32_t records_of_a_fetch = 500) {
    client::ConsumerOptions options = MemberOptions();
    options.fetch.offset_reset = GetParam();
    options.fetch.max_records = records_of_a_fetch;
    consumer_ = MakeMember(options);
  }

  // The next records, each named once, in the order in which they come. Fewer when they do not come
  // in time.
  std::string Take(int records) {
    int taken = 0;
    std::string values;
    EXPECT_TRUE(Eventually([&] {
      taken += Poll(values);
      return taken >= records;
    })) << values;
    return values;
  }

  // The next records, up to the one with this value, or all that come in time.
  std::string TakeUntil(const std::string& last) {
    std::string values;
    EXPECT_TRUE(Eventually([&] {
      Poll(values);
      return values.ends_with(last);
    })) << values;
    return values;
  }

  // Appends what has come to `values`; returns how many records.
  int Poll(std::string& values) {
    const auto polled = consumer_->Poll(milliseconds(100));
    if (!polled.ok()) return 0;
    for (const client::ConsumedRecord& record : *polled) {
      values += (values.empty() ? "" : ",") + std::string(record.record.value);
    }
    return static_cast<int>(polled->size());
  }

  // By the consumer itself: where the last commit is another's, it reads again after a restart of
  // the agent.
  void WaitForCommitOf(std::uint64_t next) {
    EXPECT_TRUE(Eventually([&] {
      std::string more;
      EXPECT_EQ(Poll(more), 0) << more;
      return broker_->Committed("billing", {"orders", 0}, client::CallLimits::Within(kPatience)).value() == next;
    }));
  }

  void Commit(std::uint64_t next) {
    const auto limits = client::CallLimits::Within(kPatience);
    ASSERT_TRUE(broker_->Commit({.group = "billing"}, {"orders", 0}, next, limits).ok());
  }

  void RemoveAllButTheLastRecord() {
    const auto limits = client::CallLimits::Within(kPatience);
    ASSERT_TRUE(broker_->SetRetention("orders", {.bytes_max = 1}, limits).ok());
    ASSERT_TRUE(Eventually([&] { return LogStart("orders") + 1 == HighWatermark(0); }));
    ASSERT_TRUE(broker_->SetRetention("orders", {}, limits).ok());
    WaitForARetentionPass();
  }
  // Waits for a pass that has begun with the present settings: it also removes a record of another
  // topic.
  void WaitForARetentionPass() const {
    const auto limits = client::CallLimits::Within(kPatience);
    ASSERT_TRUE(broker_->CreateTopic("other", 1, limits).ok());
    for (int i = 0; i < 2; ++i) {
      client::RecordBatch batch;
      batch.Append({.value = "v"});
      ASSERT_TRUE(broker_->Produce({"other", 0}, batch, limits).ok());
    }
    ASSERT_TRUE(broker_->SetRetention("other", {.bytes_max = 1}, limits).ok());
    ASSERT_TRUE(Eventually([&] { return LogStart("other") == 1; }));
  }
  std::uint64_t LogStart(const std::string& topic) const {
    return broker_->ReadWatermarks({topic, 0}, {}, client::CallLimits::Within(kPatience)).value().log_start_offset;
  }

  // Loses unsynced records as a power cut does.
  void RestartWithout(int records) {
    agent_.Restart([&] { RemoveSegments(records); });
  }
  void RemoveSegments(int count) const {
    std::vector<std::filesystem::path> segments;
    for (const auto& file : std::filesystem::recursive_directory_iterator(agent_.folder())) {
      if (file.path().extension() == ".log") segments.push_back(file.path());
    }
    std::sort(segments.begin(), segments.end());
    ASSERT_GT(segments.size(), static_cast<std::size_t>(count));
    std::for_each_n(segments.rbegin(), count, [](const auto& segment) { std::filesystem::remove(segment); });
  }

  std::unique_ptr<client::Consumer> consumer_;
  int sent_ = 0;
};

TEST_P(LostRecordsTest, AGroupThatRetentionHasPassedContinuesWithTheFirstRecordLeft) {
  Send(10);
  Commit(3);
  RemoveAllButTheLastRecord();
  Send(3);
  StartConsumer();
  EXPECT_EQ(consumer_->Lag("orders", 0).value(), 4U);
  EXPECT_EQ(Take(4), "9,10,11,12");
}

TEST_P(LostRecordsTest, AConsumerThatStaysGetsExactlyTheRecordsWrittenAfterACut) {
  Commit(0);
  StartConsumer();
  Send(6);
  EXPECT_EQ(Take(6), "0,1,2,3,4,5");
  WaitForCommitOf(6);
  RestartWithout(2);
  Send(3);
  EXPECT_EQ(Take(3), "6,7,8");
}

TEST_P(LostRecordsTest, AConsumerThatPausesWhileTheLogGrowsPastItsPositionLosesNoRecord) {
  Commit(0);
  StartConsumer();
  Send(4);
  EXPECT_EQ(Take(4), "0,1,2,3");
  WaitForCommitOf(4);
  RestartWithout(2);
  Send(5);
  EXPECT_EQ(Take(5), "4,5,6,7,8");
  EXPECT_EQ(consumer_->Lag("orders", 0).value(), 0U);
}

// Reads ahead by two records, and then stands still over both restarts.
TEST_P(LostRecordsTest, AConsumerThatPausesOverACutAndASecondRestartLosesNoRecord) {
  Commit(0);
  Send(4);
  StartConsumer(1);
  EXPECT_EQ(Take(1), "0");
  ASSERT_TRUE(Eventually([&] {
    return agent_.Value("grpc_requests_total", {{"method", "Fetch"}, {"code", "OK"}}) == 3;
  }));
  RestartWithout(2);
  Send(4);
  RestartWithout(0);
  const std::string rest = TakeUntil("7");
  EXPECT_TRUE(rest.ends_with("4,5,6,7")) << rest;
}

INSTANTIATE_TEST_SUITE_P(EveryPolicy, LostRecordsTest,
                         testing::Values(client::OffsetReset::kEarliest, client::OffsetReset::kLatest));

}  // namespace
}  // namespace streamhouse
