#include "agent/log/log_format.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/log/batch_builder.h"
#include "metrics_core/status.h"
#include "tests/agent/support/raw_file.h"

namespace streamhouse::agent {
namespace {

using metrics::Status;
using metrics::StatusCode;

std::string Hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text += kDigits[static_cast<unsigned char>(byte) >> 4];
    text += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

// The hexadecimal digits of the worked example: lines of the page that start with a position and
// two blanks.
std::string HexOfTheWorkedExample() {
  const std::string page = ReadRawFile("docs/log_format.md");
  std::string digits;
  for (std::size_t at = page.find("\n    0x"); at != std::string::npos; at = page.find("\n    0x", at + 1)) {
    const std::size_t start = page.find("  ", at + 5);
    const std::size_t end = page.find("  ", start + 2);
    for (const char c : page.substr(start, end - start)) {
      if (c != ' ') digits += c;
    }
  }
  return digits;
}

class LogFormatTest : public testing::Test {
 protected:
  LogFormatTest() {
    builder_.Add({.key = "user-7", .value = "hello", .timestamp_ms = 1700000000000});
    builder_.Add({.key = std::nullopt, .value = "no key", .timestamp_ms = 1700000000001});
    builder_.Add({.key = "", .value = "", .timestamp_ms = -1});
    builder_.SetProducer(0x0123456789abcdef, 7);
    header_ = builder_.MakeHeader();
    header_.base_offset = 42;
    header_.epoch = 3;
    header_.append_time_ms = 1700000000250;
    char bytes[kBatchHeaderBytes];
    EncodeBatchHeader(header_, bytes);
    bytes_.assign(bytes, sizeof(bytes));
  }

  std::vector<RecordView> Records() const {
    std::vector<RecordView> records;
    EXPECT_TRUE(VisitRecords(header_, builder_.body(), [&](const RecordView& record) {
                  records.push_back(record);
                  return Visit::kContinue;
                }).ok());
    return records;
  }
  Status Visited(std::string_view body) const {
    return VisitRecords(header_, body, [](const RecordView&) { return Visit::kContinue; });
  }

  BatchBuilder builder_;
  BatchHeader header_;
  std::string bytes_;
};

TEST_F(LogFormatTest, ReturnsTheHeaderThatWasWritten) {
  auto header = DecodeBatchHeader(bytes_);
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->base_offset, 42U);
  EXPECT_EQ(header->end_offset(), 45U);
  EXPECT_EQ(header->epoch, 3U);
  EXPECT_EQ(header->producer_id, 0x0123456789abcdefU);
  EXPECT_EQ(header->sequence, 7U);
  EXPECT_EQ(header->append_time_ms, 1700000000250);
  EXPECT_EQ(header->AppendTime(5), 1700000000250);
  EXPECT_EQ(header->batch_bytes(), kBatchHeaderBytes + builder_.body().size());
}

TEST_F(LogFormatTest, KeepsAnEmptyKeyApartFromNoKey) {
  const std::vector<RecordView> records = Records();
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0], (RecordView{"user-7", "hello", 1700000000000}));
  EXPECT_EQ(records[1], (RecordView{std::nullopt, "no key", 1700000000001}));
  EXPECT_EQ(records[2], (RecordView{"", "", -1}));
}

TEST_F(LogFormatTest, StopsVisitingWhenToldTo) {
  int visited = 0;
  const auto visit = [&](const RecordView&) { return ++visited == 2 ? Visit::kStop : Visit::kContinue; };
  EXPECT_TRUE(VisitRecords(header_, builder_.body(), visit).ok());
  EXPECT_EQ(visited, 2);
}

TEST_F(LogFormatTest, NoticesEveryFlippedBit) {
  for (std::size_t bit = 0; bit < bytes_.size() * 8; ++bit) {
    std::string damaged = bytes_;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_EQ(DecodeBatchHeader(damaged).status().code(), StatusCode::kDataLoss) << "header bit " << bit;
  }
  for (std::size_t bit = 0; bit < builder_.body().size() * 8; ++bit) {
    std::string damaged(builder_.body());
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_EQ(Visited(damaged).code(), StatusCode::kDataLoss) << "body bit " << bit;
  }
}

TEST_F(LogFormatTest, NoticesEveryLengthThatIsTooShort) {
  for (std::size_t size = 0; size < bytes_.size(); ++size) {
    EXPECT_EQ(DecodeBatchHeader(bytes_.substr(0, size)).status().code(), StatusCode::kDataLoss) << size;
  }
  for (std::size_t size = 0; size < builder_.body().size(); ++size) {
    EXPECT_EQ(Visited(builder_.body().substr(0, size)).code(), StatusCode::kDataLoss) << size;
  }
}

// Checksums hold, counts do not: a program error or an attacker, not a disk.
TEST_F(LogFormatTest, RefusesACountThatDoesNotFitTheBody) {
  header_.record_count = 4;
  EXPECT_EQ(Visited(builder_.body()).code(), StatusCode::kDataLoss);
  header_.record_count = 2;
  EXPECT_EQ(Visited(builder_.body()).code(), StatusCode::kDataLoss);
}

TEST_F(LogFormatTest, RefusesSizesInARecordThatPointOutsideOfTheBody) {
  std::string body(kRecordHeaderBytes, '\xfe');
  header_ = {.body_bytes = kRecordHeaderBytes, .record_count = 1, .body_crc = BodyChecksum(body)};
  EXPECT_EQ(Visited(body).code(), StatusCode::kDataLoss);
}

TEST_F(LogFormatTest, RefusesAnEmptyBatchAndAnAbsurdSize) {
  char bytes[kBatchHeaderBytes];
  EncodeBatchHeader({.body_bytes = 0, .record_count = 0}, bytes);
  EXPECT_EQ(DecodeBatchHeader({bytes, sizeof(bytes)}).status().code(), StatusCode::kDataLoss);
  EncodeBatchHeader({.body_bytes = kBatchBodyBytesMax + 1, .record_count = 1}, bytes);
  EXPECT_EQ(DecodeBatchHeader({bytes, sizeof(bytes)}).status().code(), StatusCode::kDataLoss);
}

// The checksum of no bytes is 0, which also stands in a header that was zeroed before.
TEST_F(LogFormatTest, RefusesABodyThatIsTooSmallForItsRecords) {
  char bytes[kBatchHeaderBytes];
  EncodeBatchHeader({.body_bytes = 0, .record_count = 1, .body_crc = BodyChecksum("")}, bytes);
  EXPECT_EQ(DecodeBatchHeader({bytes, sizeof(bytes)}).status().code(), StatusCode::kDataLoss);
  EncodeBatchHeader({.body_bytes = (3 * kRecordHeaderBytes) - 1, .record_count = 3}, bytes);
  EXPECT_EQ(DecodeBatchHeader({bytes, sizeof(bytes)}).status().code(), StatusCode::kDataLoss);
}

TEST_F(LogFormatTest, KeepsHeaders) {
  builder_.Add({.key = "k", .value = "v", .timestamp_ms = 1, .headers = "headers"});
  header_ = builder_.MakeHeader();
  EXPECT_EQ(Records()[3].headers, "headers");
}

TEST_F(LogFormatTest, ReadsOlderVersionsWhoseBatchesHaveTheTimeOfTheirFile) {
  for (const std::uint32_t version : {1U, 2U}) {
    header_.version = version;
    char bytes[kBatchHeaderBytes];
    EncodeBatchHeader(header_, bytes);
    EXPECT_EQ(DecodeBatchHeader({bytes, sizeof(bytes)})->AppendTime(5), 5);
  }
}

TEST_F(LogFormatTest, RefusesVersionsThatItDoesNotKnow) {
  for (const std::uint32_t version : {0U, 4U}) {
    header_.version = version;
    char bytes[kBatchHeaderBytes];
    EncodeBatchHeader(header_, bytes);
    EXPECT_EQ(DecodeBatchHeader({bytes, sizeof(bytes)}).status(),
              Status(StatusCode::kFailedPrecondition,
                     "log format version " + std::to_string(version) + ", this program knows 1 to 3"));
  }
}

TEST_F(LogFormatTest, HasTheBytesOfTheWorkedExample) {
  EXPECT_EQ(HexOfTheWorkedExample(), Hex(bytes_ + std::string(builder_.body())));
}

}  // namespace
}  // namespace streamhouse::agent
