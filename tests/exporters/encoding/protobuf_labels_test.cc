#include "exporters/encoding/protobuf_labels.h"

#include <gtest/gtest.h>

#include <deque>
#include <protozero/pbf_reader.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace streamhouse::exporters {
namespace {

// "name=value|…", decoded by another library than the one that writes.
std::string Decoded(const ProtobufLabels& labels) {
  std::string bytes(labels.bytes() + ProtobufLabels::kCopyBytes, '\0');
  EXPECT_EQ(labels.CopyTo(bytes.data()), bytes.data() + labels.bytes());
  bytes.resize(labels.bytes());
  std::string text;
  protozero::pbf_reader message(bytes);
  while (message.next(1)) {
    protozero::pbf_reader pair = message.get_message();
    while (pair.next()) text += pair.get_string() + (pair.tag() == 1 ? "=" : "|");
  }
  return text;
}

class ProtobufLabelsTest : public ::testing::Test {
 protected:
  ProtobufLabelsTest() { labels_.Begin(names_, places_); }

  const std::vector<std::string> names_ = {"topic", "a.b"};
  const std::vector<std::size_t> places_ = {2, 0, 1};
  ProtobufLabels labels_{EmptyValues::kWritten};
};

TEST_F(ProtobufLabelsTest, StandAtTheirPlaces) {
  labels_.Read(R"(topic="orders","a.b"="1")");
  labels_.Set(2, "le", "0.5");
  EXPECT_EQ(Decoded(labels_), "a.b=1|le=0.5|topic=orders|");
}

TEST_F(ProtobufLabelsTest, AreThoseOfTheLastText) {
  labels_.Read(R"(topic="orders","a.b"="1")");
  labels_.Read(R"(topic="orders","a.b"="2")");
  EXPECT_EQ(Decoded(labels_), "a.b=2|topic=orders|");
  labels_.Read(R"(topic="bills","a.b"="2")");
  EXPECT_EQ(Decoded(labels_), "a.b=2|topic=bills|");
}

TEST_F(ProtobufLabelsTest, TakeEscapesBack) {
  labels_.Read(R"(topic="a\\b\"","a.b"="\n")");
  EXPECT_EQ(Decoded(labels_), "a.b=\n|topic=a\\b\"|");
}

// Around the sizes from which a length has two bytes.
TEST_F(ProtobufLabelsTest, MayHaveAnyLength) {
  std::deque<std::string> texts;  // each outlives the next
  for (std::size_t bytes = 100; bytes < 140; ++bytes) {
    const std::string value(bytes, 'v');
    labels_.Read(texts.emplace_back("topic=\"" + value + "\",\"a.b\"=\"1\""));
    EXPECT_EQ(Decoded(labels_), "a.b=1|topic=" + value + "|");
  }
}

TEST_F(ProtobufLabelsTest, BeginAgainForAnotherFamily) {
  labels_.Read(R"(topic="orders","a.b"="1")");
  labels_.Begin(std::vector<std::string>{"topic"}, std::vector<std::size_t>{0});
  labels_.Read(R"(topic="orders")");
  EXPECT_EQ(Decoded(labels_), "topic=orders|");
}

TEST_F(ProtobufLabelsTest, MayLeaveEmptyValuesOut) {
  ProtobufLabels labels(EmptyValues::kLeftOut);
  labels.Begin(names_, places_);
  labels.Read(R"(topic="","a.b"="1")");
  EXPECT_EQ(Decoded(labels), "a.b=1|");
  labels_.Read(R"(topic="","a.b"="1")");
  EXPECT_EQ(Decoded(labels_), "a.b=1|topic=|");
}

}  // namespace
}  // namespace streamhouse::exporters
