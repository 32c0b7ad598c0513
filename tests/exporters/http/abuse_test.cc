// Crowds of slow and hostile clients: /health answers, scrapes go through, and everything recovers.

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "exporters/http/limits.h"
#include "exporters/http/metrics_server.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/support/http_client.h"
#include "tests/support/eventually.h"
#include "tests/support/open_file_limit.h"
#include "tests/support/resident_memory.h"

namespace streamhouse::exporters {
namespace {

using Clients = std::vector<std::unique_ptr<HttpClient>>;

constexpr std::size_t kConnections = 200;
// Long enough for a machine that stands still for a second. A client that is held up waits for a
// time limit of minutes.
constexpr std::chrono::seconds kNotHeldUp{5};
constexpr int kSeries = 100'000;  // a page of 7 MB: more than sockets buffer

class AbuseTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto family = registry_.AddCounter(
        {.name = "large_total", .help = "Large", .labels = {"topic", "partition"}, .series_max = kSeries});
    for (int i = 0; i < kSeries - 1; ++i)
      large_.push_back(family.value().With("a-topic-with-a-name", std::to_string(i)));
    ASSERT_TRUE(server_.Start().ok());
  }
  Clients Crowd(std::size_t count, std::string_view sends) {
    Clients clients;
    for (std::size_t i = 0; i < count; ++i) {
      clients.push_back(std::make_unique<HttpClient>(server_.port()));
      clients.back()->Send(sends);
    }
    return clients;
  }
  // The median of some requests, each on a connection of its own.
  std::chrono::nanoseconds HealthTime() {
    std::vector<std::chrono::steady_clock::duration> times;
    for (int i = 0; i < 21; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      EXPECT_EQ(Get(server_.port(), "/health").body, "OK");
      times.push_back(std::chrono::steady_clock::now() - begin);
    }
    std::nth_element(times.begin(), times.begin() + 10, times.end());
    return times[10];
  }
  double OpenConnections() {
    return metrics::testing::MetricReader(registry_).Value("streamhouse_exporter_connections").value();
  }
  double LimitsReached(std::string_view limit) {
    const metrics::testing::MetricReader reader(registry_);
    return reader.Value("streamhouse_exporter_limits_reached_total", {{"limit", limit}}).value();
  }

  metrics::Registry registry_;
  metrics::Health health_;
  std::vector<metrics::Counter> large_;
  // No test waits for a time limit: what frees a place has to be something else.
  MetricsServer server_{registry_,
                        health_,
                        {.port = 0,
                         .limits = {.head_time = std::chrono::minutes(10),
                                    .write_time = std::chrono::minutes(10),
                                    .page_time = std::chrono::minutes(10),
                                    .connections = kConnections}}};
};

TEST_F(AbuseTest, AnswersWhileSlowClientsFillAllConnections) {
  const Clients slow = Crowd(kConnections * 3, "GET /metrics HTTP/1.1\r\nX-a: b\r\n");
  EXPECT_LE(HealthTime(), kNotHeldUp);
  EXPECT_TRUE(Get(server_.port(), "/metrics").complete);
  EXPECT_GE(LimitsReached("connections"), kConnections);
}

TEST_F(AbuseTest, AnswersWhileSilentClientsFillAllConnections) {
  const Clients silent = Crowd(kConnections * 3, "");
  EXPECT_LE(HealthTime(), kNotHeldUp);
}

TEST_F(AbuseTest, AnswersWhenSilentClientsTakeTheLastDescriptor) {
  const Clients silent = Crowd(30, "");
  ASSERT_TRUE(Eventually([this] { return OpenConnections() == 30; }));
  const auto one_for_the_client = OpenFileLimit::Left(1);
  EXPECT_LE(HealthTime(), kNotHeldUp);
  EXPECT_GT(LimitsReached("connections"), 0);
}

TEST_F(AbuseTest, AnswersWhileScrapersDoNotRead) {
  ASSERT_TRUE(Get(server_.port(), "/metrics").complete);
  const std::size_t before = ResidentBytes();
  const Clients lazy = Crowd(Limits().scrapes - 1, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_LE(HealthTime(), kNotHeldUp);
  EXPECT_TRUE(Get(server_.port(), "/metrics").complete);
  // A chunk and some kilobytes for each, and the snapshots that they share.
  EXPECT_LT(ResidentBytes() - before, std::size_t{64} * 1024 * 1024);
}

TEST_F(AbuseTest, GivesTheSlotOfAScraperThatDoesNotReadToOneThatDoes) {
  const Clients lazy = Crowd(Limits().scrapes, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(Eventually([this] { return Get(server_.port(), "/metrics").complete; }));
  EXPECT_GT(LimitsReached("scrapes"), 0);
}

TEST_F(AbuseTest, RecoversFromMoreScrapersThanItsLimit) {
  {
    const Clients lazy = Crowd(Limits().scrapes * 2, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(Eventually([this] { return LimitsReached("scrapes") > 0; }));
    EXPECT_EQ(Get(server_.port(), "/health").status, 200);
  }
  EXPECT_TRUE(Eventually([this] { return Get(server_.port(), "/metrics").complete; }));
}

TEST_F(AbuseTest, AnswersWhileManyScrapeAtATime) {
  std::vector<std::thread> scrapers;
  std::vector<int> complete(16);
  for (int& mine : complete) {
    scrapers.emplace_back(
        [&] { mine = Get(server_.port(), "/metrics", "Accept-Encoding: gzip\r\n").complete ? 1 : 0; });
  }
  EXPECT_LE(HealthTime(), kNotHeldUp);
  for (std::thread& scraper : scrapers) scraper.join();
  EXPECT_EQ(std::count(complete.begin(), complete.end(), 1), 16);
}

TEST_F(AbuseTest, SurvivesClientsThatGoAway) {
  for (int round = 0; round < 20; ++round) Crowd(10, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\nGET /metr");
  EXPECT_TRUE(Get(server_.port(), "/metrics").complete);
}

}  // namespace
}  // namespace streamhouse::exporters
