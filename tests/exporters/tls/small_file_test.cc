#include "exporters/tls/small_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "metrics_core/status.h"
#include "tests/exporters/support/command.h"
#include "tests/support/open_file_limit.h"

namespace streamhouse::exporters {
namespace {

std::string Error(const std::string& path) {
  const auto read = ReadSmallFile(path);
  EXPECT_EQ(read.status().code(), metrics::StatusCode::kInvalidArgument);
  return read.status().message();
}

TEST(SmallFileTest, IsReadWhole) {
  const std::string path = TemporaryPath("small");
  std::ofstream(path) << std::string(kSmallFileBytesMax, 'x');
  EXPECT_EQ(ReadSmallFile(path).value(), std::string(kSmallFileBytesMax, 'x'));
  std::ofstream(path, std::ios::trunc).close();
  EXPECT_EQ(ReadSmallFile(path).value(), "");
}

TEST(SmallFileTest, IsRefusedWhenItIsLarger) {
  const std::string path = TemporaryPath("large");
  std::ofstream(path) << std::string(kSmallFileBytesMax + 1, 'x');
  EXPECT_EQ(Error(path), "it has more than 1048576 bytes");
}

TEST(SmallFileTest, IsNeitherAPipeNorADeviceNorAFolderAndIsNotWaitedFor) {
  const std::string fifo = TemporaryPath("fifo");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  for (const std::string& path : {fifo, std::string("/dev/zero"), std::string("/dev/ptmx"), std::string("/tmp")}) {
    EXPECT_EQ(Error(path), "it is no regular file") << path;
  }
}

TEST(SmallFileTest, SaysWhyItCannotBeRead) {
  EXPECT_EQ(Error("/no such file"), "No such file or directory");
}

TEST(SmallFileTest, MayBeReadLaterWhereTheSystemLacksDescriptors) {
  const OpenFileLimit none(0);
  EXPECT_EQ(ReadSmallFile("/dev/null").status(),
            metrics::Status(metrics::StatusCode::kUnavailable, "Too many open files"));
}

}  // namespace
}  // namespace streamhouse::exporters
