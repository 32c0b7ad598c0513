#include "exporters/encoding/text_encoder.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "tests/exporters/support/described_snapshot.h"
#include "tests/exporters/support/hostile_registry.h"
#include "tests/exporters/support/page.h"
#include "tests/exporters/support/utf8_registry.h"

namespace streamhouse::exporters {
namespace {

using metrics::Registry;

TEST(TextEncoderTest, WritesNoByteForAnEmptyRegistry) {
  Registry registry;
  EXPECT_EQ(PageOf<TextEncoder>(registry), "");
}

TEST(TextEncoderTest, WritesEveryExtremeNumber) {
  Registry registry;
  AddExtremeNumbers(registry);
  EXPECT_EQ(PageOf<TextEncoder>(registry), R"(# HELP largest_total Largest count
# TYPE largest_total counter
largest_total 18446744073709551615
# HELP never_total Never recorded
# TYPE never_total counter
never_total 0
# HELP joules_total Energy
# TYPE joules_total counter
joules_total 1e+300
# HELP whole Whole numbers
# TYPE whole gauge
whole{is="min"} -9223372036854775808
whole{is="max"} 9223372036854775807
# HELP real Real numbers
# TYPE real gauge
real{is="nan"} NaN
real{is="plus_infinity"} +Inf
real{is="minus_infinity"} -Inf
real{is="smallest"} 5e-324
real{is="minus_zero"} 0
real{is="one"} 1
)");
}

TEST(TextEncoderTest, WritesHistogramsCumulatively) {
  Registry registry;
  AddHistograms(registry);
  AddNegativeHistogram(registry);
  EXPECT_EQ(PageOf<TextEncoder>(registry), R"(# HELP duration_seconds Durations
# TYPE duration_seconds histogram
duration_seconds_bucket{topic="orders",le="0.001"} 0
duration_seconds_bucket{topic="orders",le="0.5"} 1
duration_seconds_bucket{topic="orders",le="1.0"} 2
duration_seconds_bucket{topic="orders",le="1e+06"} 2
duration_seconds_bucket{topic="orders",le="+Inf"} 3
duration_seconds_sum{topic="orders"} 2.00000125e+06
duration_seconds_count{topic="orders"} 3
duration_seconds_bucket{topic="empty",le="0.001"} 0
duration_seconds_bucket{topic="empty",le="0.5"} 0
duration_seconds_bucket{topic="empty",le="1.0"} 0
duration_seconds_bucket{topic="empty",le="1e+06"} 0
duration_seconds_bucket{topic="empty",le="+Inf"} 0
duration_seconds_sum{topic="empty"} 0
duration_seconds_count{topic="empty"} 0
# HELP change Changes up and down
# TYPE change histogram
change_bucket{le="-1.0"} 1
change_bucket{le="0.0"} 1
change_bucket{le="1.0"} 1
change_bucket{le="+Inf"} 1
change_sum -5
change_count 1
)");
}

TEST(TextEncoderTest, EscapesHostileLabelsAndHelp) {
  Registry registry;
  AddHostileLabels(registry);
  using namespace std::string_literals;
  const std::string expected = R"(# HELP hostile_total Help with " and \\ and\nnewline
# TYPE hostile_total counter
hostile_total{value=""} 1
hostile_total{value="plain"} 2
hostile_total{value="quote \" backslash \\ newline \n end"} 3
hostile_total{value="\\n is not a newline"} 4
hostile_total{value="ends with a backslash \\"} 5
hostile_total{value="\",other=\"injected\"} 1\n"} 6
)"s + "hostile_total{value=\"carriage return \r tab \t\"} 7\n" +
                               "hostile_total{value=\"a NUL \0 inside\"} 8\n"s +
                               "hostile_total{value=\"invalid UTF-8: \uFFFD \uFFFD( \uFFFD\uFFFD\uFFFD\"} 9\n" +
                               "hostile_total{value=\"valid UTF-8: \u00E4 \u20AC \U0001F600\"} 10\n" +
                               "hostile_total{value=\"# EOF\"} 11\n" + "hostile_total{value=\"{}=,\"} 12\n" +
                               "hostile_total{value=\"" + std::string(1'000, 'x') + "\"} 13\n";
  EXPECT_EQ(PageOf<TextEncoder>(registry), expected);
}

TEST(TextEncoderTest, QuotesNamesThatAreNoLegacyNames) {
  EXPECT_EQ(PageOf<TextEncoder>(*Utf8Registry()), R"(# HELP plain P
# TYPE plain gauge
plain{a="b"} 1
# HELP "http.requests_total" R
# TYPE "http.requests_total" counter
{"http.requests_total","url.path"="/\"x\"",code="200"} 2
# HELP "tiefä\"\\" T
# TYPE "tiefä\"\\" gauge
{"tiefä\"\\"} 3
# HELP "wait.s" W
# TYPE "wait.s" histogram
{"wait.s_bucket",le="1.0"} 0
{"wait.s_bucket",le="+Inf"} 1
{"wait.s_sum"} 2
{"wait.s_count"} 1
)");
}

TEST(TextEncoderTest, ShowsInfosAndStateSetsAsGauges) {
  const metrics::Snapshot snapshot = DescribedSnapshot();
  TextEncoder encoder(snapshot.families());
  EXPECT_EQ(ReadPage(encoder).value(), R"(# HELP build_info Build
# TYPE build_info gauge
build_info{version="1.0"} 1
# HELP mode Mode
# TYPE mode gauge
mode{node="a",mode="idle"} 0
mode{node="a",mode="busy"} 1
mode{node="a",mode="a\"b"} 0
mode{node="b",mode="idle"} 0
mode{node="b",mode="busy"} 0
mode{node="b",mode="a\"b"} 0
# HELP wait Wait
# TYPE wait summary
wait{quantile="0.5"} 1.25
wait{quantile="1.0"} 2
wait_sum 3
wait_count 2
)");
}

TEST(TextEncoderTest, CutsAPageOfAnyKindAtItsLines) {
  const metrics::Snapshot snapshot = DescribedSnapshot();
  TextEncoder whole(snapshot.families());
  const std::string page = ReadPage(whole).value();
  for (std::size_t bytes = 1; bytes < page.size(); bytes += 7) {
    TextEncoder encoder(snapshot.families());
    EXPECT_EQ(ReadPageBy(encoder, bytes), page);
  }
}

}  // namespace
}  // namespace streamhouse::exporters
