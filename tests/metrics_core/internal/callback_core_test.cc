#include "metrics_core/internal/callback_core.h"

#include <array>
#include <atomic>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include <gtest/gtest.h>

#include "metrics_core/reading/snapshot_builder.h"
#include "tests/support/eventually.h"
#include "tests/support/watched_thread.h"

namespace streamhouse::metrics::internal {
namespace {

class CallbackCoreTest : public testing::Test {
 protected:
  static FamilyInfo Info() {
    FamilyInfo info;
    info.name = "depth";
    info.kind = MetricKind::kGauge;
    info.label_names = {"queue"};
    return info;
  }

  std::shared_ptr<CallbackSeries> Add(std::string_view queue, std::function<double()> read) {
    return core_->Add(std::move(read), 0, std::array<std::string_view, 1>{queue});
  }

  // `queue value ` of each series.
  std::string Collect() {
    const auto buffers = std::make_shared<SnapshotBuffers>();
    SnapshotBuilder builder(*buffers);
    core_->Collect(builder, 1);
    const Snapshot snapshot = builder.Finish(buffers);
    std::string page;
    const FamilySnapshot& family = snapshot.families()[0];
    for (std::size_t i = 0; i < family.size(); ++i) {
      page += std::string(family.label_text(i)) + ' ' + std::to_string(family.As<GaugeValues<double>>()[i]) + ' ';
    }
    return page;
  }

  const std::shared_ptr<LiveSnapshots> live_snapshots_ = std::make_shared<LiveSnapshots>();
  std::shared_ptr<CallbackCore> core_ = std::make_shared<CallbackCore>(Info(), live_snapshots_);
};

TEST_F(CallbackCoreTest, AsksEachSeriesAtEachScrape) {
  double depth = 1;
  const auto series = Add("a", [&] { return depth; });
  EXPECT_EQ(Collect(), "queue=\"a\" 1.000000 ");
  depth = 2;
  EXPECT_EQ(Collect(), "queue=\"a\" 2.000000 ");
}

TEST_F(CallbackCoreTest, ARemovedSeriesIsAskedNoMoreAndItsLabelsAreFree) {
  const auto series = Add("a", [] { return 1.0; });
  CallbackCore::Remove(series);
  EXPECT_EQ(Collect(), "");
  Add("a", [] { return 2.0; });
  EXPECT_EQ(Collect(), "queue=\"a\" 2.000000 ");
}

TEST_F(CallbackCoreTest, RemovalDestroysTheCallback) {
  const auto held = std::make_shared<int>(1);
  const auto series = Add("a", [held] { return static_cast<double>(*held); });
  EXPECT_EQ(held.use_count(), 2);
  CallbackCore::Remove(series);
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(CallbackCoreTest, NotANumberIsLeftOut) {
  Add("a", [] { return std::numeric_limits<double>::quiet_NaN(); });
  Add("b", [] { return std::numeric_limits<double>::infinity(); });
  EXPECT_EQ(Collect(), "queue=\"b\" inf ");
}

TEST_F(CallbackCoreTest, RemovalWaitsForACallbackThatRuns) {
  std::atomic<bool> is_running = false;
  std::atomic<bool> may_end = false;
  std::atomic<bool> has_ended = false;
  const auto series = Add("a", [&] {
    is_running = true;
    while (!may_end) std::this_thread::yield();
    has_ended = true;
    return 1.0;
  });
  std::thread scraper([&] { Collect(); });
  EXPECT_TRUE(Eventually([&] { return is_running.load(); }));
  WatchedThread remover([&] {
    CallbackCore::Remove(series);
    EXPECT_TRUE(has_ended);
  });
  EXPECT_TRUE(remover.EventuallySleeps());
  EXPECT_EQ(core_->GetStatistics().series, 0U) << "off the page first";
  may_end = true;
  remover.Join();
  scraper.join();
}

TEST_F(CallbackCoreTest, ACallbackMayRemoveItsOwnSeries) {
  std::shared_ptr<CallbackSeries> series;
  series = Add("a", [&] {
    CallbackCore::Remove(series);
    return 1.0;
  });
  Collect();
  EXPECT_EQ(Collect(), "");
}

TEST_F(CallbackCoreTest, TheTextOfARemovedSeriesIsKeptForSnapshotsThatMayShowIt) {
  const std::uint64_t snapshot = live_snapshots_->Begin();
  std::weak_ptr<CallbackSeries> watched;
  {
    const auto series = Add("a", [] { return 1.0; });
    watched = series;
    CallbackCore::Remove(series);
  }
  Collect();
  EXPECT_FALSE(watched.expired());
  live_snapshots_->End(snapshot);
  Collect();
  EXPECT_TRUE(watched.expired());
}

TEST_F(CallbackCoreTest, ASeriesMayOutliveItsFamily) {
  const auto series = Add("a", [] { return 1.0; });
  core_.reset();
  CallbackCore::Remove(series);
  EXPECT_EQ(series->read, nullptr);
}

TEST_F(CallbackCoreTest, SeriesWithTheSameLabelsShareOnePlace) {
  const auto first = Add("a", [] { return 1.0; });
  const auto other = Add("b", [] { return 2.0; });
  const auto second = Add("a", [] { return 3.0; });
  EXPECT_EQ(Collect(), "queue=\"a\" 3.000000 queue=\"b\" 2.000000 ");
  CallbackCore::Remove(first);
  EXPECT_EQ(Collect(), "queue=\"a\" 3.000000 queue=\"b\" 2.000000 ");
  CallbackCore::Remove(second);
  EXPECT_EQ(Collect(), "queue=\"b\" 2.000000 ");
}

TEST_F(CallbackCoreTest, LongLabelValuesAreCut) {
  Add(std::string(5'000, 'x'), [] { return 1.0; });
  EXPECT_LE(Collect().size(), 1'100U);
  EXPECT_EQ(core_->GetStatistics().cut_label_values, 1U);
}

class CallbackCoreDeathTest : public CallbackCoreTest {};

TEST_F(CallbackCoreDeathTest, AMissingCallbackEndsTheProgram) {
  EXPECT_DEATH(Add("b", nullptr), "a callback is missing");
}

}  // namespace
}  // namespace streamhouse::metrics::internal
