// When records were appended: what retention and lag go by.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/log/partition_log.h"
#include "agent/log/segment_reader.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

using Times = std::vector<std::int64_t>;

constexpr std::int64_t kNow = 1700000000000;
constexpr std::int64_t kHour = 3'600'000;
constexpr Retention kOneHour = {.age_max = std::chrono::hours(1)};

class AppendTimeTest : public testing::Test {
 protected:
  AppendTimeTest() { Open(); }

  void Open() {
    log_.reset();
    auto log = PartitionLog::Open(PosixFileSystem(), folder_.path(),
                                  {.wall_clock = [this] { return now_; }, .steady_clock = [this] { return steady_; }});
    ASSERT_TRUE(log.ok()) << log.status().message();
    log_ = *std::move(log);
  }
  // The records were sent at these times, and are appended now.
  void Append(const Times& sent) {
    BatchBuilder batch;
    for (const std::int64_t time : sent) batch.Add({.key = std::nullopt, .value = "v", .timestamp_ms = time});
    ASSERT_TRUE(log_->Append(batch, 1).ok());
  }
  // The next record begins a segment.
  void Roll() {
    log_.reset();
    auto log = PartitionLog::Open(
        PosixFileSystem(), folder_.path(),
        {.segment_bytes = 1, .wall_clock = [this] { return now_; }, .steady_clock = [this] { return steady_; }});
    ASSERT_TRUE(log.ok()) << log.status().message();
    log_ = *std::move(log);
  }
  // A segment of an older program, written to at `file_time_ms`.
  void WriteOldSegment(std::uint32_t version, std::int64_t sent_at, std::int64_t file_time_ms) {
    BatchBuilder batch;
    batch.Add({.key = std::nullopt, .value = "v", .timestamp_ms = sent_at});
    log_.reset();
    WriteRawFile(first_, BatchBytes(batch, 0, 1, version, sent_at));
    const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(file_time_ms)};
    std::filesystem::last_write_time(first_, std::chrono::file_clock::from_sys(time));
    Open();
  }
  Times ReadTimestamps() const {
    Times times;
    const auto note = [&times](const RecordView& record) { times.push_back(record.timestamp_ms); };
    EXPECT_TRUE(log_->Read(0, {.records = 100, .bytes = 10'000}, note).ok());
    return times;
  }
  // In the headers of the first segment.
  Times AppendTimes() const {
    const auto file = *PosixFileSystem().OpenForRead(first_);
    SegmentReader reader(*file, first_, 0, *PosixFileSystem().FileSize(first_));
    Times times;
    for (auto header = reader.ReadHeader(); (*header).has_value(); header = reader.ReadHeader()) {
      times.push_back((**header).append_time_ms);
      reader.Skip(**header);
    }
    return times;
  }

  TemporaryFolder folder_;
  const std::string first_ = folder_ / "00000000000000000000.log";
  std::int64_t now_ = kNow;
  const std::int64_t steady_ = kNow;
  std::unique_ptr<PartitionLog> log_;
};

// Timestamps that producers send by mistake or on purpose, and the time at which such a record
// counts as sent.
struct Sent {
  const char* name;
  std::int64_t timestamp;
  std::int64_t counts_as;
};

class SentTimestampTest : public AppendTimeTest, public testing::WithParamInterface<Sent> {};

TEST_P(SentTimestampTest, DoesNotDecideWhenARecordIsRemoved) {
  Append({GetParam().timestamp});
  EXPECT_EQ(log_->ApplyRetention(kOneHour, kNow + kHour).value(), 0U);
  Open();
  EXPECT_EQ(log_->ApplyRetention(kOneHour, kNow + kHour).value(), 0U);
  EXPECT_EQ(log_->ApplyRetention(kOneHour, kNow + kHour + 1).value(), 1U);
}

TEST_P(SentTimestampTest, ReachesReadersUnchanged) {
  Append({GetParam().timestamp});
  EXPECT_EQ(ReadTimestamps(), Times{GetParam().timestamp});
}

TEST_P(SentTimestampTest, CountsForLagIfItIsPositiveAndNotInTheFuture) {
  Append({GetParam().timestamp});
  now_ += kHour;
  EXPECT_EQ(log_->FindTimestamp(0).value(), GetParam().counts_as);
}

INSTANTIATE_TEST_SUITE_P(Units, SentTimestampTest,
                         testing::Values(Sent{"Milliseconds", kNow - 5, kNow - 5},
                                         Sent{"Microseconds", kNow * 1000, kNow},
                                         Sent{"Seconds", kNow / 1000, kNow / 1000}, Sent{"Zero", 0, kNow},
                                         Sent{"Negative", -5, kNow}, Sent{"Future", kNow + 1, kNow}),
                         [](const auto& info) { return info.param.name; });

TEST_F(AppendTimeTest, FollowsTheClockBackAfterATimeThatWasAhead) {
  Append({kNow});
  now_ += 24 * kHour;
  Append({kNow});
  now_ = kNow + 1;
  Append({kNow});
  Open();
  Append({kNow});
  EXPECT_EQ(AppendTimes(), (Times{kNow, kNow + 24 * kHour, kNow + 1, kNow + 1}));
}

// A step of the system's clock while the log is open, or before it is opened again.
class ClockStepTest : public AppendTimeTest, public testing::WithParamInterface<std::int64_t> {};

TEST_P(ClockStepTest, RemovesSegmentsByTheSteadyClock) {
  Append({kNow});
  now_ += GetParam();
  Append({kNow});
  EXPECT_EQ(log_->ApplyRetention(kOneHour, steady_ + kHour).value(), 0U);
  EXPECT_EQ(log_->ApplyRetention(kOneHour, steady_ + kHour + 1).value(), 1U);
}

TEST_P(ClockStepTest, RemovesNothingEarlyWhereTheLogIsOpenedAfterIt) {
  Append({kNow});
  now_ += GetParam();
  Append({kNow});
  now_ = kNow;
  Open();
  EXPECT_EQ(log_->ApplyRetention(kOneHour, steady_ + kHour).value(), 0U);
  EXPECT_EQ(log_->ApplyRetention(kOneHour, steady_ + kHour + 1).value(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Steps, ClockStepTest, testing::Values(kHour + 1, -kHour - 1, kNow, -kNow));

TEST_F(AppendTimeTest, ATimeOfAClockThatHadLostItsDateMakesNoLag) {
  now_ = 0;
  Append({kNow});
  EXPECT_EQ(log_->FindTimestamp(0).value(), kNow);
}

TEST_F(AppendTimeTest, ATimeInTheFutureHoldsNoOtherSegmentUp) {
  now_ = 2 * kNow;
  Append({kNow});
  now_ = kNow;
  Roll();
  Append({kNow});
  now_ += kHour + 1;
  Open();
  EXPECT_EQ(log_->ApplyRetention(kOneHour, steady_).value(), 2U);
}

TEST_F(AppendTimeTest, ATimeOfAClockThatHadLostItsDateRemovesNothingEarly) {
  now_ = 0;
  Append({kNow});
  Open();
  now_ = kNow;
  EXPECT_EQ(log_->ApplyRetention(kOneHour, steady_ + kHour).value(), 0U);
  Open();
  EXPECT_EQ(log_->ApplyRetention(kOneHour, steady_ + kHour).value(), 0U);
}

TEST_F(AppendTimeTest, IsThatOfTheFileInOlderSegments) {
  for (const std::uint32_t version : {1, 2}) {
    WriteOldSegment(version, kNow * 1000, kNow - 5);
    EXPECT_EQ(ReadTimestamps(), Times{kNow * 1000});
    EXPECT_EQ(log_->FindTimestamp(0).value(), kNow - 5);
    EXPECT_EQ(log_->ApplyRetention(kOneHour, kNow - 5 + kHour).value(), 0U);
    EXPECT_EQ(log_->ApplyRetention(kOneHour, kNow - 4 + kHour).value(), 1U);
    for (const auto& file : std::filesystem::directory_iterator(folder_.path())) std::filesystem::remove(file);
  }
}

TEST_F(AppendTimeTest, TheTimeOfAnOlderSegmentIsNeverInTheFuture) {
  WriteOldSegment(1, 0, kNow + kHour);
  EXPECT_EQ(log_->FindTimestamp(0).value(), kNow);
}

TEST_F(AppendTimeTest, TheTimeOfAnOlderSegmentStaysWhenTheLogGrows) {
  WriteOldSegment(1, 0, kNow - kHour);
  Append({0});
  Open();
  EXPECT_EQ(log_->FindTimestamp(0).value(), kNow - kHour);
  EXPECT_EQ(log_->FindTimestamp(1).value(), kNow);
}

TEST_F(AppendTimeTest, LeadsToTheFirstRecordThatWasAppendedThenOrLater) {
  Append({0, 0});
  now_ += kHour;
  Append({0});
  EXPECT_EQ(log_->FindOffset(0).value(), 0U);
  EXPECT_EQ(log_->FindOffset(kNow).value(), 0U);
  EXPECT_EQ(log_->FindOffset(kNow + 1).value(), 2U);
  EXPECT_EQ(log_->FindOffset(kNow + kHour).value(), 2U);
  EXPECT_EQ(log_->FindOffset(kNow + kHour + 1).value(), 3U);
}

TEST_F(AppendTimeTest, LeadsIntoTheRightSegment) {
  WriteOldSegment(1, 0, kNow - kHour);
  Append({0});
  EXPECT_EQ(log_->FindOffset(kNow - kHour).value(), 0U);
  EXPECT_EQ(log_->FindOffset(kNow - kHour + 1).value(), 1U);
}

}  // namespace
}  // namespace streamhouse::agent
