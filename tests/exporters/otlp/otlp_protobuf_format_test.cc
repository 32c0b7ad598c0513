#include "exporters/otlp/otlp_protobuf_format.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "exporters/otlp/otlp_labels.h"
#include "metrics_core/text/text_escaping.h"
#include "tests/exporters/otlp/otlp.pb.h"

namespace streamhouse::exporters {
namespace {

// The fields that `body(out)` puts, as many bytes as were counted for them.
template <typename Body>
std::string Written(const Body& body) {
  OtlpProtobufFormat::Size size{ProtobufSize()};
  body(size);
  std::string text(size.out().bytes(), '\0');
  OtlpProtobufFormat::Writer writer{ProtobufWriter(text.data())};
  body(writer);
  EXPECT_EQ(writer.out().end(), text.data() + text.size());
  return text;
}

// The attributes that a point gets with one label.
otlp_test::NumberDataPoint PointWithLabel(const std::string& name, const std::string& value) {
  const std::string text = metrics::LabelPairText(name, value);
  OtlpLabels<OtlpProtobufFormat> labels;
  labels.Begin(std::vector<std::string>{name}, otlp::number_point::kAttributes);
  labels.Read(text);
  otlp_test::NumberDataPoint point;
  const auto put = [&](auto& out) {
    out.Attributes(otlp::number_point::kAttributes, labels.encoded());
    // A time and a number follow always.
    out.Time(otlp::point::kTime, 1);
    out.Double(otlp::number_point::kAsDouble, 1);
  };
  EXPECT_TRUE(point.ParseFromString(Written(put)));
  return point;
}

TEST(OtlpProtobufFormatTest, WritesLabelsOfAnyLength) {
  for (std::size_t bytes = 0; bytes < 300; ++bytes) {
    for (const char* end : {"", "\\", "\n", "\x01"}) {
      const std::string value = std::string(bytes, 'v') + end;
      const otlp_test::NumberDataPoint point = PointWithLabel("topic", value);
      ASSERT_EQ(point.attributes_size(), 1) << bytes;
      EXPECT_EQ(point.attributes(0).key(), "topic");
      EXPECT_EQ(point.attributes(0).value().string_value(), value);
    }
  }
}

TEST(OtlpProtobufFormatTest, WritesIdsWithTheHighBytesFirst) {
  otlp_test::Exemplar exemplar;
  const auto put = [](auto& out) {
    out.TraceAndSpan({.trace_id_high = 0x0102030405060708, .trace_id_low = 0x090A0B0C0D0E0F10, .span_id = 0x11});
  };
  ASSERT_TRUE(exemplar.ParseFromString(Written(put)));
  EXPECT_EQ(exemplar.trace_id(), "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C\x0D\x0E\x0F\x10");
  EXPECT_EQ(exemplar.span_id(), std::string("\0\0\0\0\0\0\0\x11", 8));
}

TEST(OtlpProtobufFormatTest, LeavesOutASpanThatIsNone) {
  otlp_test::Exemplar exemplar;
  ASSERT_TRUE(exemplar.ParseFromString(Written([](auto& out) { out.TraceAndSpan({.trace_id_low = 1}); })));
  EXPECT_EQ(exemplar.span_id(), "");
}

TEST(OtlpProtobufFormatTest, WritesListsOfNumbers) {
  otlp_test::HistogramDataPoint point;
  const std::vector<std::uint64_t> counts = {0, 1, UINT64_MAX};
  const std::string bounds = OtlpProtobufFormat::Doubles(std::vector<double>{-0.5, 1e300});
  ASSERT_TRUE(point.ParseFromString(Written([&](auto& out) {
    out.Fixed64s(otlp::histogram_point::kBucketCounts, counts);
    out.Made(otlp::histogram_point::kExplicitBounds, bounds);
  })));
  EXPECT_EQ(std::vector<std::uint64_t>(point.bucket_counts().begin(), point.bucket_counts().end()), counts);
  EXPECT_EQ(std::vector<double>(point.explicit_bounds().begin(), point.explicit_bounds().end()),
            (std::vector<double>{-0.5, 1e300}));
}

TEST(OtlpProtobufFormatTest, ClosesMessagesOfAnyLength) {
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{100}, std::size_t{70'000}, std::size_t{3'000'000}}) {
    const auto put_name = [&](auto& out) { out.String(otlp::metric::kName, "n"); };
    const auto head = OtlpProtobufFormat::MetricHead(put_name, otlp::metric::kSum, [](auto&) {});
    // Bytes that stand where points would.
    std::string text = head.text + std::string(bytes, '\0');
    OtlpProtobufFormat::CloseMetric(head, text.data(), text.data() + text.size());
    const std::string_view length(text.data() + head.inner_length, 4);
    std::size_t read = 0;
    for (std::size_t i = 0; i < 4; ++i) read |= (static_cast<unsigned char>(length[i]) & std::size_t{0x7F}) << (7 * i);
    EXPECT_EQ(read, bytes);
  }
}

}  // namespace
}  // namespace streamhouse::exporters
