// The attacks of slowhttptest, a program that others use to bring servers down: up to two thousand
// connections that send or read a byte in seconds. Meanwhile /health answers, memory stays within
// its bound, and afterwards all is as before.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <future>
#include <string>
#include <vector>

#include "exporters/http/metrics_server.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/support/command.h"
#include "tests/exporters/support/http_client.h"
#include "tests/support/eventually.h"
#include "tests/support/resident_memory.h"

namespace streamhouse::exporters {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr int kSeries = 20'000;  // a page of more than a megabyte
// A client that others hold up waits for one of their time limits of seconds.
constexpr milliseconds kNotHeldUp{1000};
// A connection costs some kilobytes, one that is being answered a chunk in addition.
constexpr std::size_t kMemoryBytesMax = std::size_t{64} * 1024 * 1024;
constexpr std::string_view kAttack = " -l 2 -p 3 -i 1 -u http://127.0.0.1:";

class SlowHttpTestTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto family =
        registry_.AddCounter({.name = "many_total", .help = "Many", .labels = {"partition"}, .series_max = kSeries});
    for (int i = 0; i < kSeries; ++i) many_.push_back(family.value().With(std::to_string(i)));
    ASSERT_TRUE(server_.Start().ok());
    ASSERT_TRUE(Get(server_.port(), "/metrics").complete);
  }
  // Asks for /health as long as the attack lasts.
  void Attack(const std::string& mode, const std::string& path) {
    const std::size_t resident_before = ResidentBytes();
    const std::string command = "slowhttptest " + mode + std::string(kAttack) + std::to_string(server_.port()) + path;
    auto attack = std::async(std::launch::async, [&] { return RunCommand(command); });
    while (attack.wait_for(milliseconds(20)) != std::future_status::ready) AskForHealth();
    const CommandResult result = attack.get();
    EXPECT_EQ(result.exit_code, 0) << result.output;
    ASSERT_FALSE(health_times_.empty());
    const auto median = health_times_.begin() + static_cast<std::ptrdiff_t>(health_times_.size() / 2);
    std::nth_element(health_times_.begin(), median, health_times_.end());
    RecordProperty("health_median_us", static_cast<int>(std::chrono::duration_cast<microseconds>(*median).count()));
    EXPECT_LT(*median, kNotHeldUp);
    EXPECT_LT(resident_max_ - resident_before, kMemoryBytesMax);
    ExpectRecovery();
  }

 private:
  void AskForHealth() {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(Get(server_.port(), "/health").body, "OK");
    health_times_.push_back(std::chrono::steady_clock::now() - begin);
    resident_max_ = std::max(resident_max_, ResidentBytes());
  }
  void ExpectRecovery() {
    EXPECT_TRUE(Get(server_.port(), "/metrics").complete);
    EXPECT_TRUE(Eventually([this] { return OpenConnections() == 0; }));
  }
  double OpenConnections() {
    return metrics::testing::MetricReader(registry_).Value("streamhouse_exporter_connections").value();
  }

  metrics::Registry registry_;
  metrics::Health health_;
  std::vector<metrics::Counter> many_;
  MetricsServer server_{registry_, health_, {.port = 0}};
  std::vector<std::chrono::steady_clock::duration> health_times_;
  std::size_t resident_max_ = 0;
};

TEST_F(SlowHttpTestTest, OutlivesHeadersThatDoNotEnd) {
  Attack("-H -c 2000 -r 1000", "/metrics");
}

TEST_F(SlowHttpTestTest, OutlivesBodiesThatDoNotEnd) {
  Attack("-B -t POST -c 2000 -r 1000", "/metrics");
}

TEST_F(SlowHttpTestTest, OutlivesSlowReaders) {
  // Fewer, as each costs the kernel a packet for every few bytes.
  Attack("-X -c 500 -r 250 -w 10 -y 20 -n 1 -z 5 -k 3", "/metrics");
}

}  // namespace
}  // namespace streamhouse::exporters
