// Goal: the loss of power takes no more than the sync policy says, and what is left is served
// again. Method: the power goes after every number of batches, and leaves nothing, half or zeros of
// what was not synced.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "agent/log/partition_log.h"
#include "agent/testing/faulty_file_system.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

class PowerLossTest : public testing::TestWithParam<std::tuple<SyncPolicy, Leftover>> {
 protected:
  static constexpr int kBatches = 12;
  static constexpr int kInterval = 3;  // in batches, for SyncPolicy::kInterval

  static std::string Value(std::uint64_t offset) { return "value " + std::to_string(offset); }
  static SyncPolicy policy() { return std::get<0>(GetParam()); }

  static std::unique_ptr<PartitionLog> Open(FileSystem& files, const std::string& folder) {
    auto log = PartitionLog::Open(files, folder, {.segment_bytes = 200, .sync_policy = policy()});
    EXPECT_TRUE(log.ok()) << log.status().message();
    return log.ok() ? *std::move(log) : nullptr;
  }

  // Appends so many batches of a record, and loses power. The first offset that may be lost.
  static std::uint64_t WriteAndLosePower(const std::string& folder, int batches) {
    FaultyFileSystem files(PosixFileSystem());
    const auto log = Open(files, folder);
    std::uint64_t promised = 0;
    for (int i = 0; i < batches; ++i) {
      EXPECT_TRUE(log->Append(BatchOf({Value(i)}), 1).ok());
      const bool is_time = policy() == SyncPolicy::kInterval && i % kInterval == kInterval - 1;
      EXPECT_TRUE(!is_time || log->Sync().ok());
      if (is_time || policy() == SyncPolicy::kEachBatch) promised = log->HighWatermark();
    }
    files.LosePower(std::get<1>(GetParam()));
    return promised;
  }

  static std::vector<std::string> ReadAll(const PartitionLog& log) {
    std::vector<std::string> values;
    while (values.size() < log.HighWatermark()) {
      const auto keep = [&](const RecordView& record) { values.emplace_back(record.value); };
      if (!log.Read(values.size(), {.records = 100, .bytes = 1'000}, keep).ok()) break;
    }
    return values;
  }
};

TEST_P(PowerLossTest, TakesNoMoreThanThePolicySays) {
  for (int batches = 0; batches <= kBatches; ++batches) {
    const TemporaryFolder folder;
    const std::uint64_t promised = WriteAndLosePower(folder.path(), batches);
    const auto log = Open(PosixFileSystem(), folder.path());
    ASSERT_NE(log, nullptr);
    EXPECT_GE(log->HighWatermark(), promised);
    ASSERT_TRUE(log->Append(BatchOf({Value(log->HighWatermark())}), 1).ok());
    const std::vector<std::string> values = ReadAll(*log);
    EXPECT_EQ(values.size(), log->HighWatermark());
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(values[i], Value(i));
  }
}

// The producer's sequences are ahead of the log that is left. Its next batch is new, though others
// are missing before.
TEST_P(PowerLossTest, TakesTheNextBatchOfAProducerWhoseLastOnesAreLost) {
  const auto batch = [](std::uint64_t sequence) {
    BatchBuilder one = BatchOf({Value(sequence)});
    one.SetProducer(7, sequence);
    return one;
  };
  const TemporaryFolder folder;
  FaultyFileSystem files(PosixFileSystem());
  {
    const auto log = Open(files, folder.path());
    ASSERT_TRUE(log->Append(batch(0), 1).ok());
    ASSERT_TRUE(log->Sync().ok());
    ASSERT_TRUE(log->Append(batch(1), 1).ok());
    files.LosePower(std::get<1>(GetParam()));
  }
  const auto log = Open(PosixFileSystem(), folder.path());
  const std::uint64_t end = log->HighWatermark();
  auto next = log->Append(batch(2), 1);
  ASSERT_TRUE(next.ok());
  EXPECT_EQ(next->base_offset, end);
  EXPECT_FALSE(next->was_there);
  EXPECT_TRUE(log->Append(batch(2), 1)->was_there);
}

INSTANTIATE_TEST_SUITE_P(EveryLeftover, PowerLossTest,
                         testing::Combine(testing::Values(SyncPolicy::kEachBatch, SyncPolicy::kInterval),
                                          testing::Values(Leftover::kNothing, Leftover::kHalf, Leftover::kZeros)));

}  // namespace
}  // namespace streamhouse::agent
