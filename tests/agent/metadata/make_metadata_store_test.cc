#include "agent/metadata/make_metadata_store.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

class MakeMetadataStoreTest : public testing::Test {
 protected:
  Result<std::unique_ptr<MetadataStore>> Make(const std::string& line, const std::string& agent_id = "agent") {
    return MakeMetadataStore(line, {.agent_id = agent_id});
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

TEST_F(MakeMetadataStoreTest, LetsAgentsWithDifferentIdsShareAStore) {
  const auto first = Make(sqlite_, "a");
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(Make(sqlite_, "b").ok());
}

TEST_F(MakeMetadataStoreTest, RefusesASecondAgentWithTheSameIdUntilTheFirstIsGone) {
  auto first = Make(sqlite_, "a");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(Make(sqlite_, "a").status(),
            Status(StatusCode::kFailedPrecondition, "another agent with the id a uses " + (folder_ / "metadata.db")));
  first->reset();
  EXPECT_TRUE(Make(sqlite_, "a").ok());
}

TEST_F(MakeMetadataStoreTest, RefusesALineThatNamesNoStore) {
  for (const std::string line : {"", "memory", "sqlite:", "sqlite://", "sqlite://host/a", "sqlite:///a/",
                                 "/a/metadata.db", "sqlite:///a%20b", "sqlite:///a?mode=ro"}) {
    const Status made = Make(line).status();
    EXPECT_EQ(made.code(), StatusCode::kInvalidArgument) << line;
    EXPECT_EQ(made.message().find("metadata store \"" + line + "\" "), 0U) << made.message();
    EXPECT_EQ(CheckMetadataLine(line), made);
  }
}

TEST_F(MakeMetadataStoreTest, ShowsNoSecretOfALineThatIsForAnotherProgram) {
  EXPECT_EQ(Make("nosuch://user:secret@host/db").status().message(),
            "metadata store \"nosuch:…\" is not sqlite:///PATH or memory:");
}

TEST_F(MakeMetadataStoreTest, NamesAFileThatCannotBeOpened) {
  const Status made = Make("sqlite://" + (folder_ / "missing/metadata.db")).status();
  EXPECT_NE(made.message().find(folder_ / "missing/metadata.db"), std::string::npos) << made.message();
}

}  // namespace
}  // namespace streamhouse::agent
