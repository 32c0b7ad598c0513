#include "client/internal/group_membership.h"

#include <chrono>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "client/testing/in_memory_broker.h"
#include "tests/support/eventually.h"

namespace streamhouse::client {
namespace {

using std::chrono::milliseconds;
using Partitions = std::vector<TopicPartition>;

const Partitions kBoth = {{"orders", 0}, {"orders", 1}};
const Partitions kFirst = {{"orders", 0}};
const Status kScripted(StatusCode::kUnavailable, "scripted");

class GroupMembershipTest : public testing::Test {
 protected:
  GroupMembershipTest() {
    EXPECT_TRUE(broker_->CreateTopic("orders", 2, CallLimits::Within(std::chrono::seconds(30))).ok());
  }

  void Create(const GroupOptions& options) {
    membership_ =
        std::make_unique<GroupMembership>(broker_, "billing", std::vector<std::string>{"orders"}, options, changes_);
  }
  void Join(const GroupOptions& options = {.heartbeat_interval = milliseconds(5),
                                           .session_timeout = std::chrono::hours(1)}) {
    Create(options);
    ASSERT_TRUE(membership_->Join().ok());
  }
  bool AssignedBecomes(const Partitions& partitions) {
    return Eventually([&] { return membership_->assigned() == partitions; });
  }

  std::shared_ptr<InMemoryBroker> broker_ = std::make_shared<InMemoryBroker>();
  ArrivalSignal changes_;
  std::unique_ptr<GroupMembership> membership_;
};

TEST_F(GroupMembershipTest, KnowsItsPartitionsAsSoonAsItHasJoined) {
  Join();
  EXPECT_EQ(membership_->assigned(), kBoth);
}

TEST_F(GroupMembershipTest, PassesOnThatItCannotJoin) {
  broker_->FailCall(BrokerCall::kHeartbeat, 1, kScripted);
  Create({});
  EXPECT_EQ(membership_->Join(), kScripted);
}

TEST_F(GroupMembershipTest, HasNoPartitionsOnceItsSessionEndsThoughNoHeartbeatIsDue) {
  Join({.heartbeat_interval = std::chrono::hours(1), .session_timeout = milliseconds(100)});
  EXPECT_TRUE(AssignedBecomes({}));
}

TEST_F(GroupMembershipTest, NotifiesOfEachChange) {
  Join();
  const std::uint64_t seen = changes_.count();
  broker_->Assign(kFirst);
  EXPECT_TRUE(AssignedBecomes(kFirst));
  EXPECT_GT(changes_.count(), seen);
}

TEST_F(GroupMembershipTest, SortsWhatItIsAssigned) {
  broker_->Assign({kBoth[1], kBoth[0]});
  Join();
  EXPECT_EQ(membership_->assigned(), kBoth);
}

TEST_F(GroupMembershipTest, TellsTheOwnedPartitionsAtOnce) {
  Join({.heartbeat_interval = std::chrono::hours(1), .session_timeout = std::chrono::hours(2)});
  membership_->SetOwned(kFirst);
  EXPECT_TRUE(Eventually([&] { return broker_->owned() == kFirst; }));
}

TEST_F(GroupMembershipTest, TellsTheSequenceOfItsLastCommit) {
  membership_ = std::make_unique<GroupMembership>(broker_, "billing", std::vector<std::string>{"orders"},
                                                  GroupOptions{}, changes_, [] { return std::uint64_t{7}; });
  EXPECT_TRUE(membership_->Join().ok());
  EXPECT_EQ(broker_->heartbeat_commit_sequence(), 7U);
}

TEST_F(GroupMembershipTest, IsADifferentMemberEachTime) {
  Create({});
  const std::string first(membership_->member().id);
  Create({});
  EXPECT_NE(membership_->member().id, first);
}

TEST_F(GroupMembershipTest, GivesUpItsPartitionsWhenTheBrokerIsSilentForTheSessionTimeout) {
  Join({.heartbeat_interval = milliseconds(5), .session_timeout = milliseconds(50)});
  broker_->FailEvery(BrokerCall::kHeartbeat, kScripted);
  EXPECT_TRUE(AssignedBecomes({}));
  EXPECT_TRUE(Eventually([&] { return membership_->failure() == kScripted; }));
  broker_->FailEvery(BrokerCall::kHeartbeat, Status::Ok());
  EXPECT_TRUE(AssignedBecomes(kBoth));
  EXPECT_TRUE(membership_->failure().ok());
}

TEST_F(GroupMembershipTest, GivesUpItsPartitionsWhileItIsNotPolled) {
  Join({.heartbeat_interval = milliseconds(5),
        .session_timeout = milliseconds(50),
        .max_poll_interval = milliseconds(20)});
  EXPECT_TRUE(AssignedBecomes({}));
  EXPECT_TRUE(Eventually([&] {
    membership_->NotePoll();
    return membership_->assigned() == kBoth;
  }));
}

TEST_F(GroupMembershipTest, SaysGoodbyeWhenItLeaves) {
  Join();
  membership_->Leave();
  EXPECT_EQ(broker_->calls(BrokerCall::kLeaveGroup), 1U);
}

}  // namespace
}  // namespace streamhouse::client
