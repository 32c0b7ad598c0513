#include "exporters/otlp/otlp_json_writer.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/encoding/encoded_labels.h"
#include "exporters/otlp/otlp_json_bound.h"
#include "exporters/otlp/otlp_schema.h"
#include "metrics_core/exemplar.h"

namespace streamhouse::exporters {

namespace {

// The members that `body(out)` puts, within what was counted for them.
template <typename Body>
std::string Written(const Body& body) {
  OtlpJsonBound size;
  body(size);
  std::string text(size.bytes(), '\0');
  OtlpJsonWriter writer(text.data());
  body(writer);
  const auto bytes = static_cast<std::size_t>(writer.end() - text.data());
  EXPECT_LE(bytes, text.size());
  return text.substr(0, bytes);
}

std::string Double(double value) {
  char text[kNumberBytesMax];
  return {text, OtlpJsonWriter::WriteDouble(text, value)};
}

TEST(OtlpJsonWriterTest, WritesIntegersOfSixtyFourBitsAsStrings) {
  EXPECT_EQ(Written([](auto& out) { out.Fixed64(otlp::totals::kCount, UINT64_MAX); }),
            "\"count\":\"18446744073709551615\",");
  EXPECT_EQ(Written([](auto& out) { out.Sfixed64(otlp::number_point::kAsInt, INT64_MIN); }),
            "\"asInt\":\"-9223372036854775808\",");
  const std::vector<std::uint64_t> counts = {0, 12};
  EXPECT_EQ(Written([&](auto& out) { out.Varints(otlp::buckets::kBucketCounts, counts); }),
            "\"bucketCounts\":[\"0\",\"12\"],");
}

TEST(OtlpJsonWriterTest, WritesShortIntegersAndEnumsAsNumbers) {
  EXPECT_EQ(Written([](auto& out) { out.Sint32(otlp::exponential_point::kScale, INT32_MIN); }),
            "\"scale\":-2147483648,");
  EXPECT_EQ(Written([](auto& out) { out.Enum(otlp::data::kAggregationTemporality, 2); }),
            "\"aggregationTemporality\":2,");
  EXPECT_EQ(Written([](auto& out) { out.True(otlp::data::kIsMonotonic); }), "\"isMonotonic\":true,");
}

TEST(OtlpJsonWriterTest, WritesDoublesAsJsonHasThemAndOthersByName) {
  EXPECT_EQ(Double(0.1), "0.1");
  EXPECT_EQ(Double(-0.0), "-0.0");
  EXPECT_EQ(Double(0), "0");
  EXPECT_EQ(Double(1e300), "1e+300");
  EXPECT_EQ(Double(-std::numeric_limits<double>::max()), "-1.7976931348623157e+308");
  EXPECT_EQ(Double(std::numeric_limits<double>::quiet_NaN()), "\"NaN\"");
  EXPECT_EQ(Double(std::numeric_limits<double>::infinity()), "\"Infinity\"");
  EXPECT_EQ(Double(-std::numeric_limits<double>::infinity()), "\"-Infinity\"");
}

TEST(OtlpJsonWriterTest, EscapesTexts) {
  EXPECT_EQ(Written([](auto& out) { out.String(otlp::metric::kName, std::string_view("\"\\\n\0/\xC3\xA4", 7)); }),
            "\"name\":\"\\\"\\\\\\u000a\\u0000/\xC3\xA4\",");
}

TEST(OtlpJsonWriterTest, WritesNoAttributesWithoutLabels) {
  const EncodedLabels none;
  EXPECT_EQ(Written([&](auto& out) { out.Attributes(otlp::number_point::kAttributes, none); }), "");
}

TEST(OtlpJsonWriterTest, WritesIdsInHexadecimal) {
  const metrics::TraceContext trace = {.trace_id_high = 1, .trace_id_low = 0xAB, .span_id = 2};
  EXPECT_EQ(Written([&](auto& out) { out.TraceAndSpan(trace); }),
            R"("traceId":"000000000000000100000000000000ab","spanId":"0000000000000002",)");
  EXPECT_EQ(Written([](auto& out) { out.TraceAndSpan({.trace_id_low = 1}); }),
            R"("traceId":"00000000000000000000000000000001",)");
}

TEST(OtlpJsonWriterTest, ClosesEmptyMessagesAndLists) {
  EXPECT_EQ(Written([](auto& out) { out.Message(otlp::metric::kGauge, [](auto&) {}); }), "\"gauge\":{},");
  EXPECT_EQ(Written([](auto& out) { out.List(otlp::metric::kMetadata, [](auto&) {}); }), "\"metadata\":[],");
}

}  // namespace
}  // namespace streamhouse::exporters
