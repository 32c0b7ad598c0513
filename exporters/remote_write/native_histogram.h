// PutNativeHistogram(): the message Histogram of remote write, which 1.0 and 2.0 share but for the
// start time.
//
// Guarantees:
// 1. The counts are written also where they are 0, as the messages ask.
// 2. A histogram that has ended has the sum kStaleMarkerBits and no buckets.
// Thread safety: pure functions.
// Cost: linear in the buckets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <protozero/varint.hpp>

#include "exporters/encoding/native_buckets.h"
#include "exporters/encoding/protobuf_writer.h"
#include "exporters/remote_write/remote_write_batch.h"
#include "metrics_core/reading/family_values.h"

namespace streamhouse::exporters {

namespace remote_histogram_field {
enum : ProtobufField {
  kCount = 1,
  kSum = 3,
  kSchema = 4,
  kZeroThreshold = 5,
  kZeroCount = 6,
  kPositiveSpan = 11,
  kPositiveDelta = 12,
  kTimestamp = 15,
  kStartTimestamp = 17,  // 2.0 only
};
enum : ProtobufField { kSpanOffset = 1, kSpanLength = 2 };
}  // namespace remote_histogram_field

struct NativeTimes {
  std::int64_t unix_milliseconds = 0;
  std::int64_t start_unix_milliseconds = 0;  // 0: left out
};

// What the message takes at most.
inline std::size_t NativeHistogramBytesMax(const metrics::ExponentialValue& value) {
  constexpr std::size_t kFixedBytesMax = 96;
  constexpr std::size_t kBucketBytesMax = 26;  // a delta and a span
  return kFixedBytesMax + value.bucket_counts.size() * kBucketBytesMax;
}

template <typename Out>
void PutNativeTimes(Out& out, const NativeTimes& times) {
  PutInt64(out, remote_histogram_field::kTimestamp, times.unix_milliseconds);
  if (times.start_unix_milliseconds != 0) {
    PutInt64(out, remote_histogram_field::kStartTimestamp, times.start_unix_milliseconds);
  }
}

template <typename Out>
void PutNativeHistogram(Out& out, const metrics::ExponentialValue& value, const NativeBuckets& buckets,
                        const NativeTimes& times) {
  PutUint64(out, remote_histogram_field::kCount, value.count);
  PutFixed64(out, remote_histogram_field::kSum, NumberBits(value.sum));
  PutSint64(out, remote_histogram_field::kSchema, value.schema);
  PutDouble(out, remote_histogram_field::kZeroThreshold, value.zero_threshold);
  PutUint64(out, remote_histogram_field::kZeroCount, value.zero_count);
  for (const BucketSpan& span : buckets.spans) {
    PutMessage(out, remote_histogram_field::kPositiveSpan, [&](auto& message) {
      PutSint64(message, remote_histogram_field::kSpanOffset, span.offset);
      PutUint64(message, remote_histogram_field::kSpanLength, span.length);
    });
  }
  if (!buckets.deltas.empty()) {
    PutMessage(out, remote_histogram_field::kPositiveDelta, [&](auto& packed) {
      for (const std::int64_t delta : buckets.deltas) packed.Varint(protozero::encode_zigzag64(delta));
    });
  }
  PutNativeTimes(out, times);
}

template <typename Out>
void PutEndedHistogram(Out& out, const NativeTimes& times) {
  PutUint64(out, remote_histogram_field::kCount, 0);
  PutFixed64(out, remote_histogram_field::kSum, kStaleMarkerBits);
  PutUint64(out, remote_histogram_field::kZeroCount, 0);
  PutNativeTimes(out, times);
}

}  // namespace streamhouse::exporters
