#include "agent/topics/stray_logs.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

class StrayLogsTest : public testing::Test {
 protected:
  StrayLogsTest() {
    for (const std::string folder : {"orders", "deleted#12"}) PutRecords(folder + "/5");
    for (const char* const folder : {"orders/5", "deleted#12"}) strays_.Add(folder);
  }
  void PutRecords(const std::string& partition) {
    std::filesystem::create_directories(folder_ / partition);
    WriteRawFile(folder_ / partition + "/00000000000000000000.log", "records");
  }

  TemporaryFolder folder_;
  TopicFolders folders_{PosixFileSystem(), folder_.path()};
  StrayLogs strays_{folders_};
};

TEST_F(StrayLogsTest, AreNamedWithWhatToDo) {
  EXPECT_EQ(strays_.Messages(), (std::vector<std::string>{StrayLogMessage("deleted#12"), StrayLogMessage("orders/5")}));
  EXPECT_TRUE(strays_.Contains("orders/5"));
  EXPECT_FALSE(strays_.Contains("orders"));
}

TEST_F(StrayLogsTest, AreForgottenWhenTheyWereMovedAway) {
  strays_.ForgetMoved();
  EXPECT_EQ(strays_.Messages().size(), 2U);
  std::filesystem::rename(folder_ / "orders/5", folder_ / "away");
  std::filesystem::remove_all(folder_ / "deleted#12");
  strays_.ForgetMoved();
  EXPECT_TRUE(strays_.Messages().empty());
}

TEST_F(StrayLogsTest, AreDroppedWhenATopicHasThem) {
  strays_.Drop("orders/5");
  EXPECT_EQ(strays_.Messages().size(), 1U);
}

}  // namespace
}  // namespace streamhouse::agent
