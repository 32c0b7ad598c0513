#include "metrics_core/internal/series/read_section.h"

#include <atomic>
#include <optional>
#include <thread>

#include <gtest/gtest.h>

#include "metrics_core/internal/cells/shard.h"
#include "tests/support/eventually.h"

namespace streamhouse::metrics::internal {
namespace {

// A thread that enters and leaves read sections as it is told, one step at a time.
class Reader {
 public:
  ~Reader() {
    stop_ = true;
    thread_.join();
  }

  void Enter() { Do(kEnter); }
  void Leave() { Do(kLeave); }

 private:
  enum Step { kNothing, kEnter, kLeave };

  void Do(Step step) {
    next_ = step;
    EXPECT_TRUE(Eventually([&] { return next_ == kNothing; }));
  }

  void Run() {
    EnsureShard();
    while (!stop_) {
      const Step step = next_;
      if (step == kEnter) ReadSection::Enter();
      if (step == kLeave) ReadSection::Leave();
      if (step != kNothing) next_ = kNothing;
    }
  }

  std::atomic<Step> next_ = kNothing;
  std::atomic<bool> stop_ = false;
  std::thread thread_{[this] { Run(); }};
};

TEST(ReadSectionTest, AGracePeriodWithoutSectionsIsOverAtOnce) {
  EXPECT_TRUE(GracePeriod::Begin().IsOver());
}

TEST(ReadSectionTest, ASectionHoldsUpTheGracePeriodThatBeganInIt) {
  Reader reader;
  reader.Enter();
  GracePeriod period = GracePeriod::Begin();
  EXPECT_FALSE(period.IsOver());
  EXPECT_FALSE(period.IsOver());
  reader.Leave();
  EXPECT_TRUE(period.IsOver());
}

TEST(ReadSectionTest, ASectionThatBeganLaterHoldsNothingUp) {
  Reader reader;
  GracePeriod period = GracePeriod::Begin();
  reader.Enter();
  EXPECT_TRUE(period.IsOver());
  reader.Leave();
}

TEST(ReadSectionTest, AReaderThatIsBackInASectionHasLeftTheOldOne) {
  Reader reader;
  reader.Enter();
  GracePeriod period = GracePeriod::Begin();
  reader.Leave();
  reader.Enter();
  EXPECT_TRUE(period.IsOver());
  reader.Leave();
}

TEST(ReadSectionTest, OnceOverAGracePeriodStaysOver) {
  Reader reader;
  GracePeriod period = GracePeriod::Begin();
  EXPECT_TRUE(period.IsOver());
  reader.Enter();
  EXPECT_TRUE(period.IsOver());
  reader.Leave();
}

TEST(ReadSectionTest, TheOutermostOfNestedSectionsCounts) {
  Reader reader;
  reader.Enter();
  reader.Enter();
  GracePeriod period = GracePeriod::Begin();
  reader.Leave();
  EXPECT_FALSE(period.IsOver());
  reader.Enter();
  EXPECT_FALSE(period.IsOver());
  reader.Leave();
  reader.Leave();
  EXPECT_TRUE(period.IsOver());
}

TEST(ReadSectionTest, SectionsNestAsDeepAsIsStated) {
  constexpr int kDepth = 255;
  EnsureShard();
  for (int i = 0; i < kDepth; ++i) ReadSection::Enter();
  GracePeriod period = GracePeriod::Begin();
  for (int i = 0; i < kDepth - 1; ++i) ReadSection::Leave();
  EXPECT_FALSE(period.IsOver());
  ReadSection::Leave();
  EXPECT_TRUE(period.IsOver());
}

TEST(ReadSectionTest, EverySectionMustBeLeft) {
  std::optional<Reader> first(std::in_place);
  Reader second;
  first->Enter();
  second.Enter();
  GracePeriod period = GracePeriod::Begin();
  first->Leave();
  EXPECT_FALSE(period.IsOver());
  second.Leave();
  EXPECT_TRUE(period.IsOver());
}

// A reader may see an object only before it is freed. The freeing of one is a store of zero, so a
// reader that looks at it without protection finds zeros sooner or later.
void ExpectNothingFoundIsFreed(int rounds, int looks) {
  std::atomic<int> objects[2] = {1, 0};
  std::atomic<int> published = 0;
  std::atomic<bool> stop = false;
  std::thread reader([&] {
    EnsureShard();
    while (!stop.load(std::memory_order_relaxed)) {
      ReadSection::Enter();
      const int found = published.load(std::memory_order_acquire);
      bool is_there = true;
      for (int i = 0; i < looks; ++i) is_there = is_there && objects[found].load(std::memory_order_relaxed) == 1;
      ReadSection::Leave();
      ASSERT_TRUE(is_there);
    }
  });
  for (int round = 0, old = 0; round < rounds; ++round, old = 1 - old) {
    objects[1 - old].store(1, std::memory_order_relaxed);
    published.store(1 - old, std::memory_order_release);
    GracePeriod period = GracePeriod::Begin();
    while (!period.IsOver()) std::this_thread::yield();
    objects[old].store(0, std::memory_order_relaxed);
  }
  stop = true;
  reader.join();
}

// Seen to fail without Enter and Leave.
TEST(ReadSectionTest, NothingThatALongSectionCanFindIsFreed) {
  ExpectNothingFoundIsFreed(2'000, 2'000);
}

// Seen to fail without the barrier of the grace period: many beginnings of sections meet the
// unlinking.
TEST(ReadSectionTest, NothingThatAShortSectionCanFindIsFreed) {
  ExpectNothingFoundIsFreed(60'000, 100);
}

}  // namespace
}  // namespace streamhouse::metrics::internal
