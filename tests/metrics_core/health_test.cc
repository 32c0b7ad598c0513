#include "metrics_core/health.h"

#include <atomic>
#include <latch>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/watched_thread.h"

namespace streamhouse::metrics {
namespace {

Status Sick(const std::string& why) {
  return Status(StatusCode::kUnavailable, why);
}

TEST(HealthTest, AProgramWithoutChecksIsReady) {
  EXPECT_TRUE(Health().Evaluate().ready());
  EXPECT_EQ(Health().Evaluate().Reason(), "");
}

TEST(HealthTest, IsReadyWhenEveryCheckIs) {
  Health health;
  bool has_lease = false;
  const Health::Token log = health.Add("log", [] { return Status::Ok(); });
  const Health::Token lease = health.Add("lease", [&] { return has_lease ? Status::Ok() : Sick("no lease"); });
  EXPECT_FALSE(health.Evaluate().ready());
  has_lease = true;
  EXPECT_TRUE(health.Evaluate().ready());
}

TEST(HealthTest, ReportsEachCheckInTheOrderOfRegistration) {
  Health health;
  const Health::Token b = health.Add("b", [] { return Sick("first"); });
  const Health::Token a = health.Add("a", [] { return Status::Ok(); });
  const Health::Token c = health.Add("c", [] { return Sick("second"); });
  const Health::Report report = health.Evaluate();
  ASSERT_EQ(report.checks.size(), 3U);
  EXPECT_EQ(report.checks[1].name, "a");
  EXPECT_EQ(report.Reason(), "b: first; c: second");
}

TEST(HealthTest, ATokenRemovesItsCheckAndNoOther) {
  Health health;
  const Health::Token kept = health.Add("same name", [] { return Sick("kept"); });
  {
    const Health::Token removed = health.Add("same name", [] { return Sick("removed"); });
  }
  EXPECT_EQ(health.Evaluate().Reason(), "same name: kept");
}

TEST(HealthTest, AMovedTokenKeepsItsCheckUntilItGoes) {
  Health health;
  std::optional<Health::Token> moved;
  {
    Health::Token token = health.Add("a", [] { return Sick("a"); });
    moved = std::move(token);
  }
  EXPECT_EQ(health.Evaluate().checks.size(), 1U);
  moved = health.Add("b", [] { return Sick("b"); });
  EXPECT_EQ(health.Evaluate().Reason(), "b: b");
  moved.reset();
  EXPECT_TRUE(health.Evaluate().checks.empty());
}

TEST(HealthTest, ATokenMayBeAssignedToItself) {
  Health health;
  Health::Token token = health.Add("a", [] { return Sick("a"); });
  Health::Token& same = token;
  token = std::move(same);
  EXPECT_EQ(health.Evaluate().checks.size(), 1U);
}

TEST(HealthTest, ATokenMayOutliveItsHealth) {
  std::optional<Health> health(std::in_place);
  const Health::Token token = health->Add("a", [] { return Status::Ok(); });
  health.reset();
}

// Each round ends a check's life while another thread evaluates; a check that ran afterwards would
// see it dead.
TEST(HealthTest, ACheckIsNotRunningOnceItsTokenIsGone) {
  Health health;
  std::atomic<bool> stop = false;
  std::thread evaluator([&] {
    while (!stop) EXPECT_EQ(health.Evaluate().Reason(), "");
  });
  for (int round = 0; round < 200; ++round) {
    auto alive = std::make_unique<std::string>("alive");
    Health::Token token = health.Add("a", [&] { return *alive == "alive" ? Status::Ok() : Sick("dead"); });
    token = Health::Token();
    alive.reset();
  }
  stop = true;
  evaluator.join();
}

TEST(HealthTest, ASlowCheckDelaysNeitherNewChecksNorTheCountOfFailures) {
  Health health;
  std::latch begun(1);
  std::latch released(1);
  const auto slow = health.Add("slow", [&] {
    begun.count_down();
    return InTime(released) ? Status::Ok() : Sick("it was not released");
  });
  Health::Report report;
  std::thread evaluator([&] { report = health.Evaluate(); });
  EXPECT_TRUE(InTime(begun));
  const auto late = health.Add("late", [] { return Sick("late"); });
  EXPECT_EQ(health.FailedChecks(), 0U);
  released.count_down();
  evaluator.join();
  EXPECT_EQ(report.checks.size(), 1U) << "checks added during an evaluation are of the next one";
}

TEST(HealthTest, ATokenWaitsForItsCheck) {
  Health health;
  std::latch begun(1);
  std::latch released(1);
  std::atomic<bool> gone = false;
  std::optional<Health::Token> slow = health.Add("slow", [&] {
    begun.count_down();
    EXPECT_TRUE(InTime(released));
    return gone ? Sick("its token is gone") : Status::Ok();
  });
  Health::Report report;
  std::thread evaluator([&] { report = health.Evaluate(); });
  EXPECT_TRUE(InTime(begun));
  WatchedThread remover([&] { slow.reset(), gone = true; });
  EXPECT_TRUE(remover.EventuallySleeps());
  released.count_down();
  remover.Join();
  evaluator.join();
  EXPECT_EQ(report.Reason(), "");
}

TEST(HealthTest, ACheckThatThrowsHasFailedWithTheTextOfItsException) {
  Health health;
  const Health::Token throws = health.Add("disk", []() -> Status { throw std::runtime_error("no such device"); });
  const Health::Token throws_a_number = health.Add("net", []() -> Status { throw 7; });
  const Health::Token fine = health.Add("log", [] { return Status::Ok(); });
  EXPECT_EQ(health.Evaluate().Reason(),
            "disk: threw an exception: no such device; net: threw an exception of an unknown type");
  EXPECT_EQ(health.FailedChecks(), 2U);
}

TEST(HealthTest, AProbeMayHoldTheTokenOfAnotherCheck) {
  Health health;
  auto inner = std::make_shared<Health::Token>(health.Add("inner", [] { return Status::Ok(); }));
  auto outer = health.Add("outer", [inner] { return Status::Ok(); });
  inner.reset();
  outer = Health::Token();
  EXPECT_TRUE(health.Evaluate().checks.empty());
}

}  // namespace
}  // namespace streamhouse::metrics
