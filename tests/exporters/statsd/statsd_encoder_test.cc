#include "exporters/statsd/statsd_encoder.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "exporters/encoding/page_chunk.h"
#include "exporters/statsd/dogstatsd_fields.h"
#include "exporters/view/delta_view.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "tests/exporters/support/page.h"
#include "tests/exporters/support/remote_write_snapshot.h"

namespace streamhouse::exporters {
namespace {

constexpr std::size_t kRoomy = 8192;

std::vector<std::string> DatagramsOf(StatsdEncoder& encoder, std::size_t bytes) {
  std::vector<std::string> datagrams;
  PageSource::Progress progress;
  do {
    PageChunk chunk(bytes);
    progress = encoder.Fill(chunk);
    if (!chunk.empty()) datagrams.emplace_back(chunk.view());
    EXPECT_TRUE(!chunk.empty() || progress == PageSource::Progress::kEnd) << "only the last may be empty";
  } while (progress == PageSource::Progress::kMore);
  return datagrams;
}

std::vector<std::string> DatagramsOf(const metrics::Snapshot& snapshot, std::size_t bytes,
                                     StatsdDialect dialect = StatsdDialect::kPlain, std::string rest = {}) {
  StatsdEncoder encoder(snapshot.families(), dialect, {}, std::move(rest));
  return DatagramsOf(encoder, bytes);
}

using Datagrams = std::vector<std::string>;

TEST(StatsdEncoderTest, WritesEveryKind) {
  const metrics::Snapshot snapshot = DeltaView(DoubleDeltas::kWhole).Of(RemoteWriteSnapshot());
  EXPECT_EQ(DatagramsOf(snapshot, kRoomy), Datagrams{R"(relay_frames_total.port.a_b_.Zone.z:4711|c
relay_frames_total.Zone.z:1|c
relay_open:0|g
relay_open:-7|g
relay_load:12|g
relay_ratio.is.half:0.5|g
relay_build_info.version.1_0:1|g
relay_mode.node.n.relay_mode.idle:0|g
relay_mode.node.n.relay_mode.a_b:1|g
relay_hold_seconds_bucket.port.a.le.0_5:2|c
relay_hold_seconds_bucket.port.a.le.1_0:2|c
relay_hold_seconds_bucket.port.a.le._Inf:3|c
relay_hold_seconds_sum.port.a:3|c
relay_hold_seconds_count.port.a:3|c
relay_wait_seconds_bucket.le.1_0:4|c
relay_wait_seconds_bucket.le._Inf:5|c
relay_wait_seconds_sum:5|c
relay_wait_seconds_count:5|c
relay_rpc_seconds.quantile.0_5:1.25|g
relay_rpc_seconds_sum:3|g
relay_rpc_seconds_count:2|g)"});
}

TEST(StatsdEncoderTest, WritesTags) {
  metrics::Registry registry;
  registry.AddCounter({.name = "a_total", .help = "A", .labels = {"x", "y"}}).value().With("1", "").Increment(2);
  registry.AddGauge({.name = "b", .help = "B"}).value().With().Set(-3);
  const auto wait = registry.AddHistogram({.name = "c", .help = "C", .labels = {"x"}}, Bounds({0.5})).value();
  wait.With("2").Observe(1);
  EXPECT_EQ(DatagramsOf(registry.TakeSnapshot(), kRoomy, StatsdDialect::kDogStatsd), Datagrams{R"(a_total:2|c|#x:1
b:0|g
b:-3|g
c_bucket:1|c|#x:2,le:+Inf
c_sum:1|c|#x:2
c_count:1|c|#x:2)"});
}

metrics::Snapshot SnapshotOfThreeLines() {
  metrics::Registry registry;
  registry.AddCounter({.name = "a_total", .help = "A", .labels = {"x"}}).value().With("1").Increment(2);
  registry.AddStateSet({.name = "b", .help = "B"}, {"on"}).value().With().SetOnly(0);
  registry.AddGauge({.name = "c", .help = "C"}).value().With().Set(-3);
  return registry.TakeSnapshot();
}

TEST(StatsdEncoderTest, SaysInEachLineOfDogStatsdWhenItWasTakenAndWhere) {
  const metrics::Snapshot snapshot = SnapshotOfThreeLines();
  const DogStatsdFields fields = {.tags = "pod:p", .origin = "|c:83c0|e:it-false", .unix_seconds = 1700000060};
  StatsdEncoder encoder(snapshot.families(), StatsdDialect::kDogStatsd, fields);
  EXPECT_EQ(DatagramsOf(encoder, kRoomy), Datagrams{R"(a_total:2|c|#x:1,pod:p|c:83c0|e:it-false|T1700000060
b:1|g|#pod:p,b:on|c:83c0|e:it-false|T1700000060
c:-3|g|#pod:p|c:83c0|e:it-false|T1700000060)"});
}

TEST(StatsdEncoderTest, SaysThatAGaugeIsNoChangeWhereLinesHaveNoTime) {
  const metrics::Snapshot snapshot = SnapshotOfThreeLines();
  StatsdEncoder encoder(snapshot.families(), StatsdDialect::kDogStatsd, {.origin = "|c:83c0", .unix_seconds = 0});
  EXPECT_EQ(DatagramsOf(encoder, kRoomy), Datagrams{R"(a_total:2|c|#x:1|c:83c0
b:1|g|#b:on|c:83c0
c:0|g|c:83c0
c:-3|g|c:83c0)"});
}

TEST(StatsdEncoderTest, HasNoFieldsInPlainLines) {
  const metrics::Snapshot snapshot = SnapshotOfThreeLines();
  StatsdEncoder encoder(snapshot.families(), StatsdDialect::kPlain, {"pod:p", "|c:83c0", 1700000060});
  EXPECT_EQ(DatagramsOf(encoder, kRoomy), Datagrams{"a_total.x.1:2|c\nb.b.on:1|g\nc:0|g\nc:-3|g"});
}

TEST(StatsdEncoderTest, LeavesOutCountsOfZeroAndGaugesThatAreNoNumber) {
  metrics::Registry registry;
  registry.AddCounter({.name = "a_total", .help = "A"}).value().With().Increment(0);
  const auto gauges = registry.AddDoubleGauge({.name = "b", .help = "B", .labels = {"x"}}).value();
  gauges.With("nan").Set(std::numeric_limits<double>::quiet_NaN());
  gauges.With("inf").Set(-std::numeric_limits<double>::infinity());
  gauges.With("zero").Set(0);
  EXPECT_EQ(DatagramsOf(registry.TakeSnapshot(), kRoomy), Datagrams{"b.x.zero:0|g"});
}

TEST(StatsdEncoderTest, WritesLargeCountsWithAllDigits) {
  metrics::Registry registry;
  registry.AddCounter({.name = "a_total", .help = "A"}).value().With().Increment(9'007'199'254'740'993U);
  registry.AddDoubleCounter({.name = "b_total", .help = "B"}).value().With().Increment(1e22);
  EXPECT_EQ(DatagramsOf(registry.TakeSnapshot(), kRoomy),
            Datagrams{"a_total:9007199254740993|c\nb_total:10000000000000000000000|c"});
}

// Series of 10 and 12 bytes, and a histogram of three lines.
class StatsdDatagramsTest : public testing::Test {
 protected:
  StatsdDatagramsTest() {
    for (const char* value : {"1", "2", "3"}) gauges_.With(value).Set(5);
  }
  void AddHistogram() { registry_.AddHistogram({.name = "h", .help = "H"}, Bounds({1})).value().With().Observe(0); }

  metrics::Registry registry_;
  const metrics::Family<metrics::Gauge> gauges_ =
      registry_.AddGauge({.name = "g", .help = "G", .labels = {"x"}}).value();
};

TEST_F(StatsdDatagramsTest, HoldWholeLinesOnly) {
  EXPECT_EQ(DatagramsOf(registry_.TakeSnapshot(), 19), (Datagrams{"g.x.1:5|g\ng.x.2:5|g", "g.x.3:5|g"}));
  EXPECT_EQ(DatagramsOf(registry_.TakeSnapshot(), 18), (Datagrams{"g.x.1:5|g", "g.x.2:5|g", "g.x.3:5|g"}));
}

TEST_F(StatsdDatagramsTest, LeaveOutALineThatIsLongerThanOne) {
  const metrics::Snapshot snapshot = registry_.TakeSnapshot();
  StatsdEncoder encoder(snapshot.families(), StatsdDialect::kPlain);
  EXPECT_EQ(DatagramsOf(encoder, 8), Datagrams{});
  EXPECT_EQ(encoder.left_out().long_lines, 3U);
}

TEST_F(StatsdDatagramsTest, PassOverASeriesWhoseLinesAreAllTooLong) {
  gauges_.With("1000").Set(5);
  gauges_.With("4").Set(5);
  const metrics::Snapshot snapshot = registry_.TakeSnapshot();
  StatsdEncoder encoder(snapshot.families(), StatsdDialect::kPlain);
  EXPECT_EQ(DatagramsOf(encoder, 9), (Datagrams{"g.x.1:5|g", "g.x.2:5|g", "g.x.3:5|g", "g.x.4:5|g"}));
  EXPECT_EQ(encoder.left_out().long_lines, 1U);
  EXPECT_EQ(encoder.position().series, 4U);
}

TEST_F(StatsdDatagramsTest, PassOverARestThatIsTooLong) {
  EXPECT_EQ(DatagramsOf(registry_.TakeSnapshot(), 9, StatsdDialect::kPlain, "h:1|c\nhhhhhhhh:1|c\n"),
            (Datagrams{"h:1|c", "g.x.1:5|g", "g.x.2:5|g", "g.x.3:5|g"}));
}

TEST_F(StatsdDatagramsTest, KeepTheLinesOfASeriesTogetherIfTheyFit) {
  AddHistogram();
  EXPECT_EQ(DatagramsOf(registry_.TakeSnapshot(), 60),
            (Datagrams{"g.x.1:5|g\ng.x.2:5|g\ng.x.3:5|g", "h_bucket.le.1_0:1|c\nh_bucket.le._Inf:1|c\nh_count:1|c"}));
}

TEST_F(StatsdDatagramsTest, SplitASeriesThatIsLargerThanOne) {
  AddHistogram();
  EXPECT_EQ(DatagramsOf(registry_.TakeSnapshot(), 40),
            (Datagrams{"g.x.1:5|g\ng.x.2:5|g\ng.x.3:5|g", "h_bucket.le.1_0:1|c\nh_bucket.le._Inf:1|c", "h_count:1|c"}));
}

// Goal: each place that a push can end at, and the rest that goes first the next time, make the
// same lines as one push. Method: datagram n is not sent; a second encoder sends what is left.
TEST_F(StatsdDatagramsTest, SayToTheLineWhatOneThatWasNotSentLacks) {
  AddHistogram();
  const metrics::Snapshot snapshot = registry_.TakeSnapshot();
  const std::size_t places[][2] = {{0, 0}, {0, 2}, {1, 0}, {1, 1}, {1, 1}};
  const std::string rests[] = {"", "", "", "h_bucket.le._Inf:1|c\nh_count:1|c\n", "h_count:1|c\n"};
  for (std::size_t failed = 0; failed < 5; ++failed) {
    StatsdEncoder encoder(snapshot.families(), StatsdDialect::kPlain);
    for (std::size_t i = 0; i <= failed; ++i) {
      PageChunk chunk(21);
      ASSERT_EQ(encoder.Fill(chunk), PageSource::Progress::kMore);
    }
    EXPECT_EQ(encoder.position().family, places[failed][0]) << failed;
    EXPECT_EQ(encoder.position().series, places[failed][1]) << failed;
    EXPECT_EQ(encoder.rest(), rests[failed]) << failed;
  }
}

TEST_F(StatsdDatagramsTest, BeginWithTheRestOfTheLastPush) {
  EXPECT_EQ(DatagramsOf(registry_.TakeSnapshot(), kRoomy, StatsdDialect::kPlain, "h:1|c\nh:2|c\n"),
            (Datagrams{"h:1|c\nh:2|c", "g.x.1:5|g\ng.x.2:5|g\ng.x.3:5|g"}));
  StatsdEncoder encoder({}, StatsdDialect::kPlain, {}, "h:1|c\nh:2|c\n");
  PageChunk chunk(5);
  ASSERT_EQ(encoder.Fill(chunk), PageSource::Progress::kMore);
  EXPECT_EQ(encoder.rest(), "h:1|c\nh:2|c\n");
  chunk.Clear();
  ASSERT_EQ(encoder.Fill(chunk), PageSource::Progress::kMore);
  EXPECT_EQ(encoder.rest(), "h:2|c\n");
}

TEST(StatsdEncoderTest, HasNoRestBehindSeriesThatHaveNoLines) {
  metrics::Registry registry;
  const auto counters = registry.AddCounter({.name = "sent_total", .help = "S", .labels = {"x"}}).value();
  counters.With("1").Increment();
  counters.With("2").Increment(0);
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  StatsdEncoder encoder(snapshot.families(), StatsdDialect::kPlain);
  EXPECT_EQ(DatagramsOf(encoder, kRoomy), Datagrams{"sent_total.x.1:1|c"});
  EXPECT_EQ(encoder.position().series, 0U);
  EXPECT_EQ(encoder.rest(), "");
}

TEST_F(StatsdDatagramsTest, LeaveOutSeriesAndFamiliesWhoseNameIsTaken) {
  gauges_.With("4.0").Set(1);
  gauges_.With("4,0").Set(2);
  const metrics::Snapshot snapshot = registry_.TakeSnapshot();
  StatsdEncoder encoder(snapshot.families(), StatsdDialect::kPlain);
  EXPECT_EQ(DatagramsOf(encoder, kRoomy), Datagrams{"g.x.1:5|g\ng.x.2:5|g\ng.x.3:5|g\ng.x.4_0:1|g"});
  EXPECT_EQ(encoder.left_out().series, 1U);
  metrics::Registry registry;
  registry.AddGauge({.name = "a_b", .help = "A"}).value().With().Set(1);
  registry.AddGauge({.name = "a:b", .help = "A"}).value().With().Set(2);
  const metrics::Snapshot other = registry.TakeSnapshot();
  StatsdEncoder second(other.families(), StatsdDialect::kPlain);
  EXPECT_EQ(DatagramsOf(second, kRoomy), Datagrams{"a_b:1|g"});
  ASSERT_EQ(second.left_out().families.size(), 1U);
  EXPECT_EQ(second.left_out().families.front().name, "a:b");
}

TEST_F(StatsdDatagramsTest, LeaveOutStateSetsWhoseStatesHaveOneName) {
  metrics::Registry registry;
  registry.AddStateSet({.name = "mode", .help = "M"}, {"read only", "read_only"}).value().With().SetOnly(0);
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  StatsdEncoder encoder(snapshot.families(), StatsdDialect::kPlain);
  EXPECT_EQ(DatagramsOf(encoder, kRoomy), Datagrams{});
  ASSERT_EQ(encoder.left_out().families.size(), 1U);
  EXPECT_EQ(encoder.left_out().families.front().why, "two of its states have one StatsD name");
}

}  // namespace
}  // namespace streamhouse::exporters
