#include "agent/log/segment_writer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "agent/testing/faulty_file_system.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

class SegmentWriterTest : public testing::Test {
 protected:
  // Opening is the first operation.
  std::unique_ptr<SegmentWriter> Open(FileSystem& files, std::uint64_t size_bytes = 0) {
    auto writer = SegmentWriter::Open(files, path_, size_bytes);
    EXPECT_TRUE(writer.ok());
    return *std::move(writer);
  }
  Status Append(SegmentWriter& writer) { return writer.Append(batch_.MakeHeader(), batch_.body()); }

  TemporaryFolder folder_;
  const std::string path_ = folder_ / "segment";
  const BatchBuilder batch_ = BatchOf({"value"});
  const std::string bytes_ = BatchBytes(batch_, 0, 0, kLogFormatVersion, 0);
};

TEST_F(SegmentWriterTest, WritesHeaderAndBody) {
  auto writer = Open(PosixFileSystem());
  ASSERT_TRUE(Append(*writer).ok());
  EXPECT_EQ(writer->size_bytes(), bytes_.size());
  EXPECT_EQ(ReadRawFile(path_), bytes_);
}

TEST_F(SegmentWriterTest, ContinuesAnExistingFile) {
  WriteRawFile(path_, bytes_);
  auto writer = Open(PosixFileSystem(), bytes_.size());
  ASSERT_TRUE(Append(*writer).ok());
  ASSERT_TRUE(writer->Sync().ok());
  EXPECT_EQ(ReadRawFile(path_), bytes_ + bytes_);
}

TEST_F(SegmentWriterTest, LeavesNothingOfABatchThatCouldNotBeWritten) {
  FaultyFileSystem files(PosixFileSystem());
  files.FailOperation(3, Fault::kOnce);
  auto writer = Open(files);
  ASSERT_TRUE(Append(*writer).ok());
  EXPECT_FALSE(Append(*writer).ok());
  EXPECT_EQ(ReadRawFile(path_), bytes_);
  EXPECT_TRUE(Append(*writer).ok());
  EXPECT_EQ(ReadRawFile(path_), bytes_ + bytes_);
}

TEST_F(SegmentWriterTest, RefusesEachCallWhenItsEndIsUnknown) {
  FaultyFileSystem files(PosixFileSystem());
  files.FailOperation(2, Fault::kFromThenOn);
  auto writer = Open(files);
  const Status first = Append(*writer);
  EXPECT_NE(first.message().find(path_ + " takes no more batches"), std::string::npos) << first.message();
  EXPECT_EQ(first.code(), StatusCode::kInternal);                   // the batch may be there
  const Status refusal(StatusCode::kUnavailable, first.message());  // this one is not
  EXPECT_EQ(Append(*writer), refusal);
  EXPECT_EQ(writer->Sync(), refusal);
  EXPECT_EQ(writer->health(), refusal);
}

TEST_F(SegmentWriterTest, RefusesEachAppendAfterAFailedSync) {
  FaultyFileSystem files(PosixFileSystem());
  files.FailOperation(3, Fault::kOnce);
  auto writer = Open(files);
  ASSERT_TRUE(Append(*writer).ok());
  EXPECT_EQ(writer->Sync().code(), StatusCode::kInternal);
  EXPECT_EQ(Append(*writer).code(), StatusCode::kUnavailable);
}

TEST_F(SegmentWriterTest, ReportsAFileThatCannotBeOpened) {
  EXPECT_FALSE(SegmentWriter::Open(PosixFileSystem(), folder_ / "none/segment", 0).ok());
}

}  // namespace
}  // namespace streamhouse::agent
