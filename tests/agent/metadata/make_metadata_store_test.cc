#include "agent/metadata/make_metadata_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"
#include "tests/support/file_size_limit.h"

namespace streamhouse::agent {
namespace {

class MakeMetadataStoreTest : public testing::Test {
 protected:
  Result<std::unique_ptr<MetadataStore>> Make(const std::string& line) { return MakeMetadataStore(line, {}); }
  // The store as an agent leaves it that is killed, with several transactions in the write-ahead
  // log.
  void CopyKilled(const std::string& path) {
    const auto store = *Make(sqlite_);
    for (const std::string name : {"a", "b", "c"})
      EXPECT_TRUE(store->CreateTopic({.name = name, .partitions = 1}).ok());
    for (const std::string suffix : {"", "-wal"})
      WriteRawFile(path + suffix, ReadRawFile(folder_ / "metadata.db" + suffix));
  }

  TemporaryFolder folder_;
  const std::string sqlite_ = "sqlite://" + (folder_ / "metadata.db");
};

TEST_F(MakeMetadataStoreTest, KeepsAnSqliteStoreInItsFile) {
  ASSERT_TRUE((*Make(sqlite_))->CreateTopic({.name = "orders", .partitions = 3}).ok());
  EXPECT_EQ((*Make(sqlite_))->ListTopics()->at(0).name, "orders");
}

TEST_F(MakeMetadataStoreTest, BeginsWithAnEmptyStoreInMemory) {
  ASSERT_TRUE((*Make("memory:"))->CreateTopic({.name = "orders", .partitions = 3}).ok());
  EXPECT_TRUE((*Make("memory:"))->ListTopics()->empty());
}

TEST_F(MakeMetadataStoreTest, RefusesASecondAgentUntilTheFirstIsGone) {
  auto first = Make(sqlite_);
  ASSERT_TRUE(first.ok());
  const std::string path = folder_ / "metadata.db";
  const Status refused =
      Status(StatusCode::kFailedPrecondition, "another agent uses " + path).WithField(std::string(kMetadataPathField));
  EXPECT_EQ(Make(sqlite_).status(), refused);
  EXPECT_EQ(MakeSqliteStore(path, {}).status(), refused);
  first->reset();
  EXPECT_TRUE(Make(sqlite_).ok());
}

TEST_F(MakeMetadataStoreTest, KnowsAStoreByAnotherNameOfItsFile) {
  const auto first = Make(sqlite_);
  ASSERT_TRUE(first.ok());
  std::filesystem::create_symlink(folder_ / "metadata.db", folder_ / "link");
  EXPECT_EQ(Make("sqlite://" + (folder_ / "link")).status().code(), StatusCode::kFailedPrecondition);
}

TEST_F(MakeMetadataStoreTest, RefusesAStoreWithADamagedWriteAheadLog) {
  const std::string killed = folder_ / "killed";
  CopyKilled(killed);
  FlipBit(killed + "-wal", 100);
  EXPECT_EQ(Make("sqlite://" + killed).status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(MakeSqliteStore(killed, {}).status().code(), StatusCode::kDataLoss);
  FlipBit(killed + "-wal", 100);
  EXPECT_EQ((*Make("sqlite://" + killed))->ListTopics()->size(), 3U);
}

TEST_F(MakeMetadataStoreTest, AsksForRoomToBeOpened) {
  std::optional<FileSizeLimit> limit(0);
  std::vector<StatusCode> asked;
  const auto make_room = [&](const Status& failure) {
    asked.push_back(failure.code());
    limit.reset();
    return true;
  };
  const auto store = MakeMetadataStore(sqlite_, {.make_room = make_room});
  limit.reset();
  EXPECT_TRUE(store.ok()) << store.status().message();
  EXPECT_EQ(asked, std::vector<StatusCode>{StatusCode::kUnavailable});
}

TEST_F(MakeMetadataStoreTest, RefusesALineThatNamesNoStore) {
  for (const std::string line : {"", "memory", "sqlite:", "sqlite://", "sqlite://host/a", "sqlite:///a/",
                                 "/a/metadata.db", "sqlite:///a%20b", "sqlite:///a?mode=ro"}) {
    const Status made = Make(line).status();
    EXPECT_EQ(made.code(), StatusCode::kInvalidArgument) << line;
    EXPECT_EQ(made.message().find("metadata store \"" + line + "\" "), 0U) << made.message();
    EXPECT_EQ(CheckMetadataSpec(line), made);
  }
}

TEST_F(MakeMetadataStoreTest, ShowsNoSecretOfALineThatIsForAnotherProgram) {
  EXPECT_EQ(ShownSpec("nosuch://user:secret@host/db"), "nosuch:…");
  EXPECT_EQ(ShownSpec("memory:"), "memory:");
  EXPECT_EQ(ShownSpec(sqlite_), sqlite_);
  EXPECT_EQ(Make("nosuch://user:secret@host/db").status().message(),
            "metadata store \"nosuch:…\" is not sqlite:///PATH or memory:");
}

TEST_F(MakeMetadataStoreTest, NamesAFileThatCannotBeOpened) {
  const Status made = Make("sqlite://" + (folder_ / "missing/metadata.db")).status();
  EXPECT_NE(made.message().find(folder_ / "missing/metadata.db"), std::string::npos) << made.message();
}

}  // namespace
}  // namespace streamhouse::agent
