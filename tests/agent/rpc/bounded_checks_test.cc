#include "agent/rpc/bounded_checks.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "metrics_core/health.h"
#include "metrics_core/status.h"
#include "tests/support/slow_check.h"
#include "tests/support/watched_thread.h"

namespace streamhouse::agent {
namespace {

using Results = std::vector<Readiness>;

constexpr std::chrono::hours kNever{1};

// The one check waits until it is released.
class BoundedChecksTest : public testing::Test {
 protected:
  ~BoundedChecksTest() override { slow_.Release(); }

  void Make(std::chrono::milliseconds wait_time) {
    checks_.emplace(&health_, wait_time);
    EXPECT_TRUE(checks_->Start().ok());
  }
  void Ask(int times = 1) {
    for (int i = 0; i < times; ++i) {
      checks_->Ask([this](Readiness readiness) {
        const std::lock_guard lock(mutex_);
        results_.push_back(readiness);
        changed_.notify_all();
      });
    }
  }
  Results ResultsOnceThereAre(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(30), [&] { return results_.size() >= count; });
    return results_;
  }

  metrics::Health health_;
  SlowCheck slow_{health_};
  std::mutex mutex_;
  std::condition_variable changed_;
  Results results_;
  std::optional<BoundedChecks> checks_;
};

TEST_F(BoundedChecksTest, AnswerAllCallersThatWaitWithOneEvaluation) {
  Make(kNever);
  Ask(3);
  EXPECT_TRUE(slow_.EventuallyBegins());
  Ask(2);
  EXPECT_EQ(ResultsOnceThereAre(0), Results());
  slow_.Release();
  EXPECT_EQ(ResultsOnceThereAre(5), Results(5, Readiness::kReady));
  EXPECT_EQ(slow_.evaluations(), 1);
}

TEST_F(BoundedChecksTest, AreEvaluatedAgainForALaterCaller) {
  Make(kNever);
  slow_.Release();
  Ask();
  EXPECT_EQ(ResultsOnceThereAre(1), Results{Readiness::kReady});
  const auto token = health_.Add("lease", [] { return metrics::Status(metrics::StatusCode::kUnavailable, "none"); });
  Ask();
  EXPECT_EQ(ResultsOnceThereAre(2), (Results{Readiness::kReady, Readiness::kNotReady}));
}

TEST_F(BoundedChecksTest, FailWhereTheyTakeTooLong) {
  Make(std::chrono::milliseconds(20));
  Ask();
  EXPECT_EQ(ResultsOnceThereAre(1), Results{Readiness::kNotReady});
  Ask();
  EXPECT_EQ(ResultsOnceThereAre(2), Results(2, Readiness::kNotReady));
  EXPECT_LE(slow_.evaluations(), 1) << "the one that has not ended";
}

TEST_F(BoundedChecksTest, FailAtOnceWhereManyWait) {
  Make(kNever);
  Ask(kChecksWaitingMax + 1);
  EXPECT_EQ(ResultsOnceThereAre(1), Results{Readiness::kNotReady});
  slow_.Release();
  EXPECT_EQ(ResultsOnceThereAre(kChecksWaitingMax + 1).size(), kChecksWaitingMax + 1);
}

TEST_F(BoundedChecksTest, StopAnswersAllAndWaitsForACheckThatRuns) {
  Make(kNever);
  Ask();
  EXPECT_TRUE(slow_.EventuallyBegins());
  WatchedThread stopper([this] {
    checks_->Stop();
    EXPECT_FALSE(slow_.is_running());
  });
  EXPECT_EQ(ResultsOnceThereAre(1), Results{Readiness::kNotReady});
  EXPECT_TRUE(stopper.EventuallySleeps());
  slow_.Release();
  stopper.Join();
  Ask();
  EXPECT_EQ(ResultsOnceThereAre(2), Results(2, Readiness::kNotReady));
}

}  // namespace
}  // namespace streamhouse::agent
