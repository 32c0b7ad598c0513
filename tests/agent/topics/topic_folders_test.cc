#include "agent/topics/topic_folders.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/testing/faulty_file_system.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

class TopicFoldersTest : public testing::Test {
 protected:
  void AddPartition(const std::string& name, const std::string& content, const std::string& offset = "0") {
    std::filesystem::create_directories(folder_ / name);
    WriteRawFile(folder_ / name + "/" + std::string(20 - offset.size(), '0') + offset + ".log", content);
  }
  bool Has(const std::string& name) { return std::filesystem::exists(folder_ / name); }
  // `known` is the life 7 of a topic of two partitions.
  std::vector<std::string> Strays(const std::string& known = {}, const std::set<std::string>& waiting = {}) {
    const auto find_topic = [&](const std::string& name) -> std::optional<TopicDescription> {
      if (name != known) return std::nullopt;
      return TopicDescription{.name = name, .partitions = 2, .id = 7};
    };
    return *folders_.FindStrays(find_topic, waiting);
  }

  TemporaryFolder folder_;
  FaultyFileSystem files_{PosixFileSystem()};
  TopicFolders folders_{files_, folder_.path()};
};

TEST_F(TopicFoldersTest, FindsFoldersWithRecordsAndWithoutATopic) {
  AddPartition("a/3", "records");
  AddPartition("b/0", "");
  AddPartition("known/0", "records");
  EXPECT_EQ(Strays("known"), std::vector<std::string>{"a"});
  EXPECT_EQ(folders_.CountPartitionsWithRecords("a").value(), 4U);
  EXPECT_EQ(folders_.CountPartitionsWithRecords("b").value(), 0U);
  EXPECT_TRUE(Has("b/0"));
}

TEST_F(TopicFoldersTest, FindsPartitionsThatATopicDoesNotHave) {
  for (const char* partition : {"known/1", "known/2", "known/10"}) AddPartition(partition, "records");
  AddPartition("known/3", "");
  EXPECT_EQ(Strays("known"), (std::vector<std::string>{"known/2", "known/10"}));
  EXPECT_EQ(folders_.PartitionsFrom("known", 3).value(), std::vector<std::uint32_t>{10});
  EXPECT_TRUE(folders_.HasRecords("known/10").value());
  EXPECT_FALSE(folders_.HasRecords("known/3").value());
}

TEST_F(TopicFoldersTest, RemovesWhatIsLeftOfADeletedTopicWhenItIsEmpty) {
  AddPartition("deleted#7/0", "records");
  std::filesystem::create_directories(folder_ / "deleted#8");
  EXPECT_EQ(Strays(), std::vector<std::string>{"deleted#7"});
  EXPECT_FALSE(Has("deleted#8"));
}

TEST_F(TopicFoldersTest, KeepsAnEmptyFolderWhoseRemovalTheStoreRemembers) {
  std::filesystem::create_directories(folder_ / "deleted#8");
  AddPartition("a/0", "records");
  EXPECT_EQ(Strays({}, {"deleted#8", "a"}), std::vector<std::string>());
  EXPECT_TRUE(Has("deleted#8"));
}

// The metadata may be an older copy, which the mark of a later life alone shows.
TEST_F(TopicFoldersTest, TellsWhichOtherLifeAFolderWasMarkedWith) {
  AddPartition("a/0", "records");
  for (const char* const mark : {"a/topic#12", "a/topic#7"}) {
    WriteRawFile(folder_ / mark, "");
    testing::internal::CaptureStderr();
    Strays("a");
    const std::string logged = testing::internal::GetCapturedStderr();
    const std::string told = "folder log/a was marked with life 12 of the topic, and the metadata know life 7";
    EXPECT_EQ(logged.find(told) != std::string::npos, std::string(mark) == "a/topic#12") << logged;
  }
  EXPECT_EQ(LifeOf(files_, folder_ / "a").value(), 7U);
}

TEST_F(TopicFoldersTest, MarksAFolderOfAnOlderProgramWithTheLifeOfItsTopic) {
  AddPartition("a/0", "records");
  EXPECT_EQ(LifeOf(files_, folder_ / "a").value(), 0U);
  Strays("a");
  EXPECT_EQ(LifeOf(files_, folder_ / "a").value(), 7U);
  EXPECT_EQ(LifeOf(files_, folder_ / "none").value(), 0U);
}

TEST_F(TopicFoldersTest, MarksAFolderThatATopicTakesOverWithItsLifeAlone) {
  AddPartition("a/0", "records");
  ASSERT_TRUE(folders_.FinishCreation("a", 6).ok());
  Strays("a");
  EXPECT_EQ(LifeOf(files_, folder_ / "a").value(), 7U);
  EXPECT_FALSE(Has("a/topic#6"));
}

TEST_F(TopicFoldersTest, KeepsTheLifeThatItHasMarkedAFolderWithOverALossOfPower) {
  AddPartition("a/0", "records");
  WriteRawFile(folder_ / "a/topic#5", "");
  ASSERT_TRUE(folders_.FinishCreation("a", 6).ok());
  files_.LosePower(Leftover::kNothing);
  EXPECT_EQ(LifeOf(PosixFileSystem(), folder_ / "a").value(), 6U);
}

TEST_F(TopicFoldersTest, TellsNoLifeOfAFolderThatItCannotList) {
  files_.Switch(DiskState::kBroken, "/a");
  EXPECT_FALSE(LifeOf(files_, folder_ / "a").ok());
}

TEST_F(TopicFoldersTest, AnEmptyLogThatRetentionHasLeftCountsAsRecords) {
  AddPartition("a/0", "", "17");
  EXPECT_EQ(Strays(), std::vector<std::string>{"a"});
}

TEST_F(TopicFoldersTest, RemovesACreationThatWasNotFinished) {
  ASSERT_TRUE(folders_.BeginCreation("a").ok());
  AddPartition("a/0", "");
  EXPECT_EQ(Strays(), std::vector<std::string>());
  EXPECT_FALSE(Has("a"));
}

TEST_F(TopicFoldersTest, KeepsRecordsInAFolderWithAMark) {
  ASSERT_TRUE(folders_.BeginCreation("a").ok());
  AddPartition("a/0", "records");
  AddPartition("a/1", "");
  folders_.AbandonCreation("a");
  EXPECT_TRUE(Has("a/0"));
  EXPECT_FALSE(Has("a/1"));
  EXPECT_EQ(Strays(), std::vector<std::string>{"a"});
}

TEST_F(TopicFoldersTest, FinishesACreationWhoseTopicIsThere) {
  ASSERT_TRUE(folders_.BeginCreation("a").ok());
  AddPartition("a/0", "");
  EXPECT_EQ(Strays("a"), std::vector<std::string>());
  EXPECT_TRUE(Has("a/0"));
  EXPECT_FALSE(Has("a/creating"));
  EXPECT_TRUE(Has("a/topic#7"));
}

TEST_F(TopicFoldersTest, KeepsAndNamesFoldersThatItCannotList) {
  ASSERT_TRUE(folders_.BeginCreation("a").ok());
  AddPartition("a/0", "");
  AddPartition("a/1", "records");
  files_.Switch(DiskState::kBroken, "a/1");
  EXPECT_EQ(Strays(), std::vector<std::string>{"a"});
  EXPECT_FALSE(folders_.CountPartitionsWithRecords("a").ok());
  folders_.AbandonCreation("a");
  for (const char* kept : {"a/0", "a/1", "a/creating"}) EXPECT_TRUE(Has(kept)) << kept;
}

TEST_F(TopicFoldersTest, AFileInThePlaceOfAPartitionHasNoRecords) {
  ASSERT_TRUE(folders_.BeginCreation("a").ok());
  WriteRawFile(folder_ / "a/0", "x");
  EXPECT_EQ(folders_.CountPartitionsWithRecords("a").value(), 0U);
}

TEST_F(TopicFoldersTest, AbandonsNothingWithoutAMark) {
  AddPartition("a/0", "");
  folders_.AbandonCreation("a");
  EXPECT_TRUE(Has("a/0"));
}

}  // namespace
}  // namespace streamhouse::agent
