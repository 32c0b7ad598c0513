#include "exporters/http/scrape_page.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
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

class ScrapePageTest : public testing::Test {
 protected:
  metrics::Registry registry_;
  SharedCollection collection_{registry_};
  const metrics::Counter sent_ = registry_.AddCounter({.name = "sent_total", .help = "Sent"}).value().With();
};

TEST_F(ScrapePageTest, WritesTheFormatThatWasAskedFor) {
  ScrapePage text(collection_, {.format = PageFormat::kText, .content_type = ""});
  EXPECT_EQ(ReadPage(text), "# HELP sent_total Sent\n# TYPE sent_total counter\nsent_total 0\n");
  ScrapePage open_metrics(collection_, {.format = PageFormat::kOpenMetrics, .content_type = ""});
  EXPECT_EQ(ReadPage(open_metrics), "# TYPE sent counter\n# UNIT sent \n# HELP sent Sent\nsent_total 0\n# EOF\n");
  ScrapePage open_metrics_2(collection_, {.format = PageFormat::kOpenMetrics2, .content_type = ""});
  EXPECT_TRUE(
      ReadPage(open_metrics_2).starts_with("# TYPE sent_total counter\n# HELP sent_total Sent\nsent_total 0 st@"));
}

TEST_F(ScrapePageTest, CollectsWhenItIsFirstFilled) {
  ScrapePage page(collection_, {.format = PageFormat::kText, .content_type = ""});
  sent_.Increment(7);
  EXPECT_TRUE(ReadPage(page).ends_with("sent_total 7\n"));
}

TEST_F(ScrapePageTest, StaysWithItsSnapshot) {
  ScrapePage page(collection_, {.format = PageFormat::kText, .content_type = ""});
  PageChunk chunk(1);
  ASSERT_EQ(page.Fill(chunk), PageSource::Progress::kMore);
  sent_.Increment(7);
  EXPECT_TRUE(ReadPage(page).ends_with("sent_total 0\n"));
}

TEST_F(ScrapePageTest, WritesOnlyTheFamiliesThatAreNamed) {
  registry_.AddGauge({.name = "pending", .help = "Pending"}).value().With();
  registry_.AddHistogram({.name = "duration", .help = "Duration"}, Bounds({1})).value().With();
  ScrapePage gauge(collection_, {.format = PageFormat::kText, .content_type = ""}, Named({"pending", "nothing"}));
  EXPECT_EQ(ReadPage(gauge), "# HELP pending Pending\n# TYPE pending gauge\npending 0\n");
  for (const char* name : {"duration", "duration_bucket", "duration_sum", "duration_count"}) {
    ScrapePage sample(collection_, {.format = PageFormat::kText, .content_type = ""}, Named({name}));
    EXPECT_TRUE(ReadPage(sample).starts_with("# HELP duration Duration\n")) << name;
  }
  ScrapePage nothing(collection_, {.format = PageFormat::kText, .content_type = ""}, Named({"pending_count", "sent"}));
  EXPECT_EQ(ReadPage(nothing), "");
}

// By the names of 1.0 as well, so that a reader may change the format and keep its names.
TEST_F(ScrapePageTest, TakesTheNamesOfSamplesForOpenMetrics2) {
  registry_.AddHistogram({.name = "duration", .help = "Duration"}, Bounds({1})).value().With();
  for (const char* name : {"duration", "duration_bucket", "duration_sum", "duration_count", "duration_created"}) {
    ScrapePage page(collection_, {.format = PageFormat::kOpenMetrics2, .content_type = ""}, Named({name}));
    EXPECT_TRUE(ReadPage(page).starts_with("# TYPE duration histogram\n")) << name;
  }
  ScrapePage sent(collection_, {.format = PageFormat::kOpenMetrics2, .content_type = ""}, Named({"sent_total"}));
  EXPECT_TRUE(ReadPage(sent).starts_with("# TYPE sent_total counter\n"));
  ScrapePage nothing(collection_, {.format = PageFormat::kOpenMetrics2, .content_type = ""}, Named({"sent"}));
  EXPECT_EQ(ReadPage(nothing), "# EOF\n");
}

class SelectedPageTest : public ScrapePageTest {
 protected:
  SelectedPageTest() {
    const auto lag = registry_.AddGauge({.name = "lag", .help = "Lag", .labels = {"topic", "partition"}}).value();
    for (const char* topic : {"orders", "users"}) {
      for (const char* partition : {"1", "2", "12"}) lag.With(topic, partition).Set(1);
    }
  }

  std::string Page(Selection selection, PageFormat format = PageFormat::kText) {
    ScrapePage page(collection_, {.format = format, .content_type = ""}, std::move(selection));
    return ReadPage(page);
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
  ScrapePage first(collection_, {.format = PageFormat::kText, .content_type = ""}, Matched({R"({topic="users"})"}));
  PageChunk chunk(1);
  ASSERT_EQ(first.Fill(chunk), PageSource::Progress::kMore);
  Page(Matched({R"({topic="orders"})"}));
  Page({});
  EXPECT_EQ(collections_, 1);
}

TEST_F(SelectedPageTest, FailsBeforeItsFirstByteWhereSelectingTakesTooLong) {
  ScrapePage page(collection_, {.format = PageFormat::kText, .content_type = ""}, Matched({R"({topic="users"})"}),
                  CreatedUse::kLeftOut, std::chrono::milliseconds(0));
  PageChunk chunk;
  EXPECT_EQ(page.Fill(chunk), PageSource::Progress::kFailed);
  EXPECT_TRUE(chunk.empty());
}

}  // namespace
}  // namespace streamhouse::exporters
