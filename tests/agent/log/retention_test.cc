#include "agent/log/retention.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/log/partition_log.h"
#include "agent/testing/faulty_file_system.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

constexpr std::int64_t kNow = 1700000000000;
std::int64_t Now() {
  return kNow;
}

// A disk without inodes, while it is full: what exists can be used, and nothing can be created.
class FullOfFiles final : public FaultyFileSystem {
 public:
  FullOfFiles() : FaultyFileSystem(PosixFileSystem()) {}

  Status Admit(DiskOperation operation, const std::string& path) override {
    if (!is_full || operation != DiskOperation::kOther || std::filesystem::exists(path)) return Status::Ok();
    return {StatusCode::kResourceExhausted, path + ": no inodes left"};
  }

  bool is_full = false;
};

// Runs `between` when the file of a segment is gone, and before the log has been told so.
class SlowRemoval final : public FaultyFileSystem {
 public:
  SlowRemoval() : FaultyFileSystem(PosixFileSystem()) {}

  Status Admit(DiskOperation operation, const std::string& path) override {
    if (between == nullptr || operation != DiskOperation::kOther || !path.ends_with("0.log")) return Status::Ok();
    std::filesystem::remove(path);
    std::exchange(between, nullptr)();
    return Status::Ok();
  }

  std::function<void()> between;
};

// Takes all descriptors of this process, as long as it lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit few = {.rlim_cur = 100, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
    for (int file = ::open("/", O_RDONLY); file >= 0; file = ::open("/", O_RDONLY)) files_.push_back(file);
  }
  ~NoDescriptors() {
    for (const int file : files_) ::close(file);
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_ = {};
  std::vector<int> files_;
};

// Four segments of one record each.
class RetentionTest : public testing::Test {
 protected:
  RetentionTest() {
    log_ = *PartitionLog::Open(files_, folder_.path(), {.segment_bytes = 10, .wall_clock = Now, .steady_clock = Now});
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(log_->Append(BatchOf({"a"}), 1).ok());
  }

  const Retention one_second_ = {.age_max = std::chrono::seconds(1)};
  FullOfFiles files_;
  TemporaryFolder folder_;
  std::unique_ptr<PartitionLog> log_;
};

TEST_F(RetentionTest, HasNoLimitByDefault) {
  EXPECT_EQ(Retention(), (Retention{.age_max = std::chrono::milliseconds(0), .bytes_max = 0}));
}

TEST_F(RetentionTest, RemovesWholeSegmentsWhereNoFileCanBeCreated) {
  files_.is_full = true;
  EXPECT_EQ(log_->ApplyRetention({.bytes_max = 1}, kNow).value(), 3U);
  EXPECT_EQ(log_->LogStartOffset(), 3U);
}

// By age, the content of the last segment goes as well, and that takes a new file.
TEST_F(RetentionTest, GoesOnBehindASegmentThatAnotherProcessHasRemoved) {
  ASSERT_TRUE(std::filesystem::remove(folder_ / "00000000000000000000.log"));
  EXPECT_EQ(log_->ApplyRetention({.bytes_max = 1}, kNow).value(), 3U);
  EXPECT_EQ(log_->LogStartOffset(), 3U);
}

TEST_F(RetentionTest, TellsAReaderThatTheRecordsAreNoLongerThereAndOfNoDamage) {
  SlowRemoval files;
  log_ = *PartitionLog::Open(files, folder_.path(), {.wall_clock = [] { return kNow; }});
  Status read;
  files.between = [&] { read = log_->Read(0, {.records = 1, .bytes = 1}, [](const RecordView&) {}).status(); };
  EXPECT_EQ(log_->ApplyRetention({.bytes_max = 1}, kNow).value(), 3U);
  EXPECT_EQ(read.code(), StatusCode::kOutOfRange);
  EXPECT_TRUE(log_->Integrity().ok());
}

TEST_F(RetentionTest, RemovesOldSegmentsOnAFullDiskAndTheLastOneLater) {
  files_.is_full = true;
  EXPECT_EQ(log_->ApplyRetention(one_second_, kNow + 1001).status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(log_->LogStartOffset(), 3U);
  files_.is_full = false;
  EXPECT_EQ(log_->ApplyRetention(one_second_, kNow + 1001).value(), 1U);
  EXPECT_EQ(log_->LogStartOffset(), 4U);
}

TEST_F(RetentionTest, StopsNoAppendsWhenItFindsNoRoomForAFile) {
  log_ = *PartitionLog::Open(files_, folder_.path(), {.wall_clock = Now, .steady_clock = Now});
  files_.is_full = true;
  EXPECT_FALSE(log_->ApplyRetention(one_second_, kNow + 1001).ok());
  EXPECT_TRUE(log_->Append(BatchOf({"b"}), 1).ok());
}

TEST_F(RetentionTest, RemovesWholeSegmentsWithoutAFreeDescriptor) {
  {
    const NoDescriptors none;
    EXPECT_FALSE(PosixFileSystem().OpenForRead(folder_.path()).ok());
    EXPECT_EQ(log_->ApplyRetention({.bytes_max = 1}, kNow).value(), 3U);
    EXPECT_FALSE(log_->ApplyRetention(one_second_, kNow + 1001).ok());
  }
  EXPECT_EQ(log_->ApplyRetention(one_second_, kNow + 1001).value(), 1U);
}

}  // namespace
}  // namespace streamhouse::agent
