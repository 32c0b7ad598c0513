#include "exporters/remote_write/series_keeper.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "exporters/remote_write/ended_cursor.h"
#include "exporters/remote_write/remote_write_batch.h"
#include "exporters/view/escaped_view.h"
#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/naming/metric_name.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "tests/exporters/support/page.h"

namespace streamhouse::exporters {
namespace {

constexpr ExponentialUse kNative = ExponentialUse::kNative;
constexpr ExponentialUse kClassic = ExponentialUse::kClassic;

// Series of two families, and the keeper of what was sent of them.
class SeriesKeeperTest : public ::testing::Test {
 protected:
  void Send() { keeper_.Keep(registry_.TakeSnapshot().families(), kNative); }

  // The series that a push would end.
  std::string Ended() {
    const metrics::Snapshot snapshot = registry_.TakeSnapshot();
    return Printed(keeper_.Ended(snapshot.families(), kNative));
  }
  void AddExponentialHistogram() {
    registry_.AddExponentialHistogram({.name = "wait", .help = "W"}, Bounds({1})).value().With().Observe(1);
  }
  std::string All() { return Printed(keeper_.All(kNative)); }

  static std::string Printed(EndedCursor&& series) {
    std::string text;
    for (; const EndedSeries* one = series.Next(); series.Pop()) {
      text += one->info->name + "{" + std::string(one->label_text) + "} ";
    }
    return text;
  }

  metrics::Registry registry_;
  SeriesKeeper keeper_;
  const metrics::Family<metrics::Counter> first_ =
      registry_.AddCounter({.name = "first_total", .help = "F", .labels = {"a"}}).value();
  const metrics::Family<metrics::Counter> second_ =
      registry_.AddCounter({.name = "second_total", .help = "S", .labels = {"a"}}).value();
};

TEST_F(SeriesKeeperTest, EndsNothingBeforeTheFirstPush) {
  first_.With("1");
  EXPECT_EQ(Ended(), "");
  EXPECT_EQ(All(), "");
}

TEST_F(SeriesKeeperTest, EndsSeriesThatWereRemoved) {
  for (const char* value : {"1", "2", "3"}) first_.With(value);
  second_.With("2");
  Send();
  first_.Remove("2");
  second_.Remove("2");
  EXPECT_EQ(Ended(), "first_total{a=\"2\"} second_total{a=\"2\"} ");
}

TEST_F(SeriesKeeperTest, EndsASeriesUntilItIsKeptAsGone) {
  first_.With("1");
  Send();
  first_.Remove("1");
  EXPECT_EQ(Ended(), "first_total{a=\"1\"} ");
  EXPECT_EQ(Ended(), "first_total{a=\"1\"} ") << "the push has failed";
  Send();
  EXPECT_EQ(Ended(), "");
}

TEST_F(SeriesKeeperTest, DoesNotEndASeriesThatWasMadeAgain) {
  first_.With("1");
  Send();
  first_.Remove("1");
  first_.With("2");
  first_.With("1");
  EXPECT_EQ(Ended(), "");
}

TEST_F(SeriesKeeperTest, FindsSeriesAtOtherPlaces) {
  first_.With("1");
  first_.With("2");
  Send();
  first_.Remove("1");
  first_.With("3");
  EXPECT_EQ(Ended(), "first_total{a=\"1\"} ") << "3 may have its place";
}

TEST_F(SeriesKeeperTest, FindsFamiliesAtOtherPlaces) {
  first_.With("1");
  second_.With("1");
  Send();
  const metrics::Snapshot snapshot = registry_.TakeSnapshot();
  EXPECT_EQ(Printed(keeper_.Ended(snapshot.families().subspan(1), kNative)), "first_total{a=\"1\"} ");
}

TEST_F(SeriesKeeperTest, EndsAllAtTheEnd) {
  first_.With("1");
  second_.With("2");
  Send();
  EXPECT_EQ(All(), "first_total{a=\"1\"} second_total{a=\"2\"} ");
}

TEST_F(SeriesKeeperTest, NamesLabelsAsTheLastSnapshotDoes) {
  metrics::Registry utf8({.names = metrics::NameRules::kUtf8});
  utf8.AddGauge({.name = "requests", .help = "R", .labels = {"http.method"}}).value().With("GET");
  const metrics::Snapshot snapshot = utf8.TakeSnapshot();
  keeper_.Keep(EscapedView(snapshot.families(), metrics::NameEscaping::kUnderscores).families(), kNative);
  keeper_.Keep(snapshot.families(), kNative);
  EXPECT_EQ(Printed(keeper_.All(kNative)), "requests{\"http.method\"=\"GET\"} ");
  EXPECT_EQ(keeper_.All(kNative).Next()->info->label_names, std::vector<std::string>{"http.method"});
}

TEST_F(SeriesKeeperTest, EndsClassicHistogramsThatAreNativeFromNowOn) {
  first_.With("1");
  AddExponentialHistogram();
  const metrics::Snapshot snapshot = registry_.TakeSnapshot();
  keeper_.Keep(snapshot.families(), kClassic);
  EXPECT_EQ(Printed(keeper_.Ended(snapshot.families(), kClassic)), "");
  ASSERT_EQ(Printed(keeper_.Ended(snapshot.families(), kNative)), "wait{} ");
  EXPECT_EQ(keeper_.Ended(snapshot.families(), kNative).Next()->exponential, kClassic);
}

TEST_F(SeriesKeeperTest, DoesNotEndNativeHistogramsThatAreClassicFromNowOn) {
  AddExponentialHistogram();
  const metrics::Snapshot snapshot = registry_.TakeSnapshot();
  keeper_.Keep(snapshot.families(), kNative);
  EXPECT_EQ(Printed(keeper_.Ended(snapshot.families(), kClassic)), "");
  EXPECT_EQ(keeper_.All(kClassic).Next()->exponential, kClassic) << "a native marker may refuse the whole push";
}

TEST_F(SeriesKeeperTest, OutlivesTheSnapshotAndItsSeries) {
  {
    metrics::Registry registry;
    registry.AddGauge({.name = "short", .help = "S", .labels = {"a"}}).value().With(std::string(100, 'x'));
    keeper_.Keep(registry.TakeSnapshot().families(), kNative);
  }
  EXPECT_EQ(All(), "short{a=\"" + std::string(100, 'x') + "\"} ");
}

}  // namespace
}  // namespace streamhouse::exporters
