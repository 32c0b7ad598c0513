#include "exporters/otlp/otlp_json_format.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "exporters/otlp/otlp_labels.h"
#include "exporters/otlp/otlp_schema.h"
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

TEST(OtlpJsonFormatTest, WritesDoublesAsAList) {
  EXPECT_EQ(OtlpJsonFormat::Doubles(std::vector<double>{}), "[]");
  EXPECT_EQ(OtlpJsonFormat::Doubles(std::vector<double>{0.5, 1}), "[0.5,1]");
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

}  // namespace
}  // namespace streamhouse::exporters
