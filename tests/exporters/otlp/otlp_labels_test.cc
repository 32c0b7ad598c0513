#include "exporters/otlp/otlp_labels.h"

#include <gtest/gtest.h>

#include <string>

namespace streamhouse::exporters {
namespace {

// At each place of texts of each length, as eight bytes are looked at together.
bool IsPlainWith(char c, std::size_t bytes, std::size_t place) {
  std::string text(bytes, 'a');
  text[place] = c;
  return IsPlain(text);
}

TEST(OtlpLabelsTest, TextIsPlainWithoutBackslashAndControlCharacter) {
  for (int code = 0; code < 256; ++code) {
    const char c = static_cast<char>(code);
    const bool is_plain = code >= ' ' && c != '\\';
    for (std::size_t bytes = 1; bytes < 20; ++bytes) {
      for (std::size_t place = 0; place < bytes; ++place) {
        ASSERT_EQ(IsPlainWith(c, bytes, place), is_plain) << code << " at " << place << " of " << bytes;
      }
    }
  }
  EXPECT_TRUE(IsPlain(""));
}

}  // namespace
}  // namespace streamhouse::exporters
