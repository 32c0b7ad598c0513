#include "exporters/http/scrape_page.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "exporters/http/shared_collection.h"
#include "exporters/select/selection.h"
#include "metrics_core/registry.h"
#include "tests/exporters/support/page.h"

namespace streamhouse::exporters {
namespace {

Selection Named(const std::vector<std::string>& names) {
  return Selection::Parse(names, {}).value();
}

Selection Matched(const std::vector<std::string>& selectors) {
  return Selection::Parse({}, selectors).value();
}

constexpr auto kNoDeadline = std::chrono::steady_clock::time_point::max();

// The whole page of what the selection chooses.
std::string PageOf(SharedCollection& collection, PageFormat format, const Selection& selection) {
  ScrapePage page(collection, {.format = format, .content_type = ""});
  EXPECT_TRUE(page.Select(selection, kNoDeadline));
  return ReadPage(page).value();
}

class ScrapePageTest : public testing::Test {
 protected:
  metrics::Registry registry_;
  SharedCollection collection_{registry_};
  const metrics::Counter sent_ = registry_.AddCounter({.name = "sent_total", .help = "Sent"}).value().With();
};

TEST_F(ScrapePageTest, WritesTheFormatThatWasAskedFor) {
  ScrapePage text(collection_, {.format = PageFormat::kText, .content_type = ""});
  EXPECT_EQ(ReadPage(text).value(), "# HELP sent_total Sent\n# TYPE sent_total counter\nsent_total 0\n");
  ScrapePage open_metrics(collection_, {.format = PageFormat::kOpenMetrics, .content_type = ""});
  EXPECT_EQ(ReadPage(open_metrics).value(),
            "# TYPE sent counter\n# UNIT sent \n# HELP sent Sent\nsent_total 0\n# EOF\n");
  ScrapePage open_metrics_2(collection_, {.format = PageFormat::kOpenMetrics2, .content_type = ""});
  EXPECT_TRUE(ReadPage(open_metrics_2)
                  .value()
                  .starts_with("# TYPE sent_total counter\n# HELP sent_total Sent\nsent_total 0 st@"));
}

TEST_F(ScrapePageTest, CollectsWhenItIsFirstFilled) {
  ScrapePage page(collection_, {.format = PageFormat::kText, .content_type = ""});
  sent_.Increment(7);
  EXPECT_TRUE(ReadPage(page).value().ends_with("sent_total 7\n"));
}

TEST_F(ScrapePageTest, StaysWithItsSnapshot) {
  ScrapePage page(collection_, {.format = PageFormat::kText, .content_type = ""});
  PageChunk chunk(1);
  ASSERT_EQ(page.Fill(chunk), PageSource::Progress::kMore);
  sent_.Increment(7);
  EXPECT_TRUE(ReadPage(page).value().ends_with("sent_total 0\n"));
}

TEST_F(ScrapePageTest, WritesOnlyTheFamiliesThatAreNamed) {
  registry_.AddGauge({.name = "pending", .help = "Pending"}).value().With();
  registry_.AddHistogram({.name = "duration", .help = "Duration"}, Bounds({1})).value().With();
  EXPECT_EQ(PageOf(collection_, PageFormat::kText, Named({"pending", "nothing"})),
            "# HELP pending Pending\n# TYPE pending gauge\npending 0\n");
  for (const char* name : {"duration", "duration_bucket", "duration_sum", "duration_count"}) {
    const std::string page = PageOf(collection_, PageFormat::kText, Named({name}));
    EXPECT_TRUE(page.starts_with("# HELP duration Duration\n")) << name;
  }
  EXPECT_EQ(PageOf(collection_, PageFormat::kText, Named({"pending_count", "sent"})), "");
}

// By the names of 1.0 as well, so that a reader may change the format and keep its names.
TEST_F(ScrapePageTest, TakesTheNamesOfSamplesForOpenMetrics2) {
  registry_.AddHistogram({.name = "duration", .help = "Duration"}, Bounds({1})).value().With();
  for (const char* name : {"duration", "duration_bucket", "duration_sum", "duration_count", "duration_created"}) {
    const std::string page = PageOf(collection_, PageFormat::kOpenMetrics2, Named({name}));
    EXPECT_TRUE(page.starts_with("# TYPE duration histogram\n")) << name;
  }
  const std::string sent = PageOf(collection_, PageFormat::kOpenMetrics2, Named({"sent_total"}));
  EXPECT_TRUE(sent.starts_with("# TYPE sent_total counter\n"));
  EXPECT_EQ(PageOf(collection_, PageFormat::kOpenMetrics2, Named({"sent"})), "# EOF\n");
}

class SelectedPageTest : public ScrapePageTest {
 protected:
  SelectedPageTest() {
    const auto lag = registry_.AddGauge({.name = "lag", .help = "Lag", .labels = {"topic", "partition"}}).value();
    for (const char* topic : {"orders", "users"}) {
      for (const char* partition : {"1", "2", "12"}) lag.With(topic, partition).Set(1);
    }
  }

  std::string Page(const Selection& selection, PageFormat format = PageFormat::kText) {
    return PageOf(collection_, format, selection);
  }

  int collections_ = 0;
  SharedCollection collection_{[this] {
    ++collections_;
    return registry_.TakeSnapshot();
  }};
};

TEST_F(SelectedPageTest, WritesOnlyTheSeriesThatAreSelected) {
  EXPECT_EQ(Page(Matched({R"({topic="orders",partition=~"1.*"})"})),
            "# HELP lag Lag\n# TYPE lag gauge\n"
            "lag{topic=\"orders\",partition=\"1\"} 1\nlag{topic=\"orders\",partition=\"12\"} 1\n");
  EXPECT_EQ(Page(Matched({"sent_total"})), "# HELP sent_total Sent\n# TYPE sent_total counter\nsent_total 0\n");
  EXPECT_EQ(Page(Matched({R"({topic="none"})"}), PageFormat::kOpenMetrics), "# EOF\n");
  EXPECT_EQ(Page(Matched({R"({none=""})"})), Page({}));
}

TEST_F(SelectedPageTest, SharesTheCollectionWithPagesThatSelectOthers) {
  ScrapePage first(collection_, {.format = PageFormat::kText, .content_type = ""});
  ASSERT_TRUE(first.Select(Matched({R"({topic="users"})"}), kNoDeadline));
  PageChunk chunk(1);
  ASSERT_EQ(first.Fill(chunk), PageSource::Progress::kMore);
  Page(Matched({R"({topic="orders"})"}));
  Page({});
  EXPECT_EQ(collections_, 1);
}

TEST_F(SelectedPageTest, SaysThatSelectingTakesTooLong) {
  ScrapePage page(collection_, {.format = PageFormat::kText, .content_type = ""});
  EXPECT_FALSE(page.Select(Matched({R"({topic="users"})"}), std::chrono::steady_clock::now()));
}

}  // namespace
}  // namespace streamhouse::exporters
