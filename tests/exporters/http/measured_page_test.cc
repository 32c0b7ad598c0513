#include "exporters/http/measured_page.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <regex>
#include <string>
#include <string_view>
#include <utility>

#include "exporters/encoding/openmetrics_encoder.h"
#include "exporters/http/scrape_permits.h"
#include "exporters/http/server_metrics.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "metrics_core/traceparent.h"
#include "tests/support/eventually.h"

namespace streamhouse::exporters {
namespace {

// Two chunks of five bytes.
class TenBytes : public PageSource {
 public:
  Progress Fill(PageChunk& chunk) override {
    chunk.Append("12345");
    return std::exchange(first_, false) ? Progress::kMore : Progress::kEnd;
  }

 private:
  bool first_ = true;
};

class MeasuredPageTest : public testing::Test {
 protected:
  std::unique_ptr<MeasuredPage> Page(ScrapeOrigin origin = {}) {
    return std::make_unique<MeasuredPage>(std::make_unique<TenBytes>(), PageFormat::kText, metrics_, permits_.Take(),
                                          std::move(origin));
  }
  // Of a page that was sent to its end, with the seconds left out.
  std::string LineOf(std::string_view traceparent) {
    std::string lines;
    ReadPage(*Page({.path = "/metrics",
                    .parent = metrics::ParseTraceparent(traceparent),
                    .log = [&](std::string_view line) { lines.append(line).append("\n"); }}))
        .value();
    return std::regex_replace(lines, std::regex("seconds=[0-9.]+"), "seconds=S");
  }
  // The trace ids of the durations' exemplars, on a page of OpenMetrics.
  bool ShowsTrace() {
    const metrics::Snapshot snapshot = registry_.TakeSnapshot();
    OpenMetricsEncoder encoder(snapshot.families());
    return ReadPage(encoder).value().find("trace_id=\"0af7651916cd43dd8448eb211c80319c\"") != std::string::npos;
  }
  double Bytes() {
    const metrics::testing::MetricReader reader(registry_);
    return reader.Value("streamhouse_exporter_scrape_bytes_total", {{"format", "text"}}).value_or(0);
  }

  double Failed() {
    const metrics::testing::MetricReader reader(registry_);
    return reader.Value("streamhouse_exporter_scrapes_failed_total", {{"format", "text"}}).value_or(0);
  }

  metrics::Registry registry_;
  const ServerMetrics metrics_ = ServerMetrics::Register(registry_).value();
  const ScrapePermits permits_{1};
};

TEST_F(MeasuredPageTest, CountsAPageThatComesToItsEnd) {
  EXPECT_EQ(ReadPage(*Page()).value(), "1234512345");
  EXPECT_EQ(Bytes(), 10);
  const metrics::testing::MetricReader reader(registry_);
  EXPECT_EQ(reader.Histogram("streamhouse_exporter_scrape_duration_seconds", {{"format", "text"}})->count, 1U);
}

TEST_F(MeasuredPageTest, MeasuresAPageFromWhenItWasAskedFor) {
  constexpr std::chrono::milliseconds kWaited(2);
  const auto page = Page();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(Eventually([&] { return std::chrono::steady_clock::now() - begin >= kWaited; }));
  ReadPage(*page).value();
  const metrics::testing::MetricReader reader(registry_);
  EXPECT_GE(reader.Histogram("streamhouse_exporter_scrape_duration_seconds", {{"format", "text"}})->sum, 0.002);
}

TEST_F(MeasuredPageTest, CountsAPageThatIsGivenUpAsFailed) {
  PageChunk chunk;
  Page()->Fill(chunk);
  EXPECT_EQ(Bytes(), 0);
  EXPECT_EQ(Failed(), 1);
}

TEST_F(MeasuredPageTest, CountsNoFailureOfAPageThatWasNotBegunOrThatEnded) {
  Page();
  ReadPage(*Page()).value();
  EXPECT_EQ(Failed(), 0);
}

TEST_F(MeasuredPageTest, HoldsItsSlotUntilItIsGone) {
  {
    const auto page = Page();
    EXPECT_FALSE(permits_.Take());
  }
  EXPECT_TRUE(permits_.Take());
}

constexpr std::string_view kIds = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";

TEST_F(MeasuredPageTest, TellsTheLogOfAPageWithItsTrace) {
  const std::string line = "scrape sent: path=/metrics format=text bytes=10 seconds=S";
  const std::string ids = " trace_id=0af7651916cd43dd8448eb211c80319c span_id=b7ad6b7169203331\n";
  EXPECT_EQ(LineOf(""), line + "\n");
  EXPECT_EQ(LineOf("00-" + std::string(kIds) + "-01"), line + ids);
  EXPECT_EQ(LineOf("00-" + std::string(kIds) + "-00"), line + ids) << "not sampled";
  EXPECT_EQ(LineOf("42-" + std::string(kIds) + "-01-more"), line + ids) << "a later version";
}

// Goal: nothing of a header that is not valid reaches the log or the page.
TEST_F(MeasuredPageTest, IgnoresAHostileTraceparent) {
  const std::string ids(kIds);
  const std::string hostile[] = {"00-" + ids + "-01-more",
                                 "ff-" + ids + "-01",
                                 "00-" + ids + "-01\nforged line",
                                 "00-" + ids + "-01,00-" + ids + "-01",
                                 "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                                 "00-" + std::string(32, '0') + ids.substr(32) + "-01",
                                 std::string("00-\x1b[31m"),
                                 std::string(8000, '0')};
  for (const std::string& header : hostile) {
    EXPECT_EQ(LineOf(header), "scrape sent: path=/metrics format=text bytes=10 seconds=S\n") << header;
  }
  EXPECT_FALSE(ShowsTrace());
}

TEST_F(MeasuredPageTest, MakesASampledTraceTheExemplarOfItsDuration) {
  LineOf("00-" + std::string(kIds) + "-00");
  EXPECT_FALSE(ShowsTrace());
  LineOf("00-" + std::string(kIds) + "-01");
  EXPECT_TRUE(ShowsTrace());
}

TEST_F(MeasuredPageTest, TellsTheLogOfAPageThatFailed) {
  std::string line;
  PageChunk chunk;
  Page({.path = "/metrics", .log = [&](std::string_view told) { line = told; }})->Fill(chunk);
  EXPECT_TRUE(line.starts_with("scrape failed: path=/metrics format=text bytes=5 seconds=")) << line;
}

}  // namespace
}  // namespace streamhouse::exporters
