#include "agent/lease/lease_keeper.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "agent/metadata/sqlite_metadata_store.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/agent/support/intercepted_store.h"
#include "tests/agent/support/temporary_folder.h"
#include "tests/support/eventually.h"

namespace streamhouse::agent {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr LeaseTiming kTiming = {};

// Two agents, "a" and "b", on one database, with one clock for both.
class LeaseKeeperTest : public testing::Test {
 protected:
  std::unique_ptr<LeaseKeeper> Keeper(const std::string& holder, LeaseMetrics metrics = {}) {
    stores_.push_back(
        std::make_unique<InterceptedStore>(*SqliteMetadataStore::OpenWithClock(folder_ / "metadata.db", [this] {
          return std::chrono::floor<milliseconds>(now_ + store_clock_jump_).count();
        })));
    stores_.back()->before_acquire = [this] { return before_acquire_(); };
    return std::make_unique<LeaseKeeper>(
        *stores_.back(), holder, kTiming, std::move(metrics),
        [this](const TopicPartition& p, std::uint64_t fence) { lost_.emplace_back(p.ToString(), fence); },
        [this] { return now_; });
  }

  TemporaryFolder folder_;
  nanoseconds now_ = std::chrono::hours(1000);
  nanoseconds store_clock_jump_{0};
  std::function<Status()> before_acquire_ = [] { return Status::Ok(); };
  std::vector<std::unique_ptr<InterceptedStore>> stores_;
  std::vector<std::pair<std::string, std::uint64_t>> lost_;
  const TopicPartition orders_ = {.topic = "orders", .partition = 0};
  const TopicPartition events_ = {.topic = "events", .partition = 0};
  std::unique_ptr<LeaseKeeper> a_ = Keeper("a");
  std::unique_ptr<LeaseKeeper> b_ = Keeper("b");
  using Lost = std::vector<std::pair<std::string, std::uint64_t>>;
};

TEST_F(LeaseKeeperTest, IsNotReadyWithoutPartitions) {
  EXPECT_TRUE(a_->RenewNow().ok());
  EXPECT_EQ(a_->Readiness().message(), "no lease, because there is no topic yet");
}

TEST_F(LeaseKeeperTest, IsReadyFromTheFirstLeaseOn) {
  auto lease = a_->Track(orders_);
  EXPECT_EQ(a_->Readiness().message(), "no unexpired lease (partitions: 1)");
  ASSERT_TRUE(a_->RenewNow().ok());
  EXPECT_TRUE(a_->Readiness().ok());
  EXPECT_EQ(a_->HeldCount(), 1U);
  EXPECT_EQ(lease->Epoch().value(), 1U);
}

TEST_F(LeaseKeeperTest, TracksAPartitionOnce) {
  EXPECT_EQ(a_->Track(orders_), a_->Track(orders_));
}

TEST_F(LeaseKeeperTest, KeepsTheEpochOverManyRenewals) {
  auto lease = a_->Track(orders_);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(a_->RenewNow().ok());
    EXPECT_EQ(lease->Epoch().value(), 1U);
    now_ += kTiming.renew_interval;
    EXPECT_TRUE(lease->IsHeld());
  }
  EXPECT_EQ(lost_, Lost());
}

TEST_F(LeaseKeeperTest, CountsALeaseAsLostBeforeItExpiresInTheStore) {
  auto lease = a_->Track(orders_);
  ASSERT_TRUE(a_->RenewNow().ok());
  now_ += kTiming.duration - kTiming.safety_margin;
  EXPECT_FALSE(lease->IsHeld());
  EXPECT_FALSE(a_->Readiness().ok());
  b_->Track(orders_);
  ASSERT_TRUE(b_->RenewNow().ok());
  EXPECT_FALSE(b_->Readiness().ok());
}

TEST_F(LeaseKeeperTest, HandsAPartitionOverWithAHigherEpoch) {
  a_->Track(orders_);
  ASSERT_TRUE(a_->RenewNow().ok());
  auto taken = b_->Track(orders_);
  ASSERT_TRUE(b_->RenewNow().ok());
  now_ += kTiming.duration;
  ASSERT_TRUE(b_->RenewNow().ok());
  EXPECT_EQ(taken->Epoch().value(), 2U);
}

TEST_F(LeaseKeeperTest, TakesALeaseThatHasNotBeenRenewedWhileItLooked) {
  a_->Track(orders_);
  ASSERT_TRUE(a_->RenewNow().ok());
  now_ += 10 * kTiming.duration;
  b_->Track(orders_);
  ASSERT_TRUE(b_->RenewNow().ok());
  EXPECT_EQ(b_->HeldCount(), 0U);
  now_ += kTiming.duration - milliseconds(1);
  ASSERT_TRUE(b_->RenewNow().ok());
  EXPECT_EQ(b_->HeldCount(), 0U);
  now_ += milliseconds(1);
  ASSERT_TRUE(b_->RenewNow().ok());
  EXPECT_EQ(b_->HeldCount(), 1U);
}

TEST_F(LeaseKeeperTest, LeavesALeaseThatIsRenewedToItsHolder) {
  a_->Track(orders_);
  b_->Track(orders_);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(a_->RenewNow().ok());
    ASSERT_TRUE(b_->RenewNow().ok());
    now_ += kTiming.renew_interval;
  }
  EXPECT_EQ(b_->HeldCount(), 0U);
  EXPECT_EQ(lost_, Lost());
}

// The store's clock runs an hour ahead when the row is written, or jumps ahead afterwards.
TEST_F(LeaseKeeperTest, NeitherKeepsNorLosesALeaseByTheClockOfTheStore) {
  a_->Track(orders_);
  ASSERT_TRUE(a_->RenewNow().ok());
  b_->Track(orders_);
  for (const auto jump : {std::chrono::hours(1), std::chrono::hours(-2)}) {
    store_clock_jump_ += jump;
    ASSERT_TRUE(b_->RenewNow().ok());
    EXPECT_EQ(b_->HeldCount(), 0U);
  }
  now_ += kTiming.duration;
  ASSERT_TRUE(b_->RenewNow().ok());
  EXPECT_EQ(b_->HeldCount(), 1U);
}

TEST_F(LeaseKeeperTest, TakesItsOwnLeaseAtOnceWhenItStartsAgain) {
  a_->Track(orders_);
  ASSERT_TRUE(a_->RenewNow().ok());
  auto again = Keeper("a");
  auto lease = again->Track(orders_);
  ASSERT_TRUE(again->RenewNow().ok());
  EXPECT_EQ(lease->Epoch().value(), 1U);
}

TEST_F(LeaseKeeperTest, AcquiresTheLeasesThatItIsToldAndNoOthers) {
  auto orders = a_->Track(orders_);
  auto events = a_->Track(events_);
  ASSERT_TRUE(a_->AcquireNow({&events_, 1}).ok());
  EXPECT_TRUE(events->IsHeld());
  EXPECT_FALSE(orders->IsHeld());
  EXPECT_EQ(a_->HeldCount(), 1U);
}

TEST_F(LeaseKeeperTest, HoldsTheLeasesOfATopicThatItCreates) {
  ASSERT_EQ(a_->CreateTopic({.name = "new", .partitions = 2})->partitions, 2U);
  EXPECT_EQ(a_->HeldCount(), 2U);
  EXPECT_EQ(a_->Track({.topic = "new", .partition = 1})->Epoch().value(), 1U);
  now_ += kTiming.duration;
  EXPECT_EQ(a_->HeldCount(), 0U);
  ASSERT_TRUE(a_->RenewNow().ok());
  EXPECT_EQ(a_->HeldCount(), 2U);
}

TEST_F(LeaseKeeperTest, CreatesATopicWhoseLeaseAnotherHolds) {
  b_->Track({.topic = "new", .partition = 0});
  ASSERT_TRUE(b_->RenewNow().ok());
  EXPECT_TRUE(a_->CreateTopic({.name = "new", .partitions = 1}).ok());
  EXPECT_FALSE(a_->Track({.topic = "new", .partition = 0})->IsHeld());
}

TEST_F(LeaseKeeperTest, TracksNoLeaseOfATopicThatTheStoreRefuses) {
  ASSERT_TRUE(a_->CreateTopic({.name = "new", .partitions = 1}).ok());
  EXPECT_EQ(a_->CreateTopic({.name = "new", .partitions = 2}).status().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(a_->HeldCount(), 1U);
}

TEST_F(LeaseKeeperTest, CreatesNoTopicOnceItHasStopped) {
  a_->Stop();
  EXPECT_EQ(a_->CreateTopic({.name = "new", .partitions = 1}).status().code(), StatusCode::kUnavailable);
  EXPECT_TRUE(stores_[0]->ListTopics()->empty());
}

// The gauge of the leases that are held.
class LeaseGaugeTest : public LeaseKeeperTest {
 protected:
  double Shown() { return metrics::testing::MetricReader(registry_).Value("held").value_or(-1); }
  Status Create(const std::string& topic) { return keeper_->CreateTopic({.name = topic, .partitions = 2}).status(); }
  Status Delete(const std::string& topic) {
    const std::vector<TopicPartition> partitions = {{.topic = topic, .partition = 0}, {.topic = topic, .partition = 1}};
    return keeper_->Forget(partitions, "the topic was deleted",
                           [&] { return stores_[2]->DeleteTopic(topic, stores_[2]->ListTopics()->front().id); });
  }

  metrics::Registry registry_;
  const std::unique_ptr<LeaseKeeper> keeper_ = Keeper(
      "c", {.renewals = {}, .active_partitions = registry_.AddGauge({.name = "held", .help = "Leases held"})->With()});
};

TEST_F(LeaseGaugeTest, CountsTheLeasesOfNewTopics) {
  ASSERT_TRUE(Create("a").ok());
  EXPECT_EQ(Shown(), 2);
  ASSERT_TRUE(Create("b").ok());
  EXPECT_EQ(Shown(), 4);
}

// The second creation finds the topic in the store, as after one that was cut short.
TEST_F(LeaseGaugeTest, CountsALeaseOnceThatHadExpiredBeforeTheCreation) {
  ASSERT_TRUE(Create("a").ok());
  now_ += kTiming.duration;
  ASSERT_TRUE(Create("a").ok());
  EXPECT_EQ(Shown(), 2);
  EXPECT_EQ(keeper_->HeldCount(), 2U);
}

TEST_F(LeaseGaugeTest, LeavesOutALeaseThatExpiresDuringTheCreation) {
  stores_[2]->before_create = [this] {
    now_ += kTiming.duration;
    return Status::Ok();
  };
  ASSERT_TRUE(Create("a").ok());
  EXPECT_EQ(Shown(), 0);
}

TEST_F(LeaseGaugeTest, CountsNothingOfACreationThatFails) {
  stores_[2]->before_create = [] { return Status(StatusCode::kUnavailable, "the store is unreachable"); };
  EXPECT_EQ(Create("a").code(), StatusCode::kUnavailable);
  EXPECT_EQ(Shown(), 0);
  EXPECT_EQ(keeper_->HeldCount(), 0U);
}

TEST_F(LeaseGaugeTest, IsRightWhileTopicsComeAndGoBesideRounds) {
  std::jthread rounds([this] {
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(keeper_->RenewNow().ok());
  });
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(Create("a").ok());
    EXPECT_EQ(Shown(), 2);
    EXPECT_TRUE(Delete("a").ok());
    EXPECT_EQ(Shown(), 0);
  }
}

TEST_F(LeaseKeeperTest, AnnouncesTheFenceWhenAnotherHasTakenOver) {
  a_->Track(orders_);
  ASSERT_TRUE(a_->RenewNow().ok());
  ASSERT_TRUE(stores_[0]->ReleaseLease(orders_, "a", 1).ok());  // as if it had expired
  b_->Track(orders_);
  ASSERT_TRUE(b_->RenewNow().ok());
  ASSERT_TRUE(a_->RenewNow().ok());
  EXPECT_EQ(lost_, (Lost{{"orders/0", 2}}));
  EXPECT_EQ(a_->HeldCount(), 0U);
}

TEST_F(LeaseKeeperTest, HoldsOnWhileTheStoreIsOutOfReachUntilTheMargin) {
  auto lease = a_->Track(orders_);
  ASSERT_TRUE(a_->RenewNow().ok());
  before_acquire_ = [] { return Status(StatusCode::kUnavailable, "the store is unreachable"); };
  now_ += kTiming.renew_interval;
  EXPECT_FALSE(a_->RenewNow().ok());
  EXPECT_TRUE(lease->IsHeld());
  EXPECT_EQ(lost_, Lost());
  now_ += kTiming.duration;
  EXPECT_FALSE(a_->RenewNow().ok());
  EXPECT_EQ(lost_, (Lost{{"orders/0", 1}}));
  EXPECT_EQ(a_->Readiness().message(), "no unexpired lease (partitions: 1): the store is unreachable");
}

TEST_F(LeaseKeeperTest, TakesALeaseBackWhenTheStoreReturns) {
  auto lease = a_->Track(orders_);
  ASSERT_TRUE(a_->RenewNow().ok());
  now_ += 2 * kTiming.duration;
  ASSERT_TRUE(a_->RenewNow().ok());
  EXPECT_EQ(lease->Epoch().value(), 1U);
  EXPECT_TRUE(a_->Readiness().ok());
}

// A store that answers late grants a lease that is nearly over: its time counts from before the
// question.
TEST_F(LeaseKeeperTest, CountsTheTimeThatTheStoreTook) {
  auto lease = a_->Track(orders_);
  before_acquire_ = [this] {
    now_ += kTiming.duration;
    return Status::Ok();
  };
  ASSERT_TRUE(a_->RenewNow().ok());
  EXPECT_FALSE(lease->IsHeld());
}

TEST_F(LeaseKeeperTest, RetriesToTakeLeasesThatItDidNotGet) {
  a_->Track(orders_);
  b_->Track(orders_);
  ASSERT_TRUE(a_->RenewNow().ok());
  ASSERT_TRUE(b_->RenewNow().ok());
  EXPECT_EQ(b_->HeldCount(), 0U);
  now_ += kTiming.duration;
  ASSERT_TRUE(b_->RenewNow().ok());
  EXPECT_EQ(b_->HeldCount(), 1U);
}

TEST_F(LeaseKeeperTest, SharesPartitionsWithAnotherAgent) {
  a_->Track(orders_);
  b_->Track(orders_);
  b_->Track(events_);
  ASSERT_TRUE(a_->RenewNow().ok());
  ASSERT_TRUE(b_->RenewNow().ok());
  EXPECT_EQ(a_->HeldCount(), 1U);
  EXPECT_EQ(b_->HeldCount(), 1U);
  EXPECT_TRUE(b_->Track(events_)->IsHeld());
}

TEST_F(LeaseKeeperTest, ReleasesOnStopSoThatAnotherNeedNotWait) {
  auto lease = a_->Track(orders_);
  ASSERT_TRUE(a_->RenewNow().ok());
  a_->Stop();
  a_->Stop();
  EXPECT_FALSE(lease->IsHeld());
  EXPECT_FALSE(a_->Readiness().ok());
  EXPECT_EQ(a_->RenewNow().code(), StatusCode::kFailedPrecondition);
  auto taken = b_->Track(orders_);
  ASSERT_TRUE(b_->RenewNow().ok());
  EXPECT_EQ(taken->Epoch().value(), 2U);
}

TEST_F(LeaseKeeperTest, GivesUpALeaseForGood) {
  auto lease = a_->Track(orders_);
  a_->Track(events_);
  ASSERT_TRUE(a_->RenewNow().ok());
  a_->GiveUp(orders_, *lease, "the disk failed");
  EXPECT_FALSE(lease->IsHeld());
  ASSERT_TRUE(a_->RenewNow().ok());
  EXPECT_EQ(lost_, (Lost{{"orders/0", 1}}));
  ASSERT_TRUE(a_->RenewNow().ok());
  EXPECT_EQ(lost_, (Lost{{"orders/0", 1}}));
  EXPECT_EQ(a_->HeldCount(), 1U);
  auto taken = b_->Track(orders_);
  ASSERT_TRUE(b_->RenewNow().ok());
  EXPECT_EQ(taken->Epoch().value(), 2U);
}

// The log of a deleted topic fails late, when a topic of its name has a new lease.
TEST_F(LeaseKeeperTest, LeavesTheNextLeaseOfAPartitionAloneWhenAForgottenOneIsGivenUp) {
  const auto former = a_->Track(orders_);
  ASSERT_TRUE(a_->Forget({&orders_, 1}, "the topic was deleted", [] { return Status::Ok(); }).ok());
  const auto later = a_->Track(orders_);
  ASSERT_TRUE(a_->RenewNow().ok());
  a_->GiveUp(orders_, *former, "the disk failed");
  EXPECT_TRUE(later->IsHeld());
}

// The response to a round that was under way may still bring the lease: it goes back in the next
// one.
TEST_F(LeaseKeeperTest, GivesBackWhatARoundUnderWayHasTaken) {
  const auto lease = a_->Track(orders_);
  before_acquire_ = [&] {
    a_->GiveUp(orders_, *lease, "the disk failed");
    return Status::Ok();
  };
  ASSERT_TRUE(a_->RenewNow().ok());
  EXPECT_EQ(stores_[0]->FindLease(orders_).value()->duration, kTiming.duration);
  ASSERT_TRUE(a_->RenewNow().ok());
  EXPECT_EQ(stores_[0]->FindLease(orders_).value()->duration.count(), 0);
  EXPECT_EQ(a_->HeldCount(), 0U);
}

// Goal: a renewal under way is no reason to be unready. Method: hold it up in the store, and ask
// meanwhile.
TEST_F(LeaseKeeperTest, StaysReadyDuringARenewal) {
  a_->Track(orders_);
  ASSERT_TRUE(a_->RenewNow().ok());
  std::mutex mutex;
  std::condition_variable changed;
  bool renewing = false;
  bool proceed = false;
  before_acquire_ = [&] {
    std::unique_lock lock(mutex);
    renewing = true;
    changed.notify_all();
    changed.wait(lock, [&] { return proceed; });
    return Status::Ok();
  };
  std::thread renewal([&] { EXPECT_TRUE(a_->RenewNow().ok()); });
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return renewing; });
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(a_->Readiness().ok());
  EXPECT_EQ(a_->HeldCount(), 1U);
  proceed = true;
  changed.notify_all();
  lock.unlock();
  renewal.join();
}

// Goal: the thread renews the lease before it runs out. Method: its rounds come in real time. The
// time of leases goes on by half a lease whenever a whole round is over, so that a machine that
// stands still ends no lease.
TEST_F(LeaseKeeperTest, RenewsInTheBackgroundWithoutAFlap) {
  const auto store = *SqliteMetadataStore::Open(folder_ / "real.db");
  std::atomic<nanoseconds> now = nanoseconds(std::chrono::hours(1000));
  LeaseKeeper keeper(
      *store, "a", {.renew_interval = milliseconds(1), .retry_interval = milliseconds(1)}, LeaseMetrics(),
      [&](const TopicPartition& p, std::uint64_t) { lost_.emplace_back(p.topic, 0); }, [&] { return now.load(); });
  keeper.Track(orders_);
  ASSERT_TRUE(keeper.RenewNow().ok());
  ASSERT_TRUE(keeper.Start().ok());
  const auto renewals = [&] { return store->FindLease(orders_).value()->renewals; };
  for (int round = 0; round < 5; ++round) {
    now = now.load() + kTiming.duration / 2;
    EXPECT_TRUE(keeper.Readiness().ok());
    // The second one that is stored from here on began after the first.
    EXPECT_TRUE(Eventually([&, before = renewals()] { return renewals() >= before + 2; }));
  }
  keeper.Stop();
  EXPECT_EQ(lost_, Lost());
  EXPECT_EQ(store->FindLease(orders_).value()->epoch, 1U);
}

}  // namespace
}  // namespace streamhouse::agent
