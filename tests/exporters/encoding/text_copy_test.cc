#include "exporters/encoding/text_copy.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace streamhouse::exporters {

namespace {

TEST(TextCopyTest, CopiesTextsOfEveryLengthAndNothingElse) {
  std::string text;
  for (std::size_t length = 0; length < 100; ++length) {
    std::string out(text.size() + 1, '.');
    EXPECT_EQ(PutText(out.data(), text), out.data() + text.size());
    EXPECT_EQ(out, text + ".");
    text += static_cast<char>('a' + length % 26);
  }
}

}  // namespace
}  // namespace streamhouse::exporters
