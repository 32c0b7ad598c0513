#include "exporters/encoding/label_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "tests/exporters/support/hostile_registry.h"

namespace streamhouse::exporters {
namespace {

std::string Value(const EscapedText& text) {
  std::string value(text.size(), '?');
  EXPECT_EQ(text.CopyTo(value.data()), value.data() + value.size());
  return value;
}

// "name=value|…"
std::string Read(std::string_view text) {
  std::string read;
  LabelReader labels(text);
  while (labels.Next()) read += std::string(labels.name()) + "=" + Value(labels.value()) + "|";
  return read;
}

TEST(LabelReaderTest, ReadsLabelsInOrder) {
  EXPECT_EQ(Read(R"(topic="orders",partition="7")"), "topic=orders|partition=7|");
  EXPECT_EQ(Read(R"(a="")"), "a=|");
  EXPECT_EQ(Read(""), "");
}

TEST(LabelReaderTest, ShowsALabelUnchanged) {
  LabelReader labels(R"(a="\"\\",partition="7")");
  ASSERT_TRUE(labels.Next());
  EXPECT_EQ(labels.text(), R"(a="\"\\")");
  ASSERT_TRUE(labels.Next());
  EXPECT_EQ(labels.text(), R"(partition="7")");
}

TEST(LabelReaderTest, TakesEscapesBack) {
  EXPECT_EQ(Read(R"(a="\"",b="\\",c="\n",d="x\\n,\"y=\"z")"), "a=\"|b=\\|c=\n|d=x\\n,\"y=\"z|");
}

TEST(LabelReaderTest, CopiesAValueOnlyWhereItHasEscapes) {
  LabelReader labels(R"(a="x",b="y\n")");
  std::string storage = "unused";
  ASSERT_TRUE(labels.Next());
  EXPECT_EQ(labels.value().Unescaped(storage), "x");
  EXPECT_EQ(storage, "unused");
  ASSERT_TRUE(labels.Next());
  EXPECT_EQ(labels.value().Unescaped(storage), "y\n");
}

TEST(LabelReaderTest, ReadsNamesInQuotes) {
  LabelReader labels(R"("a.b=\"c,"="1",d="2")");
  ASSERT_TRUE(labels.Next());
  EXPECT_EQ(Value(labels.name_text()), "a.b=\"c,");
  EXPECT_EQ(labels.name(), R"(a.b=\"c,)");
  EXPECT_EQ(labels.quoted_value(), R"("1")");
  EXPECT_EQ(labels.text(), R"("a.b=\"c,"="1")");
  ASSERT_TRUE(labels.Next());
  EXPECT_EQ(labels.name(), "d");
  EXPECT_EQ(labels.quoted_value(), R"("2")");
  EXPECT_FALSE(labels.Next());
}

TEST(LabelReaderTest, ReadsWhatTheCoreWrites) {
  metrics::Registry registry;
  AddHostileLabels(registry);
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  const metrics::FamilySnapshot& family = snapshot.families()[0];
  for (std::size_t i = 0; i < family.size(); ++i) {
    const std::string& given = HostileLabelValues()[i];
    if (given.starts_with("invalid UTF-8")) continue;
    EXPECT_EQ(Read(family.label_text(i)), "value=" + given + "|");
  }
}

TEST(LabelReaderTest, NeverReadsBeyondTheText) {
  const std::string text = R"(a="\"b\\",c="d","e\".f"="g")";
  for (std::size_t bytes = 0; bytes < text.size(); ++bytes) {
    const std::vector<char> cut(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(bytes));
    Read({cut.data(), cut.size()});
  }
}

}  // namespace
}  // namespace streamhouse::exporters
