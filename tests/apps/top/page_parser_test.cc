#include "apps/top/page_parser.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/encoding/openmetrics_encoder.h"
#include "exporters/encoding/text_encoder.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/registry.h"
#include "tests/exporters/support/page.h"

namespace streamhouse::apps {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

constexpr std::size_t kMany = 1'000'000;
constexpr PageLimits kNoLimits = {
    .bytes_max = kMany, .samples_max = kMany, .labels_max = kMany, .line_bytes_max = kMany};

// One of the limits, and none beside it.
PageLimits With(std::size_t PageLimits::*limit, std::size_t value) {
  PageLimits limits = kNoLimits;
  limits.*limit = value;
  return limits;
}

metrics::Result<Page> Parse(std::string_view text, const PageLimits& limits = kNoLimits) {
  PageParser parser(limits);
  parser.Push(text);
  return std::move(parser).Take();
}

// "" for a page that was read.
std::string Refusal(std::string_view text, const PageLimits& limits = kNoLimits) {
  return Parse(text, limits).status().message();
}

std::string RefusalOfLine1(std::string_view why) {
  return "line 1 is no line of Prometheus text: " + std::string(why);
}

TEST(PageParserTest, ReadsNumbersByNameAndLabels) {
  const auto page =
      Parse("# HELP a_total Help\n# TYPE a_total counter\na_total{y=\"2\",x=\"1\"} 3\na_total 4e3\nb -0.5\n");
  ASSERT_TRUE(page.ok()) << page.status().message();
  const auto& counters = page.value().numbers.at("a_total");
  EXPECT_EQ(counters.at({{"x", "1"}, {"y", "2"}}), 3);  // sorted, so that their order does not count
  EXPECT_EQ(counters.at({}), 4000);
  EXPECT_EQ(page.value().numbers.at("b").at({}), -0.5);
  EXPECT_EQ(page.value().samples, 3U);
  EXPECT_FALSE(page.value().is_cut);
}

TEST(PageParserTest, ReadsHistogramsAsCumulativeBuckets) {
  const auto page = Parse(
      "# TYPE h histogram\nh_bucket{m=\"a\",le=\"0.5\"} 1\nh_bucket{le=\"+Inf\",m=\"a\"} 3\nh_sum{m=\"a\"} 2\n"
      "h_count{m=\"a\"} 3\nh_bucket{m=\"b\",le=\"+Inf\"} 0\n");
  ASSERT_TRUE(page.ok()) << page.status().message();
  const auto& series = page.value().histograms.at("h");
  ASSERT_EQ(series.size(), 2U);
  EXPECT_EQ(series.at({{"m", "a"}}).bounds, (std::vector<double>{0.5, kInfinity}));
  EXPECT_EQ(series.at({{"m", "a"}}).counts, (std::vector<double>{1, 3}));
  EXPECT_EQ(page.value().numbers.at("h_sum").at({{"m", "a"}}), 2);
  EXPECT_FALSE(page.value().numbers.contains("h_bucket"));
}

TEST(PageParserTest, KeepsABucketThatIsNoHistograms) {
  const auto page = Parse("free_bucket{le=\"1\"} 2\n# TYPE g gauge\ng_bucket 3\n");
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page.value().numbers.at("free_bucket").at({{"le", "1"}}), 2);
  EXPECT_EQ(page.value().numbers.at("g_bucket").at({}), 3);
}

TEST(PageParserTest, ReadsEverySpellingOfANumber) {
  const auto page = Parse("a +Inf\nb -Inf\nc NaN\nd +1.5\ne 1e-300\n");
  ASSERT_TRUE(page.ok()) << page.status().message();
  EXPECT_EQ(page.value().numbers.at("a").at({}), kInfinity);
  EXPECT_EQ(page.value().numbers.at("b").at({}), -kInfinity);
  EXPECT_TRUE(std::isnan(page.value().numbers.at("c").at({})));
  EXPECT_EQ(page.value().numbers.at("d").at({}), 1.5);
  EXPECT_EQ(page.value().numbers.at("e").at({}), 1e-300);
}

TEST(PageParserTest, UnescapesValuesOfLabels) {
  const auto page = Parse("a{x=\"\\\\ \\\" \\n } , \"} 1\n");
  ASSERT_TRUE(page.ok()) << page.status().message();
  EXPECT_EQ(page.value().numbers.at("a").begin()->first[0].second, "\\ \" \n } , ");
}

TEST(PageParserTest, KeepsBytesOfLabelsAsTheyAre) {
  const auto page = Parse("a{x=\"\x1B[2J\xFF\"} 1\n");
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page.value().numbers.at("a").begin()->first[0].second, "\x1B[2J\xFF");
}

TEST(PageParserTest, ReadsTheAdditionsOfOpenMetrics) {
  const auto page = Parse(
      "# TYPE a counter\n# UNIT a seconds\na_total 3 1700000000.5 # {trace_id=\"x\"} 0.5 1.0\na_created 1.0\n"
      "# TYPE i info\ni_info{v=\"1\"} 1\n# TYPE s stateset\ns{s=\"on\"} 0\n# EOF\n");
  ASSERT_TRUE(page.ok()) << page.status().message();
  EXPECT_EQ(page.value().numbers.at("a_total").at({}), 3);
  EXPECT_EQ(page.value().numbers.at("i_info").at({{"v", "1"}}), 1);
  EXPECT_EQ(page.value().numbers.at("s").at({{"s", "on"}}), 0);
}

// Every kind, by our own encoders; a native histogram has classic buckets in text.
class OwnPageTest : public testing::Test {
 protected:
  OwnPageTest() {
    registry_.AddCounter({.name = "c_total", .help = "c", .labels = {"x"}})->With("1").Increment(2);
    registry_.AddGauge({.name = "g", .help = "g"})->With().Set(-3);
    const auto bounds = *metrics::BucketBounds::From({1, 2});
    registry_.AddHistogram({.name = "h_seconds", .help = "h"}, bounds)->With().Observe(1.5);
    registry_.AddExponentialHistogram({.name = "e_seconds", .help = "e"}, bounds)->With().Observe(1.5);
  }

  template <typename Encoder>
  Page Read() {
    const auto page = Parse(exporters::PageOf<Encoder>(registry_));
    EXPECT_TRUE(page.ok()) << page.status().message();
    return page.value();
  }

  static void ExpectAll(const Page& page) {
    EXPECT_EQ(page.numbers.at("c_total").at({{"x", "1"}}), 2);
    EXPECT_EQ(page.numbers.at("g").at({}), -3);
    EXPECT_EQ(page.histograms.at("h_seconds").at({}).counts, (std::vector<double>{0, 1, 1}));
    EXPECT_EQ(page.histograms.at("e_seconds").at({}).counts, (std::vector<double>{0, 1, 1}));
    EXPECT_EQ(page.histograms.at("e_seconds").at({}).bounds, (std::vector<double>{1, 2, kInfinity}));
  }

  metrics::Registry registry_;
};

TEST_F(OwnPageTest, IsReadFromText) {
  ExpectAll(Read<exporters::TextEncoder>());
}

TEST_F(OwnPageTest, IsReadFromOpenMetrics) {
  ExpectAll(Read<exporters::OpenMetricsEncoder>());
}

TEST(PageParserTest, ReadsAPageInPiecesAsInOne) {
  const std::string text = "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\na{x=\"\\n\"} 3\n";
  for (std::size_t size = 1; size < text.size(); ++size) {
    PageParser parser(kNoLimits);
    for (std::size_t at = 0; at < text.size(); at += size) parser.Push(std::string_view(text).substr(at, size));
    EXPECT_EQ(parser.bytes(), text.size());
    const auto page = std::move(parser).Take();
    ASSERT_TRUE(page.ok()) << page.status().message();
    EXPECT_EQ(page.value().samples, 3U);
    EXPECT_EQ(page.value().histograms.at("h").at({}).counts, (std::vector<double>{1, 2}));
  }
}

TEST(PageParserTest, RefusesLinesThatAreNotPrometheusText) {
  EXPECT_EQ(Refusal("<html>\n"), RefusalOfLine1("it has no metric name"));
  EXPECT_EQ(Refusal("a\n"), RefusalOfLine1("its value is no number"));
  EXPECT_EQ(Refusal("a 1x\n"), RefusalOfLine1("its value is no number"));
  EXPECT_EQ(Refusal("a +-1\n"), RefusalOfLine1("its value is no number"));
  EXPECT_EQ(Refusal("a 1 x\n"), RefusalOfLine1("its time is no number"));
  EXPECT_EQ(Refusal("a 1 2 3\n"), RefusalOfLine1("more stands behind its value"));
  EXPECT_EQ(Refusal("# TYPE a\n"), RefusalOfLine1("it gives no type"));
  EXPECT_EQ(Refusal("a 1\n\nb 2"), "line 3 is no line of Prometheus text: it has no end");
  EXPECT_EQ(Refusal("# EOF\na 1\n"), "line 2 is no line of Prometheus text: it comes after # EOF");
}

TEST(PageParserTest, RefusesLabelsThatAreNone) {
  for (const std::string_view labels : {"{", "{x}", "{x=1}", "{x=\"1}", "{x=\"1\" y=\"2\"}", "{x=\"\\q\"}", "{x=\"\\",
                                        "{,}", "{x=\"1\",x=\"2\"}", "{\"quoted\"}"}) {
    EXPECT_EQ(Refusal("a" + std::string(labels) + " 1\n"), RefusalOfLine1("its labels are no label set")) << labels;
  }
  EXPECT_EQ(Refusal("a{x=\"1\",} 1\na{} 1\n"), "");
}

TEST(PageParserTest, RefusesBucketsThatAreNone) {
  const std::string type = "# TYPE h histogram\n";
  EXPECT_NE(Refusal(type + "h_bucket 1\n"), "");
  EXPECT_NE(Refusal(type + "h_bucket{le=\"x\"} 1\n"), "");
  EXPECT_NE(Refusal(type + "h_bucket{le=\"2\"} 1\nh_bucket{le=\"1\"} 1\n"), "");
  EXPECT_NE(Refusal(type + "h_bucket{le=\"1\"} 1\nh_bucket{le=\"1\"} 1\n"), "");
  EXPECT_NE(Refusal(type + "h_bucket{le=\"1\"} 1\nh_bucket{le=\"NaN\"} 1\n"), "");
}

TEST(PageParserTest, RepeatsNothingOfAPageThatItRefuses) {
  EXPECT_EQ(Refusal("\x1B[2J\n").find('\x1B'), std::string::npos);
}

TEST(PageParserTest, CutsAPageOfTooManySamplesBeforeTheFamilyThatWasRead) {
  const auto page = Parse("a 1\nb{x=\"1\"} 1\nb{x=\"2\"} 1\nb{x=\"3\"} 1\nc 1\n", With(&PageLimits::samples_max, 3));
  ASSERT_TRUE(page.ok());
  EXPECT_TRUE(page.value().is_cut);
  EXPECT_TRUE(page.value().numbers.contains("a"));
  EXPECT_FALSE(page.value().numbers.contains("b"));
  EXPECT_FALSE(page.value().numbers.contains("c"));
}

TEST(PageParserTest, CutsAHistogramWithAllItsNames) {
  const std::string series = "{m=\"a\",le=\"+Inf\"} 1\nh_sum{m=\"a\"} 1\nh_count{m=\"a\"} 1\nh_created{m=\"a\"} 1\n";
  const std::string text =
      "# TYPE g gauge\ng 1\n# TYPE h histogram\nh_bucket" + series + "h_bucket{m=\"b\",le=\"1\"} 1\n";
  for (std::size_t samples = 2; samples < 7; ++samples) {
    const auto page =
        Parse(text + "h_sum{m=\"b\"} 1\nh_count{m=\"b\"} 1\n", With(&PageLimits::samples_max, samples + 1));
    ASSERT_TRUE(page.ok()) << page.status().message();
    EXPECT_TRUE(page.value().is_cut);
    EXPECT_TRUE(page.value().histograms.empty());
    EXPECT_EQ(page.value().numbers.size(), 1U) << page.value().numbers.rbegin()->first;
  }
}

TEST(PageParserTest, CutsACounterWithWhenItsSeriesBegan) {
  const auto page = Parse(
      "# TYPE b_total counter\nb_total 1\n# TYPE a counter\na_total{x=\"1\"} 1\na_created{x=\"1\"} 1\n"
      "a_total{x=\"2\"} 1\na_created{x=\"2\"} 1\n",
      With(&PageLimits::samples_max, 4));
  ASSERT_TRUE(page.ok()) << page.status().message();
  EXPECT_TRUE(page.value().is_cut);
  EXPECT_EQ(page.value().numbers.size(), 1U);
  EXPECT_TRUE(page.value().numbers.contains("b_total"));
}

TEST(PageParserTest, CutsNoFamilyBeforeTheOneThatWasRead) {
  const std::string whole = "# TYPE a counter\na_total 1\na_created 1\n";
  EXPECT_TRUE(Parse(whole + "b 1\nb 2\n", With(&PageLimits::samples_max, 3)).value().numbers.contains("a_total"));
  EXPECT_TRUE(
      Parse(whole + "# TYPE h histogram\n", With(&PageLimits::samples_max, 2)).value().numbers.contains("a_created"));
}

TEST(PageParserTest, KeepsTheTypesOfDistributionsOnly) {
  const auto page = Parse(
      "# TYPE a counter\n# TYPE h histogram\n# TYPE s summary\n# TYPE x! histogram\n# TYPE g summary\n# TYPE g "
      "gauge\n");
  ASSERT_TRUE(page.ok()) << page.status().message();
  EXPECT_EQ(page.value().distributions,
            (Page::ByName<DistributionType>{{"h", DistributionType::kHistogram}, {"s", DistributionType::kSummary}}));
}

TEST(PageParserTest, CountsDistributionsAmongTheSamples) {
  const std::string types = "# TYPE a histogram\n# TYPE b summary\n# TYPE b summary\n";
  EXPECT_FALSE(Parse(types + "c 1\n", With(&PageLimits::samples_max, 3)).value().is_cut);
  EXPECT_TRUE(Parse(types + "c 1\nd 1\n", With(&PageLimits::samples_max, 3)).value().is_cut);
  EXPECT_TRUE(Parse(types + "c 1\n# TYPE d summary\n", With(&PageLimits::samples_max, 3)).value().is_cut);
  EXPECT_EQ(Parse(types + "c 1\n").value().samples, 1U);
}

TEST(PageParserTest, CutsAPageOfTooManyLabels) {
  const auto page = Parse("a{x=\"1\",y=\"1\"} 1\nb{x=\"1\"} 1\nb{x=\"2\"} 1\nc 1\n", With(&PageLimits::labels_max, 3));
  ASSERT_TRUE(page.ok()) << page.status().message();
  EXPECT_TRUE(page.value().is_cut);
  EXPECT_TRUE(page.value().numbers.contains("a"));
  EXPECT_FALSE(page.value().numbers.contains("b"));
  EXPECT_FALSE(page.value().numbers.contains("c"));
}

TEST(PageParserTest, CountsLabelsThatItKeeps) {
  const std::string one_series_twice = "a{x=\"1\",y=\"1\"} 1\na{x=\"1\",y=\"1\"} 2\n";
  const std::string two_buckets = "# TYPE h histogram\nh_bucket{x=\"1\",le=\"1\"} 1\nh_bucket{x=\"1\",le=\"2\"} 1\n";
  EXPECT_FALSE(Parse(one_series_twice + two_buckets, With(&PageLimits::labels_max, 3)).value().is_cut);
  EXPECT_TRUE(Parse(one_series_twice + two_buckets, With(&PageLimits::labels_max, 2)).value().is_cut);
}

TEST(PageParserTest, WantsNoMoreBehindALimitOrAnError) {
  PageParser cut(With(&PageLimits::bytes_max, 10));
  EXPECT_EQ(cut.Push("a 1\n"), PageParser::Progress::kWantsMore);
  EXPECT_EQ(cut.Push("b 1\nc 1\n"), PageParser::Progress::kWantsNoMore);
  EXPECT_TRUE(std::move(cut).Take().value().is_cut);
  PageParser refused(kNoLimits);
  EXPECT_EQ(refused.Push("?\n"), PageParser::Progress::kWantsNoMore);
}

TEST(PageParserTest, RefusesALineThatIsTooLongWithoutKeepingIt) {
  PageParser parser(With(&PageLimits::line_bytes_max, 100));
  EXPECT_EQ(parser.Push(std::string(60, 'a')), PageParser::Progress::kWantsMore);
  EXPECT_EQ(parser.Push(std::string(60, 'a')), PageParser::Progress::kWantsNoMore);
  EXPECT_EQ(std::move(parser).Take().status().message(), RefusalOfLine1("it is too long"));
}

}  // namespace
}  // namespace streamhouse::apps
