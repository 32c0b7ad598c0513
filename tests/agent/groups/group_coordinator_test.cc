#include "agent/groups/group_coordinator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/agent/support/catalog_fixture.h"
#include "tests/support/watched_thread.h"

namespace streamhouse::agent {
namespace {

using std::chrono::milliseconds;
using Partitions = std::vector<TopicPartition>;

constexpr milliseconds kTimeout{1'000};

class GroupCoordinatorTest : public CatalogFixture {
 protected:
  GroupCoordinatorTest() {
    EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 4}).ok());
    EXPECT_TRUE(topics_->Create({.name = "payments", .partitions = 1}).ok());
  }

  // The member sends the partitions that it reads, and then reads the partitions of the response.
  // Those of "orders" are given by number, those of other topics by name.
  std::string Beat(const std::string& id, const std::vector<std::string>& topics = {"orders"}) {
    auto assigned = groups_.Heartbeat({"group", id, topics, kTimeout, last_commit_[id]}, owned_[id]);
    if (!assigned.ok()) return assigned.status().ToString();
    owned_[id] = *assigned;
    std::string text;
    for (const TopicPartition& p : *assigned) text += p.topic == "orders" ? std::to_string(p.partition) : p.ToString();
    return text;
  }
  Status Heartbeat(const GroupMember& member) { return groups_.Heartbeat(member, {}).status(); }
  // Of a partition of "orders"; what is stored is noted.
  StatusCode Commit(const std::string& id, std::uint32_t partition, std::uint64_t sequence = 0) {
    return Commit(id, partition, sequence, [this, sequence] { stored_.push_back(sequence); });
  }
  StatusCode Commit(const std::string& id, std::uint32_t partition, std::uint64_t sequence,
                    const std::function<void()>& store) {
    return groups_
        .Commit({.group = "group", .member_id = id, .partition = {"orders", partition}, .sequence = sequence},
                [&store] { return store(), Status::Ok(); })
        .code();
  }
  void Change(const std::function<void()>& change) {
    EXPECT_TRUE(groups_.ChangeWhileEmpty("group", [&change] { return change(), Status::Ok(); }).ok());
  }

  // In the store, for a partition of "orders"; the id may be empty.
  void StoreCommit(const std::string& id, std::uint32_t partition) {
    const TopicIdPartition orders = {.topic_id = topics_->Describe("orders")->id, .partition = partition};
    EXPECT_TRUE(store_->CommitOffset("group", orders, 1, id).ok());
  }

  std::chrono::nanoseconds now_{0};
  GroupCoordinator groups_{*store_, *topics_, [this] { return now_; }};
  std::map<std::string, Partitions> owned_;
  std::map<std::string, std::uint64_t> last_commit_;  // as the member tells it
  std::vector<std::uint64_t> stored_;                 // the sequences of the commits that were stored
};

TEST_F(GroupCoordinatorTest, GivesASingleMemberEverything) {
  EXPECT_EQ(Beat("a"), "0123");
  EXPECT_EQ(Beat("a"), "0123");
}

TEST_F(GroupCoordinatorTest, ShowsTheStateAndTheMembersOfEachGroup) {
  using Activities = std::map<std::string, GroupActivity>;
  StoreCommit("a", 0);
  EXPECT_EQ(groups_.Activities(), Activities());
  ASSERT_TRUE(groups_.AwaitMembers().ok());
  EXPECT_EQ(groups_.Activities(), (Activities{{"group", {.state = GroupState::kAwaited}}}));
  Beat("a");
  EXPECT_EQ(groups_.Activities(), (Activities{{"group", {.members = 1, .state = GroupState::kActive}}}));
  now_ += kMembersHeardWithin;
  EXPECT_EQ(groups_.Activities(), Activities());
  ASSERT_TRUE(groups_
                  .ChangeWhileEmpty(
                      "group",
                      [this] {
                        EXPECT_EQ(groups_.Activities(), (Activities{{"group", {.state = GroupState::kChanging}}}));
                        return Status::Ok();
                      })
                  .ok());
}

TEST_F(GroupCoordinatorTest, GivesAPartitionAwayOnlyWhenItsReaderHasLetGo) {
  EXPECT_EQ(Beat("a"), "0123");
  EXPECT_EQ(Beat("b"), "");
  EXPECT_EQ(Beat("a"), "01");  // told to let go
  EXPECT_EQ(Beat("b"), "");
  EXPECT_EQ(Beat("a"), "01");  // has let go
  EXPECT_EQ(Beat("b"), "23");
}

TEST_F(GroupCoordinatorTest, SharesAmongThreeWithoutMovingMoreThanItMust) {
  for (int round = 0; round < 3; ++round) {
    Beat("a");
    Beat("b");
  }
  EXPECT_EQ(Beat("c"), "");
  for (int round = 0; round < 3; ++round) {
    for (const char* id : {"a", "b", "c"}) Beat(id);
  }
  EXPECT_EQ(Beat("a"), "01");
  EXPECT_EQ(Beat("b"), "2");
  EXPECT_EQ(Beat("c"), "3");
}

TEST_F(GroupCoordinatorTest, LeavesAMemberBeyondTheNumberOfPartitionsWithoutAny) {
  for (int round = 0; round < 3; ++round) {
    for (const char* id : {"a", "b"}) Beat(id, {"payments"});
  }
  EXPECT_EQ(Beat("a", {"payments"}), "payments/0");
  EXPECT_EQ(Beat("b", {"payments"}), "");
}

TEST_F(GroupCoordinatorTest, HandsOverAtOnceWhenAMemberLeaves) {
  Beat("a");
  Beat("b");
  groups_.Leave("group", "a");
  EXPECT_EQ(Beat("b"), "0123");
}

TEST_F(GroupCoordinatorTest, HandsOverWhenAMemberHasBeenSilentForItsTimeout) {
  Beat("a");
  Beat("b");
  now_ += kTimeout / 2;
  EXPECT_EQ(Beat("b"), "");
  now_ += kTimeout / 2;
  EXPECT_EQ(Beat("b"), "0123");
  EXPECT_EQ(Beat("a"), "");  // back again, and everything is taken
}

TEST_F(GroupCoordinatorTest, BelievesAMemberAfterARestartUnlessAnotherHasThePartition) {
  owned_["a"] = {{"orders", 0}, {"orders", 1}};
  owned_["b"] = {{"orders", 1}, {"orders", 3}};
  EXPECT_EQ(Beat("a"), "0123");
  EXPECT_EQ(Beat("b"), "");
  EXPECT_EQ(Beat("a"), "01");
  EXPECT_EQ(Beat("a"), "01");
  EXPECT_EQ(Beat("b"), "23");
}

// As after a restart, or after the member was silent for too long: "b" has read partition 1
// meanwhile.
TEST_F(GroupCoordinatorTest, AMemberThatComesBackGoesOnOnlyWhereTheLastCommitIsItsOwn) {
  owned_["a"] = {{"orders", 0}, {"orders", 1}};
  StoreCommit("a", 0);
  StoreCommit("b", 1);
  EXPECT_EQ(Beat("a"), "023");
  EXPECT_EQ(Commit("a", 0), StatusCode::kOk);
  EXPECT_EQ(Commit("a", 1), StatusCode::kAborted);
  EXPECT_EQ(Beat("a"), "0123");  // has let go
}

TEST_F(GroupCoordinatorTest, AMemberThatWasSilentForTooLongGoesOnWhereNoOtherHasCommitted) {
  EXPECT_EQ(Beat("a"), "0123");
  now_ += kTimeout;
  EXPECT_EQ(Beat("a"), "0123");
}

TEST_F(GroupCoordinatorTest, AMemberThatComesBackLetsGoOfWhatAnOperatorHasMoved) {
  owned_["a"] = {{"orders", 0}};
  StoreCommit("", 0);
  EXPECT_EQ(Beat("a"), "123");
  EXPECT_EQ(Beat("a"), "0123");
}

TEST_F(GroupCoordinatorTest, ChangesNoGroupWhoseMembersItMayNotHaveHeardOfYet) {
  StoreCommit("a", 0);
  ASSERT_TRUE(groups_.AwaitMembers().ok());
  const auto change = [this](const std::string& group) {
    return groups_.ChangeWhileEmpty(group, [] { return Status::Ok(); });
  };
  EXPECT_EQ(change("group").message(),
            "group group may have members that the agent has not heard of since it started; retry in 6 s");
  EXPECT_TRUE(change("another").ok());
  now_ += kMembersHeardWithin;
  EXPECT_TRUE(change("group").ok());
}

TEST_F(GroupCoordinatorTest, GivesATopicOnlyToMembersThatSubscribeToIt) {
  for (int round = 0; round < 3; ++round) {
    Beat("a");
    Beat("b", {"orders", "payments"});
  }
  EXPECT_EQ(Beat("a"), "01");
  EXPECT_EQ(Beat("b", {"orders", "payments"}), "23payments/0");
}

TEST_F(GroupCoordinatorTest, KeepsGroupsApart) {
  Beat("a");
  auto assigned = groups_.Heartbeat({"other", "a", {"payments"}, kTimeout}, {});
  EXPECT_EQ(*assigned, (Partitions{{"payments", 0}}));
}

TEST_F(GroupCoordinatorTest, LetsOnlyTheOwnerCommit) {
  Beat("a");
  EXPECT_EQ(Commit("a", 0), StatusCode::kOk);
  EXPECT_EQ(Commit("b", 0), StatusCode::kAborted);
  now_ += kTimeout;
  EXPECT_EQ(Commit("a", 0), StatusCode::kAborted);
}

TEST_F(GroupCoordinatorTest, TakesCommitsOfAPartitionUntilItsMemberLetsGo) {
  Beat("a");
  Beat("b");
  EXPECT_EQ(Beat("a"), "01");
  EXPECT_EQ(Commit("a", 3), StatusCode::kOk);
  EXPECT_EQ(Beat("a"), "01");
  EXPECT_EQ(Commit("a", 3), StatusCode::kAborted);
}

TEST_F(GroupCoordinatorTest, StoresNoCommitAfterALaterOneOfTheSameMember) {
  Beat("a");
  EXPECT_EQ(Commit("a", 0, 2), StatusCode::kOk);
  EXPECT_EQ(Commit("a", 0, 1), StatusCode::kAborted);  // was cut short, and arrives now
  EXPECT_EQ(Commit("a", 1, 1), StatusCode::kOk);       // another partition
  EXPECT_EQ(Commit("a", 0, 2), StatusCode::kOk);       // the same one again
  EXPECT_EQ(stored_, (std::vector<std::uint64_t>{2, 1, 2}));
}

TEST_F(GroupCoordinatorTest, RefusesACommitSequenceThatNoneCanFollow) {
  GroupMember member = {.group = "group", .id = "a", .topics = {"orders"}, .session_timeout = kTimeout};
  member.commit_sequence = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(Heartbeat(member).code(), StatusCode::kInvalidArgument);
  EXPECT_TRUE(groups_.MemberCounts().empty());
  --member.commit_sequence;
  EXPECT_TRUE(Heartbeat(member).ok());
}

// "a" sends a commit of partition 2 that is long on its way. Meanwhile it lets the partition go,
// "b" reads on and leaves, and "a" is given the partition again.
TEST_F(GroupCoordinatorTest, StoresNoCommitFromBeforeThePartitionWasGivenToTheMemberAgain) {
  Beat("a");
  last_commit_["a"] = 5;
  Beat("b");
  Beat("a");
  Beat("a");
  EXPECT_EQ(Beat("b"), "23");
  EXPECT_EQ(Commit("b", 2, 9), StatusCode::kOk);
  groups_.Leave("group", "b");
  EXPECT_EQ(Beat("a"), "0123");
  EXPECT_EQ(Commit("a", 2, 5), StatusCode::kAborted);
  EXPECT_EQ(Commit("a", 2, 6), StatusCode::kOk);
}

// Its session has ended between two commits of a partition that no other member has read.
TEST_F(GroupCoordinatorTest, StoresNoCommitFromBeforeTheLastOneOfAMemberThatComesBack) {
  Beat("a");
  now_ += kTimeout;
  last_commit_["a"] = 5;
  EXPECT_EQ(Beat("a"), "0123");
  EXPECT_EQ(Commit("a", 2, 4), StatusCode::kAborted);
  EXPECT_EQ(Commit("a", 2, 5), StatusCode::kOk);
}

TEST_F(GroupCoordinatorTest, ForgetsTheSequencesOfAMemberThatIsGone) {
  Beat("a");
  EXPECT_EQ(Commit("a", 0, 7), StatusCode::kOk);
  groups_.Leave("group", "a");
  Beat("a");
  EXPECT_EQ(Commit("a", 0, 1), StatusCode::kOk);
}

// Goal: the last commit is stored last, also among calls that run at the same time.
// Method: threads commit with rising sequences, and note without a lock of their own what they
// store.
TEST_F(GroupCoordinatorTest, StoresCommitsOneAtATimeAndInOrder) {
  Beat("a");
  const auto commit = [this](std::uint64_t first) {
    for (std::uint64_t sequence = first; sequence <= 1500; sequence += 3) Commit("a", 0, sequence);
  };
  {
    std::vector<std::jthread> threads;
    for (const std::uint64_t first : {1U, 2U, 3U}) threads.emplace_back(commit, first);
  }
  EXPECT_TRUE(std::is_sorted(stored_.begin(), stored_.end()));
  EXPECT_EQ(stored_.back(), 1500U);
}

// Goal: a member does not begin behind a commit that was still being stored when it was given the
// partition. Method: the reader before falls silent while its commit is being stored; the commit
// goes on only when the look-up waits.
TEST_F(GroupCoordinatorTest, ReadsCommitsOnlyAfterOneUnderWay) {
  Beat("a");
  std::uint64_t offset = 0;
  std::uint64_t found = 0;
  std::optional<WatchedThread> next;
  const auto store = [&] {
    now_ += 2 * kTimeout;
    EXPECT_NE(Beat("b").find('0'), std::string::npos) << "b may read the partition";
    next.emplace([&] { found = groups_.ReadCommits([&] { return offset; }); });
    EXPECT_TRUE(next->EventuallySleeps());
    offset = 20;
  };
  EXPECT_EQ(Commit("a", 0, 1, store), StatusCode::kOk);
  next->Join();
  EXPECT_EQ(found, 20U);
}

// Goal: a commit under way does not come after an operator's change. Method: the member leaves
// while its commit is being stored, and the change runs beside it; the commit goes on only when the
// change waits.
TEST_F(GroupCoordinatorTest, ChangesAGroupOnlyAfterACommitUnderWay) {
  Beat("a");
  std::vector<std::string> order;
  std::optional<WatchedThread> changer;
  const auto store = [&] {
    groups_.Leave("group", "a");
    changer.emplace([&] { Change([&order] { order.emplace_back("change"); }); });
    EXPECT_TRUE(changer->EventuallySleeps());
    order.emplace_back("commit");
  };
  EXPECT_EQ(Commit("a", 0, 1, store), StatusCode::kOk);
  changer->Join();
  EXPECT_EQ(order, (std::vector<std::string>{"commit", "change"}));
}

TEST_F(GroupCoordinatorTest, RefusesBadNamesTopicsAndTimeouts) {
  EXPECT_EQ(Heartbeat({"", "a", {"orders"}, kTimeout}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Heartbeat({"group", "", {"orders"}, kTimeout}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Heartbeat({"group\nforged", "a", {"orders"}, kTimeout}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Heartbeat({"group", "a\x1b[2J", {"orders"}, kTimeout}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Heartbeat({"group", "a", {}, kTimeout}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Heartbeat({"group", "a", {"orders"}, milliseconds(0)}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Heartbeat({"group", "a", {"orders"}, 2 * kSessionTimeoutMax}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Heartbeat({"group", "a", {"none"}, kTimeout}).code(), StatusCode::kNotFound);
}

TEST_F(GroupCoordinatorTest, RefusesToHearOfMorePartitionsThanItsTopicsHave) {
  const Partitions too_many(5, {"orders", 0});
  EXPECT_EQ(groups_.Heartbeat({"group", "a", {"orders"}, kTimeout}, too_many).status().code(),
            StatusCode::kInvalidArgument);
  const std::vector<std::string> topics(kTopicsPerMemberMax + 1, "orders");
  EXPECT_EQ(Heartbeat({"group", "a", topics, kTimeout}).code(), StatusCode::kInvalidArgument);
}

TEST_F(GroupCoordinatorTest, BelievesNoMemberThatReadsAPartitionThatIsNotThere) {
  owned_["a"] = {{"orders", 9}, {"none", 0}};
  EXPECT_EQ(Beat("a"), "0123");
  EXPECT_EQ(Commit("a", 9), StatusCode::kAborted);
}

TEST_F(GroupCoordinatorTest, HasALimitOnMembers) {
  for (std::size_t i = 0; i < kMembersPerGroupMax; ++i) Beat(std::to_string(i), {"payments"});
  EXPECT_EQ(Heartbeat({"group", "one more", {"payments"}, kTimeout}).code(), StatusCode::kResourceExhausted);
}

TEST_F(GroupCoordinatorTest, HasALimitOnGroupsThatForgetsTheDead) {
  for (std::size_t i = 0; i < kGroupsMax; ++i) {
    ASSERT_TRUE(Heartbeat({std::to_string(i), "a", {"payments"}, kTimeout}).ok());
  }
  EXPECT_EQ(Heartbeat({"one more", "a", {"payments"}, kTimeout}).code(), StatusCode::kResourceExhausted);
  now_ += kTimeout;
  EXPECT_TRUE(Heartbeat({"one more", "a", {"payments"}, kTimeout}).ok());
}

// Goal: never two readers at a time. Method: members on threads of their own come and go, and each
// claims, in a table that all share, what it was given.
TEST_F(GroupCoordinatorTest, NeverHasTwoReadersOfAPartition) {
  std::mutex mutex;
  std::map<std::uint32_t, std::string> readers;
  const auto live = [&](const std::string& id) {
    Partitions owned;
    for (int i = 0; i < 300; ++i) {
      auto assigned = groups_.Heartbeat({"group", id, {"orders"}, kTimeout}, owned);
      ASSERT_TRUE(assigned.ok());
      const std::lock_guard lock(mutex);
      for (const TopicPartition& p : owned) readers.erase(p.partition);
      for (const TopicPartition& p : *assigned) EXPECT_TRUE(readers.emplace(p.partition, id).second);
      owned = *assigned;
      if (i % 100 != 99) continue;
      for (const TopicPartition& p : owned) readers.erase(p.partition);
      owned.clear();
      groups_.Leave("group", id);
    }
  };
  std::vector<std::jthread> members;
  for (const char* id : {"a", "b", "c"}) members.emplace_back(live, id);
}

}  // namespace
}  // namespace streamhouse::agent
