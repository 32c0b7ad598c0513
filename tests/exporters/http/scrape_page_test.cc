#include "exporters/http/scrape_page.h"

#include <gtest/gtest.h>

#include "metrics_core/registry.h"

namespace streamhouse::exporters {
namespace {

class ScrapePageTest : public testing::Test {
 protected:
  metrics::Registry registry_;
  const metrics::Counter sent_ = registry_.AddCounter({.name = "sent_total", .help = "Sent"}).value().With();
};

TEST_F(ScrapePageTest, WritesTheFormatThatWasAskedFor) {
  ScrapePage text(registry_, PageFormat::kText);
  EXPECT_EQ(ReadPage(text), "# HELP sent_total Sent\n# TYPE sent_total counter\nsent_total 0\n");
  ScrapePage open_metrics(registry_, PageFormat::kOpenMetrics);
  EXPECT_EQ(ReadPage(open_metrics), "# TYPE sent counter\n# HELP sent Sent\nsent_total 0\n# EOF\n");
}

TEST_F(ScrapePageTest, CollectsWhenItIsFirstFilled) {
  ScrapePage page(registry_, PageFormat::kText);
  sent_.Increment(7);
  EXPECT_TRUE(ReadPage(page).ends_with("sent_total 7\n"));
}

TEST_F(ScrapePageTest, StaysWithItsSnapshot) {
  ScrapePage page(registry_, PageFormat::kText);
  Chunk chunk(1);
  ASSERT_EQ(page.Fill(chunk), PageSource::Progress::kMore);
  sent_.Increment(7);
  EXPECT_TRUE(ReadPage(page).ends_with("sent_total 0\n"));
}

}  // namespace
}  // namespace streamhouse::exporters
