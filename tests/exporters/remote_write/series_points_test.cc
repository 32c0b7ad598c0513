#include "exporters/remote_write/series_points.h"

#include <gtest/gtest.h>

#include <bit>
#include <string>

#include "exporters/remote_write/sample_layout.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot.h"
#include "tests/exporters/support/remote_write_snapshot.h"

namespace streamhouse::exporters {
namespace {

std::string Printed(const SeriesPoint& point) {
  const std::string added = point.added == kNoAddedLabel ? "-" : std::to_string(point.added);
  const std::string value =
      point.bits == kStaleMarkerBits ? "stale" : std::to_string(std::bit_cast<double>(point.bits)).substr(0, 4);
  return std::to_string(point.name) + "/" + added + "=" + value + (point.start == StartUse::kOfSeries ? "s " : " ");
}

// The points of the first series of a family.
std::string Points(std::size_t family) {
  const metrics::Snapshot snapshot = RemoteWriteSnapshot();
  std::string text;
  snapshot.families()[family].Visit(
      [&](const auto& values) { ForEachPoint(values, 0, [&](const SeriesPoint& point) { text += Printed(point); }); });
  return text;
}

std::string EndedPoints(std::size_t family) {
  const metrics::Snapshot snapshot = RemoteWriteSnapshot();
  SampleLayout layout;
  layout.Assign(snapshot.families()[family].info(), ExponentialUse::kClassic);
  std::string text;
  ForEachEndedPoint(layout, [&](const SeriesPoint& point) { text += Printed(point); });
  return text;
}

TEST(SeriesPointsTest, HasOnePointOfANumber) {
  EXPECT_EQ(Points(0), "0/-=4711s ");
  EXPECT_EQ(Points(1), "0/-=-7.0 ");
  EXPECT_EQ(Points(4), "0/-=1.00 ");
}

TEST(SeriesPointsTest, HasAPointOfEachState) {
  EXPECT_EQ(Points(5), "0/0=0.00 0/1=1.00 ");
}

TEST(SeriesPointsTest, AddsBucketsUp) {
  EXPECT_EQ(Points(6), "0/0=2.00s 0/1=2.00s 0/2=3.00s 1/-=3.25s 2/-=3.00s ");
  EXPECT_EQ(Points(7), "0/0=4.00s 0/1=5.00s 1/-=5.50s 2/-=5.00s ");
}

TEST(SeriesPointsTest, GivesQuantilesNoStart) {
  EXPECT_EQ(Points(8), "0/0=1.25 0/1=nan 1/-=3.00s 2/-=2.00s ");
}

TEST(SeriesPointsTest, EndsTheSamePoints) {
  EXPECT_EQ(EndedPoints(0), "0/-=stale ");
  EXPECT_EQ(EndedPoints(5), "0/0=stale 0/1=stale ");
  EXPECT_EQ(EndedPoints(7), "0/0=stale 0/1=stale 1/-=stale 2/-=stale ");
  EXPECT_EQ(EndedPoints(8), "0/0=stale 0/1=stale 1/-=stale 2/-=stale ");
}

}  // namespace
}  // namespace streamhouse::exporters
