// Memory of a scrape, counted by allocation. Goal: a streamed page costs at most kExtraBytesMax
// beyond its snapshot, in every format and coding, of a million series. Method: malloc() that
// counts (counted_memory.h).

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "exporters/encoding/page_chunk.h"
#include "exporters/http/message/request.h"
#include "exporters/http/message/response.h"
#include "exporters/http/metrics_server.h"
#include "exporters/http/routes.h"
#include "metrics_core/family.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "tests/exporters/support/counted_memory.h"
#include "tests/exporters/support/http_client.h"

namespace streamhouse::exporters {
namespace {

constexpr std::int64_t kExtraBytesMax = std::int64_t{1} << 20;
constexpr int kSeries = 1'000'000;
constexpr int kSmallSeries = 9'000;  // for many chunks, in little time
// Of a snapshot of counters: where the label text stands, and the value.
// Labels, value and start time.
constexpr std::int64_t kSnapshotBytes =
    std::int64_t{kSeries} * (sizeof(std::string_view) + sizeof(std::uint64_t) + sizeof(std::int64_t));

class ScrapeMemoryTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    registry_ = new metrics::Registry();
    health_ = new metrics::Health();
    const auto family = registry_
                            ->AddCounter({.name = "streamhouse_records_sent_total",
                                          .help = "Sent",
                                          .labels = {"topic", "partition"},
                                          .series_max = kSeries})
                            .value();
    for (int i = 0; i < kSeries; ++i) family.Lookup(std::to_string(i % 1000), std::to_string(i / 1000))->Increment();
    const auto small =
        registry_->AddCounter({.name = "small_total", .help = "S", .labels = {"x", "partition"}}).value();
    for (int i = 0; i < kSmallSeries; ++i) small.Lookup("x", std::to_string(i))->Increment();
  }
  // The most bytes that were out while the page was read.
  static std::int64_t BytesOfAPage(Routes& routes) {
    return CountedMemory::MostBytesOf([&] {
      const Response response = routes.Handle({.method = "GET", .target = "/metrics"});
      PageChunk chunk;
      while (response.page->Fill(chunk) == PageSource::Progress::kMore) chunk.Clear();
    });
  }

  static metrics::Registry* registry_;  // made once: it takes seconds
  static metrics::Health* health_;
};
metrics::Registry* ScrapeMemoryTest::registry_ = nullptr;
metrics::Health* ScrapeMemoryTest::health_ = nullptr;

TEST_F(ScrapeMemoryTest, TheFirstPageTakesItsSnapshotAndLittleMore) {
  Routes routes(*registry_, *health_);
  const std::int64_t bytes = BytesOfAPage(routes);
  RecordProperty("bytes", std::to_string(bytes - kSnapshotBytes));
  EXPECT_GE(bytes, kSnapshotBytes) << "the counter counts";
  EXPECT_LE(bytes, kSnapshotBytes + kExtraBytesMax);
}

TEST_F(ScrapeMemoryTest, APageThatHasGrownTakesLittleMore) {
  Routes routes(*registry_, *health_);
  BytesOfAPage(routes);
  registry_->AddGauge({.name = "new", .help = "N"}).value();
  EXPECT_LE(BytesOfAPage(routes), kExtraBytesMax);
}

TEST(ServerMemoryTest, AScrapeTakesLittleInEveryFormatAndCoding) {
  metrics::Registry registry;
  const metrics::Health health;
  const auto family = registry.AddCounter({.name = "small_total", .help = "S", .labels = {"x", "partition"}}).value();
  for (int i = 0; i < kSmallSeries; ++i) family.Lookup("x", std::to_string(i))->Increment();
  MetricsServer server(registry, health, {.port = 0, .aggregate = {"partition"}});
  ASSERT_TRUE(server.Start().ok());
  for (const char* target : {"/metrics", "/metrics/detailed"}) {
    for (const std::string accept :
         {"text/plain", "application/openmetrics-text",
          "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"}) {
      for (const char* coding : {"identity", "gzip", "zstd"}) {
        HttpClient client(server.port());
        ASSERT_TRUE(client.Send("GET " + std::string(target) + " HTTP/1.0\r\nAccept: " + accept +
                                "\r\nAccept-Encoding: " + coding + "\r\n\r\n"));
        const std::int64_t bytes = CountedMemory::MostBytesOf([&] { EXPECT_GT(client.DiscardAll(), 100U); });
        RecordProperty(target + accept.substr(0, 17) + coding, std::to_string(bytes));
        EXPECT_LE(bytes, kExtraBytesMax) << target << " " << accept << " " << coding;
      }
    }
  }
}

}  // namespace
}  // namespace streamhouse::exporters
