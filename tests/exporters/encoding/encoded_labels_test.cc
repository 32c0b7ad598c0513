#include "exporters/encoding/encoded_labels.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace streamhouse::exporters {
namespace {

void Set(EncodedLabels& labels, std::size_t place, std::string_view text) {
  labels.SetValue(place, text.size(), [&](char* /*begin*/, char* out) { return PutText(out, text); });
}

std::string Copied(const EncodedLabels& labels) {
  std::string bytes(labels.bytes() + EncodedLabels::kCopyBytes, '?');
  const char* const end = labels.CopyTo(bytes.data());
  EXPECT_EQ(end, bytes.data() + labels.bytes());
  bytes.resize(labels.bytes());
  return bytes;
}

class EncodedLabelsTest : public ::testing::Test {
 protected:
  EncodedLabelsTest() { labels_.Begin(heads_); }

  const std::vector<std::string> heads_ = {"a=", "b=", ""};
  EncodedLabels labels_;
};

TEST_F(EncodedLabelsTest, AreEmptyAtTheBeginning) {
  EXPECT_EQ(Copied(labels_), "");
}

TEST_F(EncodedLabelsTest, StandInTheOrderOfTheirPlaces) {
  Set(labels_, 2, "3");
  Set(labels_, 0, "1");
  Set(labels_, 1, "2");
  EXPECT_EQ(Copied(labels_), "a=1b=23");
}

// Invariant 1.
TEST_F(EncodedLabelsTest, StayUntilTheyChange) {
  Set(labels_, 0, "1");
  Set(labels_, 2, "3");
  Set(labels_, 0, "");
  Set(labels_, 1, "longer");
  EXPECT_EQ(Copied(labels_), "a=b=longer3");
  labels_.Clear(1);
  EXPECT_EQ(Copied(labels_), "a=3");
}

TEST_F(EncodedLabelsTest, MayHaveLengthsInTheirHeads) {
  labels_.SetValue(0, 3, [](char* begin, char* out) {
    begin[1] = '3';
    return PutText(out, "abc");
  });
  EXPECT_EQ(Copied(labels_), "a3abc");
}

TEST_F(EncodedLabelsTest, MayBeWrittenWithoutTheirHeads) {
  Set(labels_, 0, "1");
  labels_.SetAll(0, 1, [](char* out) { return PutText(out, "A"); });
  EXPECT_EQ(Copied(labels_), "A");
  Set(labels_, 0, "2");
  EXPECT_EQ(Copied(labels_), "a=2");
  labels_.SetAll(1, 1, [](char* out) { return PutText(out, "B"); });
  EXPECT_EQ(Copied(labels_), "a=2B") << "of a label that had no value";
}

TEST_F(EncodedLabelsTest, MayBeBorrowed) {
  const std::string kept = "[b]" + std::string(EncodedLabels::kCopyBytes, '?');
  Set(labels_, 0, "1");
  Set(labels_, 1, "2");
  labels_.Borrow(1, std::string_view(kept).substr(0, 3));
  EXPECT_EQ(Copied(labels_), "a=1[b]");
  Set(labels_, 1, "3");
  EXPECT_EQ(Copied(labels_), "a=1b=3");
}

TEST_F(EncodedLabelsTest, MayHaveAnyLength) {
  for (std::size_t bytes = 0; bytes < 300; ++bytes) {
    Set(labels_, 0, std::string(bytes, 'x'));
    Set(labels_, 1, std::string(300 - bytes, 'y'));
    EXPECT_EQ(Copied(labels_), "a=" + std::string(bytes, 'x') + "b=" + std::string(300 - bytes, 'y'));
  }
}

TEST_F(EncodedLabelsTest, BeginAgainForAnotherFamily) {
  for (std::size_t place = 0; place < 3; ++place) Set(labels_, place, "x");
  labels_.Begin(std::vector<std::string>{"c=", "d="});
  Set(labels_, 0, "1");
  EXPECT_EQ(Copied(labels_), "c=1");
  Set(labels_, 1, "2");
  EXPECT_EQ(Copied(labels_), "c=1d=2");
}

}  // namespace
}  // namespace streamhouse::exporters
