#include "apps/scratch_folder.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace streamhouse::apps {
namespace {

TEST(ScratchFolderTest, IsEmptyAndGoneWithAllItHolds) {
  std::string path;
  {
    const auto folder = *ScratchFolder::Make();
    path = folder->path();
    EXPECT_TRUE(std::filesystem::is_empty(path));
    std::filesystem::create_directories(path + "/a/b");
    std::ofstream(path + "/a/b/c") << "text";
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ScratchFolderTest, NamesTheParentThatCannotHoldIt) {
  ::setenv("TMPDIR", "/no/such/folder", 1);
  EXPECT_EQ(ScratchFolder::Make().status().message(),
            "cannot make a folder in /no/such/folder ($TMPDIR): No such file or directory");
  ::unsetenv("TMPDIR");
}

}  // namespace
}  // namespace streamhouse::apps
