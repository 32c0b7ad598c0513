#include "exporters/encoding/label_changes.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace streamhouse::exporters {
namespace {

class LabelChangesTest : public ::testing::Test {
 protected:
  LabelChangesTest() { changes_.Begin(names_); }

  std::string Changes(std::string_view label_text) {
    std::string text;
    changes_.ForEachChange(label_text, [&](std::size_t label, const EscapedText& value) {
      std::string plain(value.size(), '\0');
      value.CopyTo(plain.data());
      text += std::to_string(label) + "=" + plain + ";";
    });
    return text;
  }

  const std::vector<std::string> names_ = {"topic", "a.b"};
  LabelChanges changes_;
};

TEST_F(LabelChangesTest, TellsAllValuesOfTheFirstSeries) {
  EXPECT_EQ(Changes(R"(topic="orders","a.b"="1")"), "0=orders;1=1;");
}

TEST_F(LabelChangesTest, TellsTheValuesThatDiffer) {
  Changes(R"(topic="orders","a.b"="1")");
  EXPECT_EQ(Changes(R"(topic="orders","a.b"="2")"), "1=2;");
  EXPECT_EQ(Changes(R"(topic="bills","a.b"="2")"), "0=bills;");
}

TEST_F(LabelChangesTest, ComparesWholeValues) {
  Changes(R"(topic="orders","a.b"="12")");
  EXPECT_EQ(Changes(R"(topic="orders2","a.b"="1")"), "0=orders2;1=1;");
  EXPECT_EQ(Changes(R"(topic="orders","a.b"="")"), "0=orders;1=;");
  EXPECT_EQ(Changes(R"(topic="","a.b"="")"), "0=;");
}

// Invariants 1 and 2.
TEST_F(LabelChangesTest, ComparesWithALastValueThatAloneHasChanged) {
  Changes(R"(topic="orders","a.b"="1")");
  Changes(R"(topic="orders","a.b"="12")");
  EXPECT_EQ(Changes(R"(topic="bills","a.b"="123")"), "0=bills;1=123;");
}

// Also behind a value that moves them.
TEST_F(LabelChangesTest, PassesOverEqualValuesAtAnotherPlace) {
  Changes(R"(topic="orders","a.b"="1")");
  EXPECT_EQ(Changes(R"(topic="orders of the year","a.b"="1")"), "0=orders of the year;");
  EXPECT_EQ(Changes(R"(topic="o","a.b"="1")"), "0=o;");
  EXPECT_EQ(Changes(R"(topic="o","a.b"="2")"), "1=2;");
}

TEST_F(LabelChangesTest, TakesEscapesBack) {
  EXPECT_EQ(Changes(R"(topic="a\"b\\","a.b"="\n")"), "0=a\"b\\;1=\n;");
  EXPECT_EQ(Changes(R"(topic="a\"b\\","a.b"="n")"), "1=n;");
  EXPECT_EQ(Changes(R"(topic="a\"b\\","a.b"="\n")"), "1=\n;");
  EXPECT_EQ(Changes(R"(topic="some words\n","a.b"="long words, and a \\")"), "0=some words\n;1=long words, and a \\;");
}

TEST_F(LabelChangesTest, TellsAllValuesAgainInAnotherRequest) {
  Changes(R"(topic="orders","a.b"="1")");
  changes_.Begin(names_);
  EXPECT_EQ(Changes(R"(topic="orders","a.b"="1")"), "0=orders;1=1;");
}

TEST_F(LabelChangesTest, TellsNothingOfAFamilyWithoutLabels) {
  changes_.Begin({});
  EXPECT_EQ(Changes(""), "");
}

TEST_F(LabelChangesTest, NeverReadsBeyondTheText) {
  const std::string whole = R"(topic="orders\"","a.b"="1")";
  for (std::size_t bytes = 0; bytes <= whole.size(); ++bytes) {
    const std::string text = whole.substr(0, bytes);  // memory of its own, for the sanitizer
    Changes(text);
    changes_.Begin(names_);
  }
}

}  // namespace
}  // namespace streamhouse::exporters
