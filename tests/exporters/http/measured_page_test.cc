#include "exporters/http/measured_page.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "exporters/http/scrape_permits.h"
#include "exporters/http/server_metrics.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

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
  std::unique_ptr<MeasuredPage> Page() {
    return std::make_unique<MeasuredPage>(std::make_unique<TenBytes>(), PageFormat::kText, metrics_, permits_.Take());
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
  EXPECT_EQ(ReadPage(*Page()), "1234512345");
  EXPECT_EQ(Bytes(), 10);
  const metrics::testing::MetricReader reader(registry_);
  EXPECT_EQ(reader.Histogram("streamhouse_exporter_scrape_duration_seconds", {{"format", "text"}})->count, 1U);
}

TEST_F(MeasuredPageTest, CountsAPageThatIsGivenUpAsFailed) {
  PageChunk chunk;
  Page()->Fill(chunk);
  EXPECT_EQ(Bytes(), 0);
  EXPECT_EQ(Failed(), 1);
}

TEST_F(MeasuredPageTest, CountsNoFailureOfAPageThatWasNotBegunOrThatEnded) {
  Page();
  ReadPage(*Page());
  EXPECT_EQ(Failed(), 0);
}

TEST_F(MeasuredPageTest, HoldsItsSlotUntilItIsGone) {
  {
    const auto page = Page();
    EXPECT_FALSE(permits_.Take());
  }
  EXPECT_TRUE(permits_.Take());
}

}  // namespace
}  // namespace streamhouse::exporters
