#include "exporters/otlp/otlp_points.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics_core/registry.h"
#include "tests/exporters/otlp/decoded_requests.h"
#include "tests/exporters/otlp/otlp_snapshot.h"
#include "tests/exporters/support/hostile_registry.h"
#include "tests/exporters/support/utf8_registry.h"

namespace streamhouse::exporters {
namespace {

// As text, in which a NaN equals a NaN.
void ExpectEqualRequests(const metrics::Snapshot& snapshot) {
  const std::string protobuf = FromProtobuf(ProtobufRequestOf(snapshot)).DebugString();
  EXPECT_EQ(protobuf, FromJson(JsonRequestOf(snapshot)).DebugString());
  EXPECT_NE(protobuf, "");
}

TEST(OtlpPointsTest, AreEqualInBothEncodingsForEveryKind) {
  ExpectEqualRequests(OtlpSnapshot());
}

TEST(OtlpPointsTest, AreEqualInBothEncodingsForHostileLabelsAndNumbers) {
  metrics::Registry registry;
  AddHostileLabels(registry);
  AddExtremeNumbers(registry);
  AddHistograms(registry);
  AddNegativeHistogram(registry);
  ExpectEqualRequests(registry.TakeSnapshot());
}

TEST(OtlpPointsTest, AreEqualInBothEncodingsForNamesOfAnyText) {
  const auto registry = Utf8Registry();
  const auto quoted = registry->AddGauge({.name = "q", .help = "Q\x01", .labels = {"a.b", "c\"d", "e\n", "f"}}).value();
  for (std::size_t bytes = 0; bytes < 150; ++bytes) quoted.With(std::string(bytes, 'v'), "1", "2", "\t").Set(1);
  const auto plain = registry->AddGauge({.name = "r", .help = "R", .labels = {"a.b", "c d", "e"}}).value();
  for (std::size_t bytes = 0; bytes < 150; ++bytes) plain.With(std::string(bytes, 'v'), "1", "2").Set(1);
  ExpectEqualRequests(registry->TakeSnapshot());
}

TEST(OtlpPointsTest, TellATimeBeforeUnixTimeAsUnknown) {
  EXPECT_EQ(UnixNanoseconds(-1), 0U);
  EXPECT_EQ(UnixNanoseconds(7), 7'000'000U);
}

}  // namespace
}  // namespace streamhouse::exporters
