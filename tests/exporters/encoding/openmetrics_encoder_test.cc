#include "exporters/encoding/openmetrics_encoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "exporters/encoding/page_chunk.h"
#include "exporters/encoding/text_page.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "tests/exporters/support/command.h"
#include "tests/exporters/support/created_snapshot.h"
#include "tests/exporters/support/described_snapshot.h"
#include "tests/exporters/support/hostile_registry.h"
#include "tests/exporters/support/page.h"
#include "tests/exporters/support/utf8_registry.h"

namespace streamhouse::exporters {
namespace {

using metrics::Registry;

// Debian's python3-prometheus-client has the strictest parser there is. Prints "families samples".
constexpr const char* kStrictParser = R"(/usr/bin/python3 -c '
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(sys.stdin.buffer.read().decode()))
print(len(families), sum(len(family.samples) for family in families))')";

// The page with a blank for each "~", since a line of source ends without one.
std::string WithBlanks(std::string page) {
  std::replace(page.begin(), page.end(), '~', ' ');
  return page;
}

CommandResult Parse(const std::string& page) {
  return RunCommand(kStrictParser, page);
}

TEST(OpenMetricsEncoderTest, EndsAnEmptyPage) {
  Registry registry;
  EXPECT_EQ(PageOf<OpenMetricsEncoder>(registry), "# EOF\n");
}

TEST(OpenMetricsEncoderTest, WritesEveryExtremeNumber) {
  Registry registry;
  AddExtremeNumbers(registry);
  EXPECT_EQ(PageOf<OpenMetricsEncoder>(registry), WithBlanks(R"(# TYPE largest counter
# UNIT largest~
# HELP largest Largest count
largest_total 18446744073709551615
# TYPE never counter
# UNIT never~
# HELP never Never recorded
never_total 0
# TYPE joules counter
# UNIT joules~
# HELP joules Energy
joules_total 1e+300
# TYPE whole gauge
# UNIT whole~
# HELP whole Whole numbers
whole{is="min"} -9223372036854775808
whole{is="max"} 9223372036854775807
# TYPE real gauge
# UNIT real~
# HELP real Real numbers
real{is="nan"} NaN
real{is="plus_infinity"} +Inf
real{is="minus_infinity"} -Inf
real{is="smallest"} 5e-324
real{is="minus_zero"} 0.0
real{is="one"} 1.0
# EOF
)"));
}

TEST(OpenMetricsEncoderTest, WritesHistogramsWithTheirUnit) {
  Registry registry;
  AddHistograms(registry);
  EXPECT_EQ(PageOf<OpenMetricsEncoder>(registry), R"(# TYPE duration_seconds histogram
# UNIT duration_seconds seconds
# HELP duration_seconds Durations
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
duration_seconds_sum{topic="empty"} 0.0
duration_seconds_count{topic="empty"} 0
# EOF
)");
}

// Readers that people run need both; see the header.
TEST(OpenMetricsEncoderTest, WritesCountAndSumOfNegativeValues) {
  Registry registry;
  AddNegativeHistogram(registry);
  EXPECT_EQ(PageOf<OpenMetricsEncoder>(registry), WithBlanks(R"(# TYPE change histogram
# UNIT change~
# HELP change Changes up and down
change_bucket{le="-1.0"} 1
change_bucket{le="0.0"} 1
change_bucket{le="1.0"} 1
change_bucket{le="+Inf"} 1
change_sum -5.0
change_count 1
# EOF
)"));
}

TEST(OpenMetricsEncoderTest, EscapesQuotesInHelp) {
  Registry registry;
  registry.AddGauge({.name = "size_bytes", .help = "A \"size\"\n\\", .unit = "bytes"}).value().With().Set(1);
  EXPECT_EQ(PageOf<OpenMetricsEncoder>(registry), R"(# TYPE size_bytes gauge
# UNIT size_bytes bytes
# HELP size_bytes A \"size\"\n\\
size_bytes 1
# EOF
)");
}

TEST(OpenMetricsEncoderTest, LeavesTheSuffixOfCountersToTheirSamples) {
  Registry registry;
  registry.AddCounter({.name = "io_seconds_total", .help = "I/O", .unit = "seconds"}).value().With().Increment(3);
  EXPECT_EQ(PageOf<OpenMetricsEncoder>(registry), R"(# TYPE io_seconds counter
# UNIT io_seconds seconds
# HELP io_seconds I/O
io_seconds_total 3
# EOF
)");
}

TEST(OpenMetricsEncoderTest, ShowsExemplars) {
  Registry registry;
  const auto sent =
      registry.AddCounter({.name = "sent_total", .help = "Sent", .exemplars = metrics::Exemplars::kSampled});
  sent.value().With().Increment(1, {.trace_id_high = 1, .trace_id_low = 2, .span_id = 3});
  const auto duration = registry.AddHistogram(
      {.name = "duration", .help = "Duration", .exemplars = metrics::Exemplars::kSampled}, Bounds({1}));
  duration.value().With().Observe(5, {.trace_id_high = 1, .trace_id_low = 2, .span_id = 3});
  const std::string page = PageOf<OpenMetricsEncoder>(registry);
  const std::string exemplar = R"( # {trace_id="00000000000000010000000000000002",span_id="0000000000000003"} )";
  EXPECT_NE(page.find("\nsent_total 1" + exemplar + "1.0 "), std::string::npos) << page;
  EXPECT_NE(page.find("\nduration_bucket{le=\"1.0\"} 0\n"), std::string::npos) << page;
  EXPECT_NE(page.find("\nduration_bucket{le=\"+Inf\"} 1" + exemplar + "5.0 "), std::string::npos) << page;
  EXPECT_EQ(Parse(page).output, "2 5\n");
}

TEST(OpenMetricsEncoderTest, PassesTheStrictestParser) {
  Registry registry;
  AddHostileLabels(registry);
  AddExtremeNumbers(registry);
  AddHistograms(registry);
  const CommandResult result = Parse(PageOf<OpenMetricsEncoder>(registry));
  EXPECT_EQ(result.output, "7 " + std::to_string(HostileLabelValues().size() + 11 + 14) + "\n");
}

TEST(OpenMetricsEncoderTest, FailsTheStrictestParserWhenThePageIsCutOff) {
  Registry registry;
  AddHistograms(registry);
  const std::string page = PageOf<OpenMetricsEncoder>(registry);
  EXPECT_NE(Parse(page.substr(0, page.rfind("# EOF"))).exit_code, 0);
}

constexpr const char* kCreatedPage = R"(# TYPE sent_bytes counter
# UNIT sent_bytes~
# HELP sent_bytes Sent
sent_bytes_total{topic="a"} 5
sent_bytes_created{topic="a"} 1700000000.007
sent_bytes_total{topic="b"} 6
sent_bytes_created{topic="b"} 1700000001.007
# TYPE wait histogram
# UNIT wait~
# HELP wait Wait
wait_bucket{le="1.0"} 0
wait_bucket{le="+Inf"} 1
wait_sum 2.5
wait_count 1
wait_created 1700000001.000
# EOF
)";

TEST(OpenMetricsEncoderTest, ShowsCreationTimesWhereItIsTold) {
  const metrics::Snapshot snapshot = CreatedSnapshot();
  OpenMetricsEncoder shown(snapshot.families(), CreatedUse::kShown);
  EXPECT_EQ(ReadPage(shown).value(), WithBlanks(kCreatedPage));
  OpenMetricsEncoder left_out(snapshot.families());
  EXPECT_EQ(ReadPage(left_out).value().find("created"), std::string::npos);
}

TEST(OpenMetricsEncoderTest, CutsNothingBetweenAValueAndItsCreationTime) {
  const metrics::Snapshot snapshot = CreatedSnapshot();
  for (std::size_t bytes = 1; bytes < 600; bytes += 7) {
    OpenMetricsEncoder encoder(snapshot.families(), CreatedUse::kShown);
    std::string page;
    PageSource::Progress progress;
    do {
      PageChunk chunk(bytes);
      progress = encoder.Fill(chunk);
      page += chunk.view();
    } while (progress == PageSource::Progress::kMore);
    EXPECT_EQ(page, WithBlanks(kCreatedPage));
  }
}

TEST(OpenMetricsEncoderTest, QuotesNamesThatAreNoLegacyNames) {
  const std::string page = PageOf<OpenMetricsEncoder>(*Utf8Registry());
  EXPECT_NE(page.find("# TYPE \"http.requests\" counter\n# UNIT \"http.requests\" \n# HELP \"http.requests\" R\n"
                      "{\"http.requests_total\",\"url.path\"=\"/\\\"x\\\"\",code=\"200\"} 2\n"),
            std::string::npos)
      << page;
}

constexpr const char* kDescribedPage = R"(# TYPE build info
# UNIT build~
# HELP build Build
build_info{version="1.0"} 1
# TYPE mode stateset
# UNIT mode~
# HELP mode Mode
mode{node="a",mode="idle"} 0
mode{node="a",mode="busy"} 1
mode{node="a",mode="a\"b"} 0
mode{node="b",mode="idle"} 0
mode{node="b",mode="busy"} 0
mode{node="b",mode="a\"b"} 0
# TYPE wait summary
# UNIT wait~
# HELP wait Wait
wait{quantile="0.5"} 1.25
wait{quantile="1.0"} 2.0
wait_sum 3.0
wait_count 2
# EOF
)";

TEST(OpenMetricsEncoderTest, HasTypesForInfosStateSetsAndSummaries) {
  const metrics::Snapshot snapshot = DescribedSnapshot();
  OpenMetricsEncoder encoder(snapshot.families());
  const std::string page = ReadPage(encoder).value();
  EXPECT_EQ(page, WithBlanks(kDescribedPage));
  EXPECT_EQ(Parse(page).output, "3 11\n");
}

}  // namespace
}  // namespace streamhouse::exporters
