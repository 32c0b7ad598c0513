#include "exporters/http/access/password_queue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

namespace streamhouse::exporters {
namespace {

class PasswordQueueTest : public testing::Test {
 protected:
  using Action = PasswordQueue::Action;
  using User = PasswordQueue::User;
  using Password = PasswordQueue::Password;

  // Returns the name of the request that is refused, if there is one.
  std::string Push(const std::string& name, Suspicion suspicion) {
    const auto refused = queue_.Push({.origin = name, .suspicion = suspicion, .act = [this, name](Action action) {
                                        (action == Action::kCheck ? checked_ : refused_) += name;
                                      }});
    refused_.clear();
    if (refused) refused->act(Action::kRefuse);
    return refused_;
  }
  std::string CheckAll() {
    checked_.clear();
    while (const auto next = queue_.Next()) {
      next->act(Action::kCheck);
      queue_.Decide(Password::kWrong, now_);
    }
    return checked_;
  }
  Suspicion Of(const std::string& origin) { return queue_.SuspicionOf(origin, User::kKnown, 0, now_); }

  PasswordQueue queue_;
  std::string checked_;
  std::string refused_;
  const PasswordQueue::Time now_ = std::chrono::steady_clock::now();
};

TEST_F(PasswordQueueTest, ChecksTheLeastSuspectRequestFirst) {
  Push("a", 2);
  Push("b", kTrusted);
  Push("c", 1);
  Push("d", kTrusted);
  EXPECT_EQ(CheckAll(), "bdca");
}

TEST_F(PasswordQueueTest, LeavesHalfOfItselfToTrustedRequests) {
  for (std::size_t i = 0; i < kGuessChecksMax; ++i) EXPECT_EQ(Push("g", 2), "");
  EXPECT_EQ(Push("h", 2), "g");
  for (std::size_t i = kGuessChecksMax; i < kPasswordChecksMax; ++i) EXPECT_EQ(Push("r", kTrusted), "");
  EXPECT_EQ(Push("s", kTrusted), "g") << "gives up its place";
}

TEST_F(PasswordQueueTest, PrefersAFreshConnectionToOneThatWasRefused) {
  for (std::size_t i = 0; i < kGuessChecksMax; ++i) Push("g", 2);
  EXPECT_EQ(Push("f", 1), "g");
  EXPECT_EQ(CheckAll(), "fggggggg");
}

TEST_F(PasswordQueueTest, ChecksTheNewestOfEquallySuspectRequestsFirst) {
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) EXPECT_EQ(Push(name, 1), "");
  EXPECT_EQ(Push("i", 1), "a");
  EXPECT_EQ(CheckAll(), "ihgfedcb");
}

TEST_F(PasswordQueueTest, ChecksOneAtATime) {
  Push("a", kTrusted);
  Push("b", kTrusted);
  EXPECT_TRUE(queue_.Next());
  EXPECT_FALSE(queue_.Next());
  queue_.Decide(Password::kRight, now_);
  EXPECT_TRUE(queue_.Next());
}

TEST_F(PasswordQueueTest, RefusesTheNewestOfTrustedRequests) {
  for (std::size_t i = 0; i < kPasswordChecksMax; ++i) EXPECT_EQ(Push("r", kTrusted), "");
  EXPECT_EQ(Push("s", kTrusted), "s");
}

TEST_F(PasswordQueueTest, SuspectsUnknownUsersAndRecentGuessesAndRefusedConnectionsMore) {
  EXPECT_EQ(queue_.SuspicionOf("1.2.3.4 nobody", User::kUnknown, 0, now_), Suspicion{1});
  EXPECT_EQ(queue_.SuspicionOf("1.2.3.4 alice", User::kKnown, 1, now_), Suspicion{2});
  EXPECT_EQ(queue_.SuspicionOf("1.2.3.4 alice", User::kKnown, 5, now_), Suspicion{6});
  EXPECT_EQ(Of("1.2.3.4 alice"), kTrusted);
  Push("1.2.3.4 alice", kTrusted);
  CheckAll();
  EXPECT_EQ(Of("1.2.3.4 alice"), Suspicion{1});
  EXPECT_EQ(Of("1.2.3.4 bob"), kTrusted);
  EXPECT_EQ(Of("1.2.3.5 alice"), kTrusted);
  EXPECT_EQ(queue_.SuspicionOf("1.2.3.4 alice", User::kKnown, 0, now_ + kGuessMemory), kTrusted);
}

// Goal: a crowd that comes at once does not fill the queue before its first guess is found wrong.
TEST_F(PasswordQueueTest, TrustsOneUndecidedRequestOfAnAddressAndUser) {
  Push("alice", kTrusted);
  EXPECT_EQ(Of("alice"), Suspicion{1}) << "one waits";
  EXPECT_EQ(Of("bob"), kTrusted);
  ASSERT_TRUE(queue_.Next());
  EXPECT_EQ(Of("alice"), Suspicion{1}) << "it is being checked";
  queue_.Decide(Password::kRight, now_);
  EXPECT_EQ(Of("alice"), kTrusted);
}

TEST_F(PasswordQueueTest, RemembersABoundedNumberOfGuesses) {
  for (std::size_t i = 0; i <= kGuessesRemembered; ++i) {
    Push(std::to_string(i), kTrusted);
    CheckAll();
  }
  EXPECT_EQ(Of("0"), kTrusted);
  EXPECT_EQ(Of("1"), Suspicion{1});
}

}  // namespace
}  // namespace streamhouse::exporters
