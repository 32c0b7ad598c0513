#include "exporters/otlp/otlp_labels.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "exporters/otlp/otlp_json_format.h"

namespace streamhouse::exporters {
namespace {

// [name=value,…], of the labels in JSON.
std::string Read(const OtlpLabels<OtlpJsonFormat>& labels) {
  const EncodedLabels& encoded = labels.encoded();
  std::string text(encoded.bytes() + EncodedLabels::kCopyBytes, '?');
  text.resize(static_cast<std::size_t>(encoded.CopyTo(text.data()) - text.data()));
  const auto replace = [&text](const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from)) != std::string::npos;) text.replace(at, from.size(), to);
  };
  replace("{\"key\":\"", "");
  replace("\",\"value\":{\"stringValue\":\"", "=");
  replace("\"}},", " ");
  return text;
}

class OtlpLabelsTest : public ::testing::Test {
 protected:
  OtlpLabelsTest() { labels_.Begin(names_, otlp::number_point::kAttributes); }

  const std::vector<std::string> names_ = {"topic", "a.b"};
  OtlpLabels<OtlpJsonFormat> labels_;
};

TEST_F(OtlpLabelsTest, StandInTheOrderOfTheText) {
  labels_.Read(R"(topic="orders","a.b"="1")");
  EXPECT_EQ(Read(labels_), "topic=orders a.b=1 ");
}

TEST_F(OtlpLabelsTest, AreThoseOfTheLastText) {
  labels_.Read(R"(topic="orders","a.b"="1")");
  labels_.Read(R"(topic="orders","a.b"="2")");
  EXPECT_EQ(Read(labels_), "topic=orders a.b=2 ");
  labels_.Read(R"(topic="bills","a.b"="2")");
  EXPECT_EQ(Read(labels_), "topic=bills a.b=2 ");
}

TEST_F(OtlpLabelsTest, HaveThatOfAStateBehindTheOthers) {
  labels_.BeginStateSet(std::vector<std::string>{"topic"}, "mode", otlp::number_point::kAttributes);
  labels_.Read(R"(topic="orders")");
  labels_.ReadState(R"(mode="idle")");
  EXPECT_EQ(Read(labels_), "topic=orders mode=idle ");
  labels_.ReadState(R"(mode="busy \"")");
  EXPECT_EQ(Read(labels_), "topic=orders mode=busy \\\" ");
}

TEST_F(OtlpLabelsTest, AreAllReadBehindAStateSetThatHasTheSameNames) {
  labels_.BeginStateSet(std::vector<std::string>{"topic"}, "mode", otlp::number_point::kAttributes);
  labels_.Read(R"(topic="orders")");
  labels_.ReadState(R"(mode="idle")");
  labels_.Begin(std::vector<std::string>{"topic", "mode"}, otlp::number_point::kAttributes);
  labels_.Read(R"(topic="orders",mode="fast")");
  EXPECT_EQ(Read(labels_), "topic=orders mode=fast ");
}

TEST_F(OtlpLabelsTest, BeginAgainForAnotherFamily) {
  labels_.Read(R"(topic="orders","a.b"="1")");
  labels_.Begin(std::vector<std::string>{"a.b"}, otlp::number_point::kAttributes);
  labels_.Read(R"("a.b"="1")");
  EXPECT_EQ(Read(labels_), "a.b=1 ");
  labels_.Begin({}, otlp::number_point::kAttributes);
  labels_.Read("");
  EXPECT_EQ(Read(labels_), "");
}

}  // namespace
}  // namespace streamhouse::exporters
