#include "agent/groups/consumer_groups.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/groups/committed_offsets.h"
#include "agent/testing/faulty_file_system.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/catalog_fixture.h"

namespace streamhouse::agent {
namespace {

class ConsumerGroupsTest : public CatalogFixture {
 protected:
  ConsumerGroupsTest() {
    EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
    EXPECT_TRUE((*topics_->Find("orders", 0))->Append(BatchOf({"a", "b", "c"})).ok());
  }

  void Commit(std::uint64_t offset) { EXPECT_TRUE(offsets_.Commit("g", {"orders", 0}, offset).ok()); }
  std::optional<std::uint64_t> Committed(std::uint32_t partition = 0) {
    return offsets_.Find("g", {"orders", partition})->offset;
  }

  void Join() {
    const GroupMember member = {
        .group = "g", .id = "m", .topics = {"orders"}, .session_timeout = std::chrono::seconds(60)};
    EXPECT_TRUE(members_.Heartbeat(member, {}).ok());
  }

  CommittedOffsets offsets_{*store_, *topics_};
  GroupCoordinator members_{*store_, *topics_};
  GroupTimes times_;
  ConsumerGroups groups_{*store_, *topics_, members_, times_};
};

TEST_F(ConsumerGroupsTest, ListsGroupsWithMembersOrCommits) {
  EXPECT_TRUE(groups_.List()->empty());
  Commit(1);
  EXPECT_EQ(groups_.List()->at("g"), 0U);
  Join();
  EXPECT_EQ(groups_.List()->at("g"), 1U);
}

TEST_F(ConsumerGroupsTest, DescribesEveryPartitionOfItsTopics) {
  Commit(1);
  Join();
  const auto description = groups_.Describe("g");
  EXPECT_EQ(description->member_ids, std::vector<std::string>{"m"});
  ASSERT_EQ(description->partitions.size(), 2U);
  EXPECT_EQ(description->partitions[0].committed, 1U);
  EXPECT_EQ(description->partitions[0].high_watermark, 3U);
  EXPECT_EQ(description->partitions[1].committed, std::nullopt);
  EXPECT_EQ(description->partitions[1].member_id, "m");
}

TEST_F(ConsumerGroupsTest, SeeksAllPartitionsAndSaysFromWhereToWhere) {
  Commit(1);
  const auto moved = groups_.Seek({.group = "g", .to = ToLatest()});
  ASSERT_EQ(moved->size(), 2U);
  EXPECT_EQ(moved->at(0).old_offset, 1U);
  EXPECT_EQ(moved->at(0).new_offset, 3U);
  EXPECT_EQ(moved->at(1).old_offset, std::nullopt);
  EXPECT_EQ(moved->at(1).new_offset, 0U);
  EXPECT_EQ(Committed(), 3U);
}

TEST_F(ConsumerGroupsTest, ForgetsTheCommitsOfAGroup) {
  Commit(1);
  EXPECT_TRUE(groups_.Seek({.group = "g", .topic = "orders", .partition = 0, .to = ToNeverCommitted()}).ok());
  EXPECT_EQ(Committed(), std::nullopt);
  EXPECT_EQ(groups_.Delete("g").code(), StatusCode::kNotFound);
}

TEST_F(ConsumerGroupsTest, ChangesNothingWhileTheGroupHasAMember) {
  Commit(1);
  Join();
  EXPECT_EQ(groups_.Seek({.group = "g", .to = ToEarliest()}).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(groups_.Delete("g").code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(Committed(), 1U);
  members_.Leave("g", "m");
  times_.NoteCommit("g");
  EXPECT_TRUE(groups_.Delete("g").ok());
  EXPECT_EQ(times_.Find("g"), GroupTime());
}

TEST_F(ConsumerGroupsTest, RefusesAMissingGroupTopicOrPartition) {
  EXPECT_EQ(groups_.Describe("none").status().code(), StatusCode::kNotFound);
  Commit(1);
  const auto seek = [this](GroupSeek what) { return groups_.Seek(what).status().code(); };
  EXPECT_EQ(seek({.group = "g", .topic = "none", .to = ToEarliest()}), StatusCode::kNotFound);
  EXPECT_EQ(seek({.group = "g", .topic = "orders", .partition = 2, .to = ToEarliest()}), StatusCode::kNotFound);
  EXPECT_EQ(seek({.group = "g", .partition = 0, .to = ToEarliest()}), StatusCode::kInvalidArgument);
}

TEST_F(ConsumerGroupsTest, NothingIsLeftOfItsCommitsWhenTheTopicIsDeleted) {
  Commit(1);
  ASSERT_TRUE(topics_->Delete("orders").ok());
  EXPECT_TRUE(groups_.List()->empty());
}

// Calls a function before the first read after it was armed.
class ReadHook final : public FaultyFileSystem {
 public:
  ReadHook() : FaultyFileSystem(PosixFileSystem()) {}
  Status Admit(DiskOperation operation, const std::string& /*path*/) override {
    if (operation != DiskOperation::kRead || !before_read) return Status::Ok();
    std::exchange(before_read, nullptr)();
    return Status::Ok();
  }
  std::function<void()> before_read;
};

// Goal: an offset that was looked up in one life of a topic is not stored for the next one. Method:
// the topic is created again while the look-up reads its log.
TEST_F(ConsumerGroupsTest, GivesNoOffsetOfADeletedTopicToTheNextOneOfTheName) {
  Commit(1);
  ReadHook files;
  Reopen(files);
  ASSERT_TRUE(topics_->Load().ok());
  GroupCoordinator members(*store_, *topics_);
  ConsumerGroups groups(*store_, *topics_, members, times_);
  files.before_read = [&] {
    EXPECT_TRUE(topics_->Delete("orders").ok());
    EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
  };
  const auto moved = groups.Seek({.group = "g", .topic = "orders", .partition = 0, .to = ToTime()});
  EXPECT_EQ(moved.status().code(), StatusCode::kNotFound);
  EXPECT_EQ(CommittedOffsets(*store_, *topics_).Find("g", {"orders", 0})->offset, std::nullopt);
  topics_.reset();
}

}  // namespace
}  // namespace streamhouse::agent
