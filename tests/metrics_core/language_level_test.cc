#include "metrics_core/language_level.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>

namespace {

// What the compiler says of the header, as C++ of this year.
std::string CompilerSays(const std::string& year) {
  std::FILE* const compiler =
      popen(("c++ -fsyntax-only -x c++ -std=c++" + year + " metrics_core/language_level.h 2>&1").c_str(), "r");
  std::string said;
  std::array<char, 512> line;
  while (std::fgets(line.data(), line.size(), compiler) != nullptr) said += line.data();
  pclose(compiler);
  return said;
}

TEST(LanguageLevelTest, AnOlderLanguageGetsAnErrorThatSaysWhatToDo) {
  EXPECT_NE(CompilerSays("17").find("error \"streamhouse needs C++20. Compile with -std=c++20"), std::string::npos);
}

TEST(LanguageLevelTest, Cpp20AndLaterGetNoError) {
  EXPECT_EQ(CompilerSays("20").find("error"), std::string::npos) << CompilerSays("20");
  EXPECT_EQ(CompilerSays("23").find("error"), std::string::npos) << CompilerSays("23");
}

}  // namespace
