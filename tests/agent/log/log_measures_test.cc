// Lag measures of a log (message bytes, timestamps, ends of segments), against a ledger of the
// appended records.
#include "agent/log/log_measures.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "agent/log/batch_builder.h"
#include "agent/log/partition_log.h"
#include "agent/log/sparse_index.h"
#include "proto/record_headers.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

constexpr std::int64_t kNow = 1700000000000;

class LogMeasuresTest : public testing::Test {
 protected:
  LogMeasuresTest() { Open(); }

  void Open(std::uint64_t segment_bytes = kSegmentBytesDefault) {
    log_.reset();
    auto log = PartitionLog::Open(PosixFileSystem(), folder_.path(),
                                  {.segment_bytes = segment_bytes,
                                   .wall_clock = [] { return kNow; },
                                   .steady_clock = [this] { return steady_; }});
    ASSERT_TRUE(log.ok()) << log.status().message();
    log_ = *std::move(log);
  }
  // Records of one batch whose values have these sizes. Every other one has a key, every third one
  // headers.
  void Append(const std::vector<std::size_t>& value_sizes) {
    BatchBuilder batch;
    std::string headers;
    v1::AppendHeader({.name = "name", .value = "v"}, headers);
    for (const std::size_t size : value_sizes) {
      const std::string value(size, 'v');
      const std::uint64_t offset = sizes_.size();
      const RecordView record = {.key = offset % 2 == 0 ? std::optional<std::string_view>("key") : std::nullopt,
                                 .value = value,
                                 .timestamp_ms = kNow - static_cast<std::int64_t>(offset),
                                 .headers = offset % 3 == 0 ? std::string_view(headers) : std::string_view()};
      batch.Add(record);
      sizes_.push_back(record.bytes());
    }
    ASSERT_TRUE(log_->Append(batch, 1).ok());
  }
  void AppendMany(int batches) {
    for (int i = 0; i < batches; ++i) Append(std::vector<std::size_t>(1 + random_() % 5, random_() % 3000));
  }
  void CountAll() {
    while (*log_->CountMessages() > 0) {
    }
  }

  // By the ledger, of the records from `offset` on.
  std::int64_t Bytes(std::uint64_t offset) const {
    std::int64_t bytes = 0;
    for (; offset < sizes_.size(); ++offset) bytes += static_cast<std::int64_t>(sizes_[offset]);
    return bytes;
  }
  std::optional<std::int64_t> LagBytes(std::uint64_t offset) const {
    const auto measure = log_->Measure(offset);
    if (!measure.ok() || !measure->has_value() || !(*measure)->message_place) return std::nullopt;
    return log_->Extent().message_end - *(*measure)->message_place;
  }
  void ExpectExactFrom(std::uint64_t first) {
    for (std::uint64_t offset = first; offset < sizes_.size(); ++offset) {
      EXPECT_EQ(LagBytes(offset), Bytes(offset)) << offset;
      EXPECT_EQ((*log_->Measure(offset))->timestamp_ms, kNow - static_cast<std::int64_t>(offset));
    }
  }
  std::string Segment(std::size_t number) const {
    return folder_ / PosixFileSystem().ListFolder(folder_.path()).value()[number];
  }

  TemporaryFolder folder_;
  std::int64_t steady_ = kNow;
  std::unique_ptr<PartitionLog> log_;
  std::vector<std::size_t> sizes_;  // message bytes of each record
  std::mt19937 random_{20261129};
};

TEST_F(LogMeasuresTest, AnEmptyLogHasNoRecordToMeasure) {
  const LogExtent extent = log_->Extent();
  EXPECT_EQ(extent.end_offset - extent.start_offset + extent.bytes, 0U);
  EXPECT_EQ(extent.segments, 1U);
  EXPECT_FALSE((*log_->Measure(0)).has_value());
  EXPECT_EQ(log_->Measure(1).status().code(), StatusCode::kOutOfRange);
}

TEST_F(LogMeasuresTest, TheExtentIsThatOfTheFiles) {
  Open(10'000);
  AppendMany(50);
  std::uint64_t bytes = 0;
  std::uint64_t segments = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder_.path())) {
    bytes += file.file_size();
    ++segments;
  }
  EXPECT_EQ(log_->Extent().bytes, bytes);
  EXPECT_EQ(log_->Extent().segments, segments);
  EXPECT_EQ(log_->Extent().end_offset, sizes_.size());
  Open(10'000);
  EXPECT_EQ(log_->Extent().bytes, bytes);
}

TEST_F(LogMeasuresTest, MessageBytesAreThoseOfKeysValuesAndHeaders) {
  Append({10, 0});
  // Key, value and the header with its two sizes; then neither.
  EXPECT_EQ(LagBytes(0), 3 + 10 + 5 + 8);
  EXPECT_EQ(LagBytes(1), 0);
}

TEST_F(LogMeasuresTest, MessageBytesAreExactOverBatchesAndIndexIntervals) {
  AppendMany(200);
  ASSERT_GT(log_->Extent().bytes, 4 * kIndexIntervalBytes);
  ExpectExactFrom(0);
}

TEST_F(LogMeasuresTest, MessageBytesAreExactOverSegments) {
  Open(20'000);
  AppendMany(60);
  ASSERT_GT(log_->Extent().segments, 5U);
  ExpectExactFrom(0);
}

TEST_F(LogMeasuresTest, AfterARestartOldSegmentsAreUnknownUntilTheyAreCounted) {
  Open(20'000);
  AppendMany(60);
  Open(20'000);
  const auto unknown = [this](std::uint64_t offset) { return !LagBytes(offset).has_value(); };
  EXPECT_TRUE(unknown(0));
  EXPECT_EQ(LagBytes(sizes_.size() - 1), Bytes(sizes_.size() - 1));
  // From the newest to the oldest.
  ASSERT_GT(*log_->CountMessages(), 0U);
  EXPECT_TRUE(unknown(0));
  CountAll();
  ExpectExactFrom(0);
}

TEST_F(LogMeasuresTest, WhatIsAppendedAfterARestartIsCountedOn) {
  Open(20'000);
  AppendMany(30);
  Open(20'000);
  AppendMany(30);
  CountAll();
  ExpectExactFrom(0);
}

TEST_F(LogMeasuresTest, RetentionTakesBytesAndSegmentsOff) {
  Open(20'000);
  AppendMany(60);
  ASSERT_TRUE(log_->ApplyRetention({.bytes_max = 50'000}, steady_).ok());
  const LogExtent extent = log_->Extent();
  EXPECT_LE(extent.bytes, 50'000U);
  ASSERT_GT(extent.start_offset, 0U);
  EXPECT_EQ(log_->Measure(extent.start_offset - 1).status().code(), StatusCode::kOutOfRange);
  ExpectExactFrom(extent.start_offset);
}

TEST_F(LogMeasuresTest, ASegmentThatRetentionRemovedIsNotCounted) {
  Open(20'000);
  AppendMany(60);
  Open(20'000);
  ASSERT_TRUE(log_->ApplyRetention({.bytes_max = 50'000}, steady_).ok());
  CountAll();
  ExpectExactFrom(log_->LogStartOffset());
}

TEST_F(LogMeasuresTest, TheLastAppendOfASegmentIsToldOnceItHasASuccessor) {
  Open(1);
  Append({1});
  steady_ += 500;
  Append({1, 1});
  steady_ += 500;
  Append({1});
  EXPECT_EQ(log_->FindSegmentEnd(0), kNow);
  EXPECT_EQ(log_->FindSegmentEnd(2), kNow + 500);
  EXPECT_EQ(log_->FindSegmentEnd(3), std::nullopt);
  EXPECT_EQ(log_->FindSegmentEnd(4), std::nullopt);
}

TEST_F(LogMeasuresTest, DamagedRecordsAreNotReadableOnceTheyAreFound) {
  Append({10, 10});
  const std::uint64_t first_batch_bytes = log_->Extent().bytes;
  Append({10});
  Append({10});
  FlipBit(Segment(0), first_batch_bytes + kBatchHeaderBytes + 1);
  EXPECT_EQ(log_->CountReadable({.first = 0, .next = 4}), 4U);
  EXPECT_EQ(log_->Measure(2).status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(log_->CountReadable({.first = 0, .next = 4}), 3U);
  EXPECT_EQ(log_->CountReadable({.first = 2, .next = 3}), 0U);
  EXPECT_EQ((*log_->Measure(3))->timestamp_ms, kNow - 3);
  EXPECT_EQ((*log_->Measure(3))->message_place, std::nullopt);
}

TEST_F(LogMeasuresTest, ADamagedBatchOfACountedSegmentHasNoMessageBytes) {
  Open(1);
  Append({100});
  Append({100});
  Append({100});
  Open(1);
  FlipBit(Segment(1), kBatchHeaderBytes + 1);
  CountAll();
  EXPECT_EQ(log_->CountReadable({.first = 0, .next = 3}), 2U);
  EXPECT_EQ(LagBytes(0), Bytes(0) - Bytes(1) + Bytes(2));
}

}  // namespace
}  // namespace streamhouse::agent
