#include "exporters/http/readiness_checks.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exporters/http/server_executor.h"
#include "exporters/http/server_metrics.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/support/slow_check.h"
#include "tests/support/watched_thread.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;

std::ptrdiff_t Threads() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
}

// The test's thread runs the handlers, by RunUntilAnswers(). The one check waits until it is
// released.
class ReadinessChecksTest : public testing::Test {
 protected:
  ~ReadinessChecksTest() override {
    slow_.Release();
    Close();
  }
  void Make(std::chrono::milliseconds wait_time) { checks_.emplace(executor_, health_, metrics_, wait_time); }
  void Ask(std::size_t requests = 1) {
    for (std::size_t i = 0; i < requests; ++i) {
      checks_->Ask([this](const metrics::Health::Report& report) { reasons_.push_back(report.Reason()); });
    }
  }
  void RunUntilAnswers(std::size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (reasons_.size() < count && std::chrono::steady_clock::now() < deadline) {
      context_.restart();
      context_.run_one_until(deadline);
    }
    ASSERT_EQ(reasons_.size(), count);
  }
  void Close() {
    executor_.Close([this] { checks_->Close(); });
  }
  double Refused() {
    return metrics::testing::MetricReader(registry_)
        .Value("streamhouse_exporter_limits_reached_total", {{"limit", "readiness_checks"}})
        .value_or(0);
  }

  boost::asio::io_context context_;
  // As the accept of a server, it keeps the context at work.
  const boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context_.get_executor()};
  const ServerExecutor executor_ = ServerExecutor::OnOneThread(context_.get_executor());
  metrics::Registry registry_;
  const ServerMetrics metrics_ = ServerMetrics::Register(registry_).value();
  metrics::Health health_;
  SlowCheck slow_{health_};
  std::vector<std::string> reasons_;
  std::optional<ReadinessChecks> checks_;
};

constexpr std::chrono::hours kNever{1};

TEST_F(ReadinessChecksTest, AnswerAllCallersThatWaitWithOneEvaluation) {
  Make(kNever);
  Ask(3);
  EXPECT_TRUE(slow_.EventuallyBegins());
  Ask(2);
  EXPECT_TRUE(reasons_.empty());
  slow_.Release();
  RunUntilAnswers(5);
  EXPECT_EQ(slow_.evaluations(), 1);
}

TEST_F(ReadinessChecksTest, AreEvaluatedAgainForALaterRequest) {
  Make(kNever);
  slow_.Release();
  Ask();
  RunUntilAnswers(1);
  const auto token = health_.Add("lease", [] { return Status(metrics::StatusCode::kUnavailable, "no lease"); });
  Ask();
  RunUntilAnswers(2);
  EXPECT_EQ(reasons_, (std::vector<std::string>{"", "lease: no lease"}));
}

TEST_F(ReadinessChecksTest, TellARequestThatTheyTakeTooLong) {
  Make(std::chrono::milliseconds(20));
  Ask();
  RunUntilAnswers(1);
  Ask();
  RunUntilAnswers(2);
  EXPECT_EQ(reasons_, std::vector<std::string>(2, "readiness: checks take longer than 20 ms"));
  EXPECT_EQ(Refused(), 2);
  EXPECT_LE(slow_.evaluations(), 1) << "the one that never ended";
}

TEST_F(ReadinessChecksTest, RefuseRequestsWhereManyWait) {
  Make(kNever);
  Ask(kReadinessRequestsMax + 1);
  EXPECT_EQ(reasons_, std::vector<std::string>(1, "readiness: too many requests wait for the checks"));
  EXPECT_EQ(Refused(), 1);
  slow_.Release();
  RunUntilAnswers(kReadinessRequestsMax + 1);
}

TEST_F(ReadinessChecksTest, HaveNoThreadBeforeTheyAreAsked) {
  // One of another test may still be on its way out.
  const std::ptrdiff_t before = Threads();
  Make(kNever);
  EXPECT_LE(Threads(), before);
  Ask();
  EXPECT_TRUE(slow_.EventuallyBegins()) << "on a thread, as this one does not wait for it";
}

TEST_F(ReadinessChecksTest, CloseWaitsForACheckThatRunsAndAnswersNoRequest) {
  Make(kNever);
  Ask();
  EXPECT_TRUE(slow_.EventuallyBegins());
  WatchedThread closer([&] {
    Close();
    EXPECT_FALSE(slow_.is_running());
  });
  EXPECT_TRUE(closer.EventuallySleeps());
  slow_.Release();
  closer.Join();
  context_.poll();
  EXPECT_TRUE(reasons_.empty());
}

TEST_F(ReadinessChecksTest, KnowTheThreadThatTheyRunOn) {
  Make(kNever);
  slow_.Release();
  std::atomic<bool> is_inside = false;
  const auto token = health_.Add("inside", [&] { return is_inside = checks_->IsInside(), Status::Ok(); });
  Ask();
  RunUntilAnswers(1);
  EXPECT_TRUE(is_inside);
  EXPECT_FALSE(checks_->IsInside());
}

}  // namespace
}  // namespace streamhouse::exporters
