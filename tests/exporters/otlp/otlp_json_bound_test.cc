#include "exporters/otlp/otlp_json_bound.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "exporters/otlp/otlp_json_writer.h"
#include "exporters/otlp/otlp_schema.h"

namespace streamhouse::exporters {
namespace {

TEST(OtlpJsonBoundTest, HasRoomForTheLongestTextOfEachValue) {
  const auto body = [](auto& out) {
    out.Fixed64(otlp::totals::kCount, UINT64_MAX);
    out.Sfixed64(otlp::number_point::kAsInt, INT64_MIN);
    out.Double(otlp::totals::kSum, -2.2250738585072014e-308);
    out.Sint32(otlp::exponential_point::kScale, INT32_MIN);
    out.String(otlp::metric::kName, std::string(1000, '\x01'));
    out.Fixed64s(otlp::histogram_point::kBucketCounts, std::vector<std::uint64_t>(100, UINT64_MAX));
    out.TraceAndSpan({.trace_id_high = UINT64_MAX, .trace_id_low = UINT64_MAX, .span_id = UINT64_MAX});
  };
  OtlpJsonBound bound;
  body(bound);
  std::vector<char> text(bound.bytes() + 10'000);
  OtlpJsonWriter writer(text.data());
  body(writer);
  EXPECT_LE(static_cast<std::size_t>(writer.end() - text.data()), bound.bytes());
}

}  // namespace
}  // namespace streamhouse::exporters
