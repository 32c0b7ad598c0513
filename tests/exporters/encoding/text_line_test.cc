#include "exporters/encoding/text_line.h"

#include <gtest/gtest.h>

#include <string>

namespace streamhouse::exporters {
namespace {

TEST(TextLineTest, CopiesTextsOfEveryLengthAndNothingElse) {
  std::string text;
  for (std::size_t length = 0; length < 100; ++length) {
    std::string out(text.size() + 1, '.');
    EXPECT_EQ(PutText(out.data(), text), out.data() + text.size());
    EXPECT_EQ(out, text + ".");
    text += static_cast<char>('a' + length % 26);
  }
}

std::string Series(std::string_view name, std::string_view labels) {
  char out[64];
  return {out, PutSeries(out, SampleName(name), labels)};
}

TEST(TextLineTest, PutsLabelsIntoBraces) {
  EXPECT_EQ(Series("sent_total", ""), "sent_total ");
  EXPECT_EQ(Series("sent_total", "a=\"b\""), "sent_total{a=\"b\"} ");
}

TEST(TextLineTest, PutsANameThatIsNoLegacyNameAmongTheLabels) {
  EXPECT_EQ(Series("sent.total", ""), "{\"sent.total\"} ");
  EXPECT_EQ(Series("sent \"total\"", "a=\"b\""), "{\"sent \\\"total\\\"\",a=\"b\"} ");
}

}  // namespace
}  // namespace streamhouse::exporters
