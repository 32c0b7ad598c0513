#include "exporters/encoding/openmetrics2_encoder.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "exporters/encoding/page_chunk.h"
#include "exporters/view/escaped_view.h"
#include "metrics_core/callback_family.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "tests/exporters/support/created_snapshot.h"
#include "tests/exporters/support/described_snapshot.h"
#include "tests/exporters/support/hostile_registry.h"
#include "tests/exporters/support/openmetrics2_rules.h"
#include "tests/exporters/support/page.h"
#include "tests/exporters/support/utf8_registry.h"

namespace streamhouse::exporters {
namespace {

using metrics::NameEscaping;
using metrics::Registry;

std::string PageOf(const metrics::Snapshot& snapshot) {
  OpenMetrics2Encoder encoder(snapshot.families());
  return ReadPage(encoder).value();
}

// Of values without start times, which come from the clock.
class OpenMetrics2EncoderTest : public testing::Test {
 protected:
  std::string Page() { return PageOf(registry_.TakeSnapshot()); }
  // The page, and that it breaks no rule.
  std::string LegalPage() {
    std::string page = Page();
    const auto read = ReadOpenMetrics2(page);
    EXPECT_TRUE(read.ok()) << read.status().ToString() << "\n" << page;
    return page;
  }

  Registry registry_{metrics::RegistryOptions{.creation_times = metrics::CreationTimes::kNotKept}};
};

TEST_F(OpenMetrics2EncoderTest, EndsAnEmptyPage) {
  EXPECT_EQ(LegalPage(), "# EOF\n");
}

TEST_F(OpenMetrics2EncoderTest, WritesEveryExtremeNumber) {
  AddExtremeNumbers(registry_);
  EXPECT_EQ(LegalPage(), R"(# TYPE largest_total counter
# HELP largest_total Largest count
largest_total 18446744073709551615
# TYPE never_total counter
# HELP never_total Never recorded
never_total 0
# TYPE joules_total counter
# HELP joules_total Energy
joules_total 1e+300
# TYPE whole gauge
# HELP whole Whole numbers
whole{is="min"} -9223372036854775808
whole{is="max"} 9223372036854775807
# TYPE real gauge
# HELP real Real numbers
real{is="nan"} NaN
real{is="plus_infinity"} +Inf
real{is="minus_infinity"} -Inf
real{is="smallest"} 5e-324
real{is="minus_zero"} 0.0
real{is="one"} 1.0
# EOF
)");
}

TEST_F(OpenMetrics2EncoderTest, WritesAHistogramOnALine) {
  AddHistograms(registry_);
  EXPECT_EQ(LegalPage(), R"(# TYPE duration_seconds histogram
# UNIT duration_seconds seconds
# HELP duration_seconds Durations
duration_seconds{topic="orders"} {count:3,sum:2.00000125e+06,bucket:[0.001:0,0.5:1,1.0:2,1e+06:2,+Inf:3]}
duration_seconds{topic="empty"} {count:0,sum:0.0,bucket:[0.001:0,0.5:0,1.0:0,1e+06:0,+Inf:0]}
# EOF
)");
}

TEST_F(OpenMetrics2EncoderTest, WritesTheSumOfNegativeValues) {
  AddNegativeHistogram(registry_);
  EXPECT_EQ(LegalPage(), R"(# TYPE change histogram
# HELP change Changes up and down
change {count:1,sum:-5.0,bucket:[-1.0:1,0.0:1,1.0:1,+Inf:1]}
# EOF
)");
}

TEST_F(OpenMetrics2EncoderTest, WritesNativeHistogramsWithTheirClassicBuckets) {
  const auto family =
      registry_.AddExponentialHistogram({.name = "fetch", .help = "Fetch", .labels = {"topic"}}, Bounds({1, 2}));
  for (const double value : {0, 1, 2}) family.value().With("a").Observe(value);
  family.value().With("b");
  EXPECT_EQ(LegalPage(), R"(# TYPE fetch histogram
# HELP fetch Fetch
fetch{topic="a"} {count:3,sum:3.0,schema:6,zero_threshold:2.938735877055719e-39,zero_count:1,)"
                         R"(positive_spans:[0:1,63:1],positive_buckets:[1,1],bucket:[1.0:2,2.0:3,+Inf:3]}
fetch{topic="b"} {count:0,sum:0.0,schema:8,zero_threshold:2.938735877055719e-39,zero_count:0,)"
                         R"(bucket:[1.0:0,2.0:0,+Inf:0]}
# EOF
)");
}

TEST_F(OpenMetrics2EncoderTest, WritesSummariesWithoutQuantiles) {
  const auto family = registry_.AddCallbackSummary({.name = "scrape", .help = "Scrape"}, {}).value();
  const auto token =
      family.Add([] { return metrics::CallbackSummary{.quantile_values = {}, .sum = 0.25, .count = 3}; });
  EXPECT_EQ(LegalPage(), "# TYPE scrape summary\n# HELP scrape Scrape\nscrape {count:3,sum:0.25,quantile:[]}\n# EOF\n");
}

TEST_F(OpenMetrics2EncoderTest, NamesAFamilyAsItsSamples) {
  registry_.AddCounter({.name = "io_seconds_total", .help = "I/O", .unit = "seconds"}).value().With().Increment(3);
  registry_.AddUpDownCounter({.name = "in_flight", .help = "A \"flight\"\n\\"}).value().With().Add(-2);
  EXPECT_EQ(LegalPage(), R"(# TYPE io_seconds_total counter
# UNIT io_seconds_total seconds
# HELP io_seconds_total I/O
io_seconds_total 3
# TYPE in_flight gauge
# HELP in_flight A \"flight\"\n\\
in_flight -2
# EOF
)");
}

constexpr const char* kDescribedPage = R"(# TYPE build_info info
# HELP build_info Build
build_info{version="1.0"} 1
# TYPE mode stateset
# HELP mode Mode
mode{node="a",mode="idle"} 0
mode{node="a",mode="busy"} 1
mode{node="a",mode="a\"b"} 0
mode{node="b",mode="idle"} 0
mode{node="b",mode="busy"} 0
mode{node="b",mode="a\"b"} 0
# TYPE wait summary
# HELP wait Wait
wait {count:2,sum:3.0,quantile:[0.5:1.25,1.0:2.0]}
# EOF
)";

TEST_F(OpenMetrics2EncoderTest, HasTypesForInfosStateSetsAndSummaries) {
  EXPECT_EQ(PageOf(DescribedSnapshot()), kDescribedPage);
  EXPECT_TRUE(ReadOpenMetrics2(kDescribedPage).ok());
}

constexpr const char* kCreatedPage = R"(# TYPE sent_bytes_total counter
# HELP sent_bytes_total Sent
sent_bytes_total{topic="a"} 5 st@1700000000.007
sent_bytes_total{topic="b"} 6 st@1700000001.007
# TYPE wait histogram
# HELP wait Wait
wait {count:1,sum:2.5,bucket:[1.0:0,+Inf:1]} st@1700000001.000
# EOF
)";

TEST_F(OpenMetrics2EncoderTest, HasStartTimesOnTheLine) {
  EXPECT_EQ(PageOf(CreatedSnapshot()), kCreatedPage);
  EXPECT_TRUE(ReadOpenMetrics2(kCreatedPage).ok());
}

TEST_F(OpenMetrics2EncoderTest, IsTheSameInChunksOfAnySize) {
  const metrics::Snapshot created = CreatedSnapshot();
  const metrics::Snapshot described = DescribedSnapshot();
  for (std::size_t bytes = 1; bytes < 900; ++bytes) {
    OpenMetrics2Encoder created_page(created.families());
    ASSERT_EQ(ReadPageBy(created_page, bytes), kCreatedPage) << bytes;
    OpenMetrics2Encoder described_page(described.families());
    ASSERT_EQ(ReadPageBy(described_page, bytes), kDescribedPage) << bytes;
  }
}

TEST_F(OpenMetrics2EncoderTest, ShowsTheExemplarsOfAllBucketsBehindTheLine) {
  const auto exemplars = metrics::Exemplars::kSampled;
  const auto sent = registry_.AddCounter({.name = "sent_total", .help = "Sent", .exemplars = exemplars});
  sent.value().With().Increment(1, {.trace_id_high = 1, .trace_id_low = 2, .span_id = 3});
  const auto wait = registry_.AddHistogram({.name = "wait", .help = "Wait", .exemplars = exemplars}, Bounds({1, 2}));
  wait.value().With().Observe(0.5, {.trace_id_low = 2, .span_id = 3});
  wait.value().With().Observe(5, {.trace_id_low = 4, .span_id = 5});
  const OpenMetrics2Page page = ReadOpenMetrics2(LegalPage()).value();
  const std::vector<OpenMetrics2Exemplar>& of_sent = page[0].samples[0].exemplars;
  ASSERT_EQ(of_sent.size(), 1U);
  EXPECT_EQ(of_sent[0].labels,
            OpenMetrics2Labels({{"trace_id", "00000000000000010000000000000002"}, {"span_id", "0000000000000003"}}));
  EXPECT_GT(of_sent[0].seconds, 1.6e9);
  const std::vector<OpenMetrics2Exemplar>& of_wait = page[1].samples[0].exemplars;
  ASSERT_EQ(of_wait.size(), 2U);
  EXPECT_EQ(of_wait[0].value.text, "0.5");
  EXPECT_EQ(of_wait[1].value.text, "5.0");
  EXPECT_EQ(of_wait[1].labels.at("span_id"), "0000000000000005");
}

TEST_F(OpenMetrics2EncoderTest, BeginsWithTheTarget) {
  Registry registry({.creation_times = metrics::CreationTimes::kNotKept, .target = {{"service.name", "relay"}}});
  registry.AddGauge({.name = "pending", .help = "Pending"}).value().With();
  const std::string page = PageOf(registry.TakeSnapshot());
  EXPECT_TRUE(page.starts_with("# TYPE target_info info\n# HELP target_info ")) << page;
  EXPECT_NE(page.find("\ntarget_info{service_name=\"relay\"} 1\n# TYPE pending gauge\n"), std::string::npos) << page;
}

// As from a file whose lines end so.
TEST_F(OpenMetrics2EncoderTest, LeavesOutReturnsAtTheEndOfAHelpText) {
  registry_.AddGauge({.name = "pending", .help = "Records\r\nthat wait\r\r"}).value().With();
  EXPECT_EQ(LegalPage(), "# TYPE pending gauge\n# HELP pending Records\r\\nthat wait\npending 0\n# EOF\n");
}

TEST_F(OpenMetrics2EncoderTest, TakesAnyLabelValue) {
  AddHostileLabels(registry_);
  const OpenMetrics2Page page = ReadOpenMetrics2(LegalPage()).value();
  EXPECT_EQ(page[0].help, "Help with \" and \\ and\nnewline");
  ASSERT_EQ(page[0].samples.size(), HostileLabelValues().size());
  EXPECT_EQ(page[0].samples[2].labels.at("value"), HostileLabelValues()[2]);
}

std::string EscapedPage(NameEscaping escaping) {
  const std::unique_ptr<Registry> registry = Utf8Registry();
  const metrics::Snapshot snapshot = registry->TakeSnapshot();
  const std::string page = PageOf(EscapedView(snapshot.families(), escaping));
  EXPECT_TRUE(ReadOpenMetrics2(page).ok()) << page;
  return page;
}

TEST_F(OpenMetrics2EncoderTest, QuotesNamesThatAreNoLegacyNames) {
  const std::string page = EscapedPage(NameEscaping::kNone);
  EXPECT_NE(page.find("# TYPE \"http.requests_total\" counter\n# HELP \"http.requests_total\" R\n"
                      "{\"http.requests_total\",\"url.path\"=\"/\\\"x\\\"\",code=\"200\"} 2 st@"),
            std::string::npos)
      << page;
  EXPECT_NE(page.find("\n{\"wait.s\"} {count:1,sum:2.0,bucket:[1.0:0,+Inf:1]} st@"), std::string::npos) << page;
}

TEST_F(OpenMetrics2EncoderTest, HasEscapedNamesInMetadataAndSamples) {
  const std::string underscores = EscapedPage(NameEscaping::kUnderscores);
  EXPECT_NE(underscores.find("# HELP http_requests_total R\nhttp_requests_total{url_path="), std::string::npos);
  const std::string dots = EscapedPage(NameEscaping::kDots);
  EXPECT_NE(dots.find("# HELP wait_dot_s W\nwait_dot_s {count:1,"), std::string::npos) << dots;
  const std::string values = EscapedPage(NameEscaping::kValues);
  EXPECT_NE(values.find("# HELP U__wait_2e_s W\nU__wait_2e_s {count:1,"), std::string::npos) << values;
}

}  // namespace
}  // namespace streamhouse::exporters
