#include "apps/line_loop.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::apps {
namespace {

class LineLoopTest : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = std::filesystem::path(folder_.path()) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path.string();
  }

  // The next lines, joined.
  static std::string Take(LineLoop& loop, int count) {
    std::string joined;
    for (int i = 0; i < count; ++i) joined += loop.Next().value();
    return joined;
  }
  static std::string TakeFrom(const std::string& path, int count) { return Take(**LineLoop::Open(path, 100), count); }
  static std::string Refusal(const std::string& path) { return LineLoop::Open(path, 100).status().message(); }

  const agent::TemporaryFolder folder_;
};

TEST_F(LineLoopTest, ReadsAFileOverAndOver) {
  EXPECT_EQ(TakeFrom(Write("a", "1\n2\n3"), 7), "1231231");
}

TEST_F(LineLoopTest, ReadsAllFilesBelowAFolderInTheOrderOfTheirPaths) {
  Write("c", "5\n");
  Write("a", "1\n2\n");
  Write("b/a", "3\n");
  Write("b/b", "4\n");
  EXPECT_EQ(TakeFrom(folder_.path(), 6), "123451");
}

TEST_F(LineLoopTest, ReadsAFileOnceARoundHoweverManyLinksItHas) {
  std::filesystem::create_symlink(Write("a", "1\n"), folder_.path() + "/b");
  Write("c", "2\n");
  EXPECT_EQ(TakeFrom(folder_.path(), 4), "1212");
}

TEST_F(LineLoopTest, PassesOverEmptyFiles) {
  Write("a", "");
  Write("b", "1\n");
  EXPECT_EQ(TakeFrom(folder_.path(), 2), "11");
}

TEST_F(LineLoopTest, RefusesAPathWithoutALine) {
  EXPECT_EQ(Refusal(folder_.path()), folder_.path() + " has no lines to read");
  const std::string empty = Write("empty", "");
  EXPECT_EQ(Refusal(empty), empty + " has no lines to read");
}

TEST_F(LineLoopTest, RefusesAPathThatIsNotThere) {
  EXPECT_EQ(Refusal("/no/such/path"), "cannot read /no/such/path: No such file or directory");
}

TEST_F(LineLoopTest, ReportsAFileThatLosesItsLinesOnTheWay) {
  const std::string path = Write("a", "1\n");
  const auto loop = *LineLoop::Open(path, 100);
  EXPECT_EQ(Take(*loop, 2), "11");
  std::filesystem::resize_file(path, 0);
  EXPECT_EQ(loop->Next().status().message(), path + " has no lines to read");
}

}  // namespace
}  // namespace streamhouse::apps
