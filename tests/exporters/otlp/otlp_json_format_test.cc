#include "exporters/otlp/otlp_json_format.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "exporters/encoding/encoded_labels.h"
#include "exporters/otlp/otlp_labels.h"
#include "metrics_core/text/text_escaping.h"

namespace streamhouse::exporters {
namespace {

// The members that `body(out)` puts, within what was counted for them.
template <typename Body>
std::string Written(const Body& body) {
  OtlpJsonFormat::Size size;
  body(size);
  std::string text(size.bytes(), '\0');
  OtlpJsonFormat::Writer writer(text.data());
  body(writer);
  const auto bytes = static_cast<std::size_t>(writer.end() - text.data());
  EXPECT_LE(bytes, text.size());
  return text.substr(0, bytes);
}

std::string Label(const std::string& value) {
  const std::string text = metrics::LabelPairText("l", value);
  OtlpLabels<OtlpJsonFormat> labels;
  labels.Begin(std::vector<std::string>{"l"}, otlp::number_point::kAttributes);
  labels.Read(text);
  return Written([&](auto& out) { out.Attributes(otlp::number_point::kAttributes, labels.encoded()); });
}

std::string Double(double value) {
  char text[kNumberBytesMax];
  return {text, OtlpJsonWriter::WriteDouble(text, value)};
}

TEST(OtlpJsonFormatTest, WritesIntegersOfSixtyFourBitsAsStrings) {
  EXPECT_EQ(Written([](auto& out) { out.Fixed64(otlp::totals::kCount, UINT64_MAX); }),
            "\"count\":\"18446744073709551615\",");
  EXPECT_EQ(Written([](auto& out) { out.Sfixed64(otlp::number_point::kAsInt, INT64_MIN); }),
            "\"asInt\":\"-9223372036854775808\",");
  const std::vector<std::uint64_t> counts = {0, 12};
  EXPECT_EQ(Written([&](auto& out) { out.Varints(otlp::buckets::kBucketCounts, counts); }),
            "\"bucketCounts\":[\"0\",\"12\"],");
}

TEST(OtlpJsonFormatTest, WritesShortIntegersAndEnumsAsNumbers) {
  EXPECT_EQ(Written([](auto& out) { out.Sint32(otlp::exponential_point::kScale, INT32_MIN); }),
            "\"scale\":-2147483648,");
  EXPECT_EQ(Written([](auto& out) { out.Enum(otlp::data::kAggregationTemporality, 2); }),
            "\"aggregationTemporality\":2,");
  EXPECT_EQ(Written([](auto& out) { out.True(otlp::data::kIsMonotonic); }), "\"isMonotonic\":true,");
}

TEST(OtlpJsonFormatTest, WritesDoublesAsJsonHasThemAndOthersByName) {
  EXPECT_EQ(Double(0.1), "0.1");
  EXPECT_EQ(Double(-0.0), "-0.0");
  EXPECT_EQ(Double(0), "0");
  EXPECT_EQ(Double(1e300), "1e+300");
  EXPECT_EQ(Double(-std::numeric_limits<double>::max()), "-1.7976931348623157e+308");
  EXPECT_EQ(Double(std::numeric_limits<double>::quiet_NaN()), "\"NaN\"");
  EXPECT_EQ(Double(std::numeric_limits<double>::infinity()), "\"Infinity\"");
  EXPECT_EQ(Double(-std::numeric_limits<double>::infinity()), "\"-Infinity\"");
  EXPECT_EQ(OtlpJsonFormat::Doubles(std::vector<double>{}), "[]");
  EXPECT_EQ(OtlpJsonFormat::Doubles(std::vector<double>{0.5, 1}), "[0.5,1]");
}

TEST(OtlpJsonFormatTest, EscapesTexts) {
  EXPECT_EQ(Written([](auto& out) { out.String(otlp::metric::kName, std::string_view("\"\\\n\0/\xC3\xA4", 7)); }),
            "\"name\":\"\\\"\\\\\\u000a\\u0000/\xC3\xA4\",");
}

TEST(OtlpJsonFormatTest, EscapesLabels) {
  const auto expected = [](const std::string& text) {
    return R"("attributes":[{"key":"l","value":{"stringValue":")" + text + R"("}}],)";
  };
  EXPECT_EQ(Label(""), expected(""));
  EXPECT_EQ(Label("orders \xC3\xA4"), expected("orders \xC3\xA4"));
  EXPECT_EQ(Label("\"\\"), expected(R"(\"\\)"));
  EXPECT_EQ(Label("\n\t"), expected(R"(\n\u0009)"));
  EXPECT_EQ(Label(std::string(1000, '\x01')).size(), expected(std::string(6000, ' ')).size());
}

TEST(OtlpJsonFormatTest, WritesNoAttributesWithoutLabels) {
  const EncodedLabels none;
  EXPECT_EQ(Written([&](auto& out) { out.Attributes(otlp::number_point::kAttributes, none); }), "");
}

TEST(OtlpJsonFormatTest, WritesIdsInHexadecimal) {
  const metrics::TraceContext trace = {.trace_id_high = 1, .trace_id_low = 0xAB, .span_id = 2};
  EXPECT_EQ(Written([&](auto& out) { out.TraceAndSpan(trace); }),
            R"("traceId":"000000000000000100000000000000ab","spanId":"0000000000000002",)");
  EXPECT_EQ(Written([](auto& out) { out.TraceAndSpan({.trace_id_low = 1}); }),
            R"("traceId":"00000000000000000000000000000001",)");
}

TEST(OtlpJsonFormatTest, ClosesEmptyMessagesAndLists) {
  EXPECT_EQ(Written([](auto& out) { out.Message(otlp::metric::kGauge, [](auto&) {}); }), "\"gauge\":{},");
  EXPECT_EQ(Written([](auto& out) { out.List(otlp::metric::kMetadata, [](auto&) {}); }), "\"metadata\":[],");
}

TEST(OtlpJsonFormatTest, MakesTheTextOfATimeAgainWhenItChanges) {
  OtlpJsonTime time;
  EXPECT_EQ(time.digits(), "0");
  for (const std::uint64_t unix_nanoseconds :
       {std::uint64_t{5}, std::uint64_t{1'790'000'000'000'000'000}, std::uint64_t{0}}) {
    time.Assign(unix_nanoseconds);
    EXPECT_EQ(time.digits(), std::to_string(unix_nanoseconds));
  }
}

}  // namespace
}  // namespace streamhouse::exporters
