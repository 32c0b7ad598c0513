#include "agent/bounded_checks.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <optional>
#include <vector>

#include "metrics_core/health.h"
#include "metrics_core/status.h"
#include "tests/support/eventually.h"
#include "tests/support/watched_thread.h"

namespace streamhouse::agent {
namespace {

using Answers = std::vector<bool>;

constexpr std::chrono::hours kNever{1};

// The one check waits until it is released.
class BoundedChecksTest : public testing::Test {
 protected:
  ~BoundedChecksTest() override { Release(); }

  void Make(std::chrono::milliseconds wait_time) {
    checks_.emplace(&health_, wait_time);
    EXPECT_TRUE(checks_->Start().ok());
  }
  void Ask(int times = 1) {
    for (int i = 0; i < times; ++i) {
      checks_->Ask([this](bool is_ready) {
        const std::lock_guard lock(mutex_);
        answers_.push_back(is_ready);
        changed_.notify_all();
      });
    }
  }
  Answers AnswersOnceThereAre(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(30), [&] { return answers_.size() >= count; });
    return answers_;
  }
  void Release() {
    if (!released_.try_wait()) released_.count_down();
  }

  metrics::Health health_;
  std::latch begun_{1};
  std::latch released_{1};
  std::atomic<int> evaluations_ = 0;
  std::atomic<bool> is_running_ = false;
  const metrics::Health::Token slow_ = health_.Add("slow", [this] {
    is_running_ = true;
    if (++evaluations_ == 1) begun_.count_down();
    EXPECT_TRUE(InTime(released_));
    is_running_ = false;
    return metrics::Status::Ok();
  });
  std::mutex mutex_;
  std::condition_variable changed_;
  Answers answers_;
  std::optional<BoundedChecks> checks_;
};

TEST_F(BoundedChecksTest, AnswerAllWhoWaitWithOneEvaluation) {
  Make(kNever);
  Ask(3);
  EXPECT_TRUE(InTime(begun_));
  Ask(2);
  EXPECT_EQ(AnswersOnceThereAre(0), Answers());
  Release();
  EXPECT_EQ(AnswersOnceThereAre(5), Answers(5, true));
  EXPECT_EQ(evaluations_, 1);
}

TEST_F(BoundedChecksTest, AreEvaluatedAgainForALaterCaller) {
  Make(kNever);
  Release();
  Ask();
  EXPECT_EQ(AnswersOnceThereAre(1), Answers{true});
  const auto token = health_.Add("lease", [] { return metrics::Status(metrics::StatusCode::kUnavailable, "none"); });
  Ask();
  EXPECT_EQ(AnswersOnceThereAre(2), (Answers{true, false}));
}

TEST_F(BoundedChecksTest, FailWhereTheyTakeTooLong) {
  Make(std::chrono::milliseconds(20));
  Ask();
  EXPECT_EQ(AnswersOnceThereAre(1), Answers{false});
  Ask();
  EXPECT_EQ(AnswersOnceThereAre(2), Answers(2, false));
  EXPECT_LE(evaluations_, 1) << "the one that has not ended";
}

TEST_F(BoundedChecksTest, FailAtOnceWhereManyWait) {
  Make(kNever);
  Ask(kChecksWaitingMax + 1);
  EXPECT_EQ(AnswersOnceThereAre(1), Answers{false});
  Release();
  EXPECT_EQ(AnswersOnceThereAre(kChecksWaitingMax + 1).size(), kChecksWaitingMax + 1);
}

TEST_F(BoundedChecksTest, StopAnswersAllAndWaitsForACheckThatRuns) {
  Make(kNever);
  Ask();
  EXPECT_TRUE(InTime(begun_));
  WatchedThread stopper([this] {
    checks_->Stop();
    EXPECT_FALSE(is_running_);
  });
  EXPECT_EQ(AnswersOnceThereAre(1), Answers{false});
  EXPECT_TRUE(stopper.EventuallySleeps());
  Release();
  stopper.Join();
  Ask();
  EXPECT_EQ(AnswersOnceThereAre(2), Answers(2, false));
}

}  // namespace
}  // namespace streamhouse::agent
