#include "agent/log/segment_reader.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/agent/support/batches.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

class SegmentReaderTest : public testing::Test {
 protected:
  void Write(const std::string& bytes) {
    WriteRawFile(path_, bytes);
    size_ = bytes.size();
    file_ = *PosixFileSystem().OpenForRead(path_);
  }
  // The values from a position on, then the error, if there is one.
  std::vector<std::string> Read(std::uint64_t position = 0) {
    std::vector<std::string> values;
    SegmentReader reader(*file_, path_, position, size_);
    for (;;) {
      auto header = reader.ReadHeader();
      if (!header.ok()) return WithError(values, header.status());
      if (!header->has_value()) return values;
      const Status visited = reader.Visit(**header, [&](const RecordView& record) {
        values.emplace_back(record.value);
        return Visit::kContinue;
      });
      if (!visited.ok()) return WithError(values, visited);
      reader.Skip(**header);
    }
  }
  static std::vector<std::string> WithError(std::vector<std::string> values, const Status& status) {
    EXPECT_EQ(status.code(), StatusCode::kDataLoss);
    values.push_back(status.message());
    return values;
  }

  TemporaryFolder folder_;
  const std::string path_ = folder_ / "segment";
  const std::string first_ = BatchBytes(BatchOf({"a", "b"}), 0, 1);
  const std::string second_ = BatchBytes(BatchOf({"c"}), 2, 1);
  std::unique_ptr<ReadableFile> file_;
  std::size_t size_ = 0;
};

using Values = std::vector<std::string>;

TEST_F(SegmentReaderTest, ReadsBatchesInOrder) {
  Write(first_ + second_);
  EXPECT_EQ(Read(), (Values{"a", "b", "c"}));
}

TEST_F(SegmentReaderTest, StartsInTheMiddle) {
  Write(first_ + second_);
  EXPECT_EQ(Read(first_.size()), (Values{"c"}));
}

TEST_F(SegmentReaderTest, ReadsNothingOfAnEmptyFile) {
  Write("");
  EXPECT_EQ(Read(), Values());
}

TEST_F(SegmentReaderTest, ReadsBatchesLargerThanItsBuffer) {
  const std::string large(kReadAheadBytes * 3, 'x');
  Write(first_ + BatchBytes(BatchOf({large, "y"}), 2, 1) + second_);
  EXPECT_EQ(Read(), (Values{"a", "b", large, "y", "c"}));
}

TEST_F(SegmentReaderTest, ReadsManyBatchesAcrossBufferEnds) {
  const std::string value(1000, 'x');
  std::string bytes;
  for (std::uint64_t i = 0; i < 1000; ++i) bytes += BatchBytes(BatchOf({value}), i, 1);
  Write(bytes);
  EXPECT_EQ(Read(), Values(1000, value));
}

TEST_F(SegmentReaderTest, DoesNotReadPastItsEnd) {
  Write(first_ + "rubbish");
  size_ = first_.size();
  EXPECT_EQ(Read(), (Values{"a", "b"}));
}

TEST_F(SegmentReaderTest, NamesFileAndPositionOfADamagedHeader) {
  Write(first_ + second_);
  FlipBit(path_, first_.size() + 9);
  EXPECT_EQ(Read(), (Values{"a", "b",
                            path_ + " at byte " + std::to_string(first_.size()) +
                                ": the checksum of a batch header does not match"}));
}

TEST_F(SegmentReaderTest, NamesFileAndPositionOfADamagedBody) {
  Write(first_ + second_);
  FlipBit(path_, first_.size() - 1);
  EXPECT_EQ(Read(), (Values{path_ + " at byte 0: the checksum of a batch body does not match"}));
}

TEST_F(SegmentReaderTest, NamesFileAndPositionOfATruncatedHeader) {
  Write(first_ + second_.substr(0, 7));
  EXPECT_EQ(Read().back(), path_ + " at byte " + std::to_string(first_.size()) + ": a batch header is truncated");
}

}  // namespace
}  // namespace streamhouse::agent
