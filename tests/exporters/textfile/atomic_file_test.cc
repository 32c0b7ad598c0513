#include "exporters/textfile/atomic_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "metrics_core/status.h"
#include "tests/exporters/support/command.h"

namespace {

// What is synced, in this order, as "file" or "folder"; the one that fails, fails.
std::string synced;
std::string sync_that_fails;

}  // namespace

// In the place of the system's, whose calls no test can see.
extern "C" int fsync(int descriptor) {
  struct stat status = {};
  fstat(descriptor, &status);
  const std::string what = S_ISDIR(status.st_mode) ? "folder" : "file";
  synced += what + " ";
  if (what != sync_that_fails) return 0;
  errno = EIO;
  return -1;
}

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;

// So many chunks of "x", and then an end.
class Chunks : public PageSource {
 public:
  Chunks(int count, Progress end) : count_(count), end_(end) {}
  Progress Fill(PageChunk& chunk) override {
    chunk.Append("x");
    return --count_ > 0 ? Progress::kMore : end_;
  }

 private:
  int count_;
  const Progress end_;
};

class AtomicFileTest : public testing::Test {
 protected:
  AtomicFileTest() {
    synced.clear();
    sync_that_fails.clear();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
  }
  Status Write(int chunks, PageSource::Progress end = PageSource::Progress::kEnd,
               std::chrono::seconds time = std::chrono::hours(1)) {
    Chunks page(chunks, end);
    return WriteAtomically(path_, page, std::chrono::steady_clock::now() + time);
  }
  std::string Content() { return ContentOf(path_); }
  static std::string ContentOf(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  long FileCount() {
    return std::distance(std::filesystem::directory_iterator(folder_), std::filesystem::directory_iterator());
  }

  const std::string folder_ = TemporaryPath("atomic_file");
  const std::string path_ = folder_ + "/page.prom";
  const std::string temporary_ = path_ + ".tmp";
};

TEST_F(AtomicFileTest, WritesAllChunks) {
  ASSERT_TRUE(Write(3).ok());
  EXPECT_EQ(Content(), "xxx");
}

TEST_F(AtomicFileTest, ReplacesAnEarlierFile) {
  ASSERT_TRUE(Write(3).ok());
  ASSERT_TRUE(Write(1).ok());
  EXPECT_EQ(Content(), "x");
  EXPECT_EQ(FileCount(), 1);
}

TEST_F(AtomicFileTest, CanBeReadByOthers) {
  const mode_t before = umask(077);
  ASSERT_TRUE(Write(1).ok());
  umask(before);
  EXPECT_EQ(std::filesystem::status(path_).permissions(), std::filesystem::perms(0644));
}

TEST_F(AtomicFileTest, LeavesTheOldFileWhenThePageFails) {
  ASSERT_TRUE(Write(3).ok());
  EXPECT_EQ(Write(1, PageSource::Progress::kFailed).code(), StatusCode::kInternal);
  EXPECT_EQ(Content(), "xxx");
  EXPECT_EQ(FileCount(), 1);
}

TEST_F(AtomicFileTest, LeavesTheOldFileWhenTheTimeIsOver) {
  ASSERT_TRUE(Write(3).ok());
  const Status late = Write(1, PageSource::Progress::kEnd, std::chrono::seconds(-1));
  EXPECT_EQ(late.code(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Content(), "xxx");
  EXPECT_EQ(FileCount(), 1);
}

TEST_F(AtomicFileTest, SyncsTheFileAndThenItsFolder) {
  ASSERT_TRUE(Write(1).ok());
  EXPECT_EQ(synced, "file folder ");
}

TEST_F(AtomicFileTest, SaysWhenTheDiskDoesNotTakeIt) {
  ASSERT_TRUE(Write(3).ok());
  sync_that_fails = "file";
  EXPECT_EQ(Write(1).message(), "cannot sync " + path_ + ".tmp: Input/output error");
  EXPECT_EQ(Content(), "xxx");
  sync_that_fails = "folder";
  EXPECT_EQ(Write(1).message(), "cannot sync " + folder_ + "/: Input/output error");
}

TEST_F(AtomicFileTest, ReplacesATemporaryFileThatWasLeftHalfWritten) {
  std::ofstream(path_ + ".tmp") << "half a page";
  ASSERT_TRUE(Write(1).ok());
  EXPECT_EQ(Content(), "x");
}

TEST_F(AtomicFileTest, NamesTheOperationThatFails) {
  std::filesystem::remove(folder_);
  EXPECT_EQ(Write(1).message(), "cannot create " + path_ + ".tmp: No such file or directory");
  std::filesystem::create_directories(path_);
  EXPECT_EQ(Write(1).message(), "cannot replace " + path_ + ": Is a directory");
  EXPECT_EQ(FileCount(), 1);
}

TEST_F(AtomicFileTest, FollowsNoLink) {
  const std::string target = folder_ + "/target";
  std::ofstream(target) << "precious";
  std::filesystem::create_symlink(target, temporary_);
  ASSERT_TRUE(Write(1).ok());
  EXPECT_EQ(ContentOf(target), "precious");
  EXPECT_EQ(Content(), "x");
  EXPECT_FALSE(std::filesystem::is_symlink(path_));
}

TEST_F(AtomicFileTest, WaitsForNoReaderOfAFifo) {
  ASSERT_EQ(mkfifo(temporary_.c_str(), 0600), 0);
  ASSERT_TRUE(Write(1).ok());
  EXPECT_EQ(Content(), "x");
  EXPECT_EQ(FileCount(), 1);
}

// Goal: an error of the write itself is reported. Method: a limit on the size of files stands for a
// disk that is full.
TEST_F(AtomicFileTest, SaysWhenItCannotWrite) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 0;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &none), 0);
  const Status written = Write(1);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(written.message(), "cannot write " + temporary_ + ": File too large");
  EXPECT_EQ(FileCount(), 0);
}

}  // namespace
}  // namespace streamhouse::exporters
