#include "exporters/remote_write/native_histogram.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "exporters/encoding/native_buckets.h"
#include "exporters/encoding/protobuf_writer.h"
#include "metrics_core/reading/family_values.h"
#include "tests/exporters/support/decoded_message.h"

namespace streamhouse::exporters {
namespace {

DecodedField Decoded(const std::string& bytes) {
  return DecodeMessage("tests/exporters/support/write_v2.proto", "io.prometheus.write.v2.Histogram", bytes);
}

template <typename Body>
std::string Encoded(const Body& body) {
  ProtobufSize size;
  body(size);
  std::string bytes(size.bytes(), '\0');
  ProtobufWriter writer(bytes.data());
  body(writer);
  return bytes;
}

std::string Encoded(const metrics::ExponentialValue& value, const NativeTimes& times) {
  NativeBuckets buckets;
  buckets.Assign(value);
  return Encoded([&](auto& out) { PutNativeHistogram(out, value, buckets, times); });
}

TEST(NativeHistogramTest, WritesCountsOfZero) {
  const DecodedField histogram = Decoded(Encoded(metrics::ExponentialValue(), {.unix_milliseconds = 5}));
  EXPECT_EQ(histogram.Value("count_int"), "0");
  EXPECT_EQ(histogram.Value("zero_count_int"), "0");
  EXPECT_EQ(histogram.Value("timestamp"), "5");
  EXPECT_EQ(histogram.All("start_timestamp").size(), 0U);
}

TEST(NativeHistogramTest, HasItsStart) {
  const DecodedField histogram =
      Decoded(Encoded(metrics::ExponentialValue(), {.unix_milliseconds = 5, .start_unix_milliseconds = 3}));
  EXPECT_EQ(histogram.Value("start_timestamp"), "3");
}

TEST(NativeHistogramTest, EndsWithAStaleSum) {
  const DecodedField histogram = Decoded(Encoded([](auto& out) { PutEndedHistogram(out, {.unix_milliseconds = 5}); }));
  EXPECT_EQ(histogram.Value("sum"), std::to_string(kStaleMarkerBits));
  EXPECT_EQ(histogram.Value("count_int"), "0");
  EXPECT_EQ(histogram.Value("zero_count_int"), "0");
}

TEST(NativeHistogramTest, HasABoundForItsBytes) {
  std::vector<std::uint64_t> counts(400, 0);
  for (std::size_t i = 0; i < counts.size(); i += 4) counts[i] = std::numeric_limits<std::uint64_t>::max() / 2;
  const metrics::ExponentialValue value = {.schema = -4,
                                           .first_index = std::numeric_limits<std::int32_t>::min(),
                                           .bucket_counts = counts,
                                           .zero_count = std::numeric_limits<std::uint64_t>::max(),
                                           .count = std::numeric_limits<std::uint64_t>::max()};
  EXPECT_LE(Encoded(value, {.unix_milliseconds = -1, .start_unix_milliseconds = -1}).size(),
            NativeHistogramBytesMax(value));
  metrics::ExponentialValue empty;
  empty.count = empty.zero_count = std::numeric_limits<std::uint64_t>::max();
  EXPECT_LE(Encoded(empty, {.unix_milliseconds = -1, .start_unix_milliseconds = -1}).size(),
            NativeHistogramBytesMax(empty));
}

}  // namespace
}  // namespace streamhouse::exporters
