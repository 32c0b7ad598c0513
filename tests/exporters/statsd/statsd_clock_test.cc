// What the exporter makes of a wall clock that is set back. This program answers for the system,
// which a test may not set.
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "exporters/push/push_metrics.h"
#include "exporters/statsd/statsd_exporter.h"
#include "exporters/statsd/statsd_names.h"
#include "metrics_core/callback_family.h"
#include "metrics_core/registry.h"
#include "tests/exporters/statsd/datagram_receiver.h"
#include "tests/support/eventually.h"

namespace {

constexpr std::int64_t kUnixSeconds = 1'656'581'400;

// The wall clock, which stands still.
std::atomic<std::int64_t> g_unix_seconds = kUnixSeconds;

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  if (clock != CLOCK_REALTIME) return static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
  *time = {.tv_sec = g_unix_seconds, .tv_nsec = 0};
  return 0;
}

namespace streamhouse::exporters {
namespace {

class StatsdClockTest : public testing::Test {
 protected:
  ~StatsdClockTest() override { g_unix_seconds = kUnixSeconds; }

  // How much later the second of the second push is, before which the clock is set back.
  // Method: a push reads the clock, and then the callbacks. The first push sets the clock back for
  // the second. A machine that is busy pushes more often, which changes neither.
  std::int64_t SecondsBetweenPushes(std::chrono::seconds set_back) {
    const auto thread_of_test = std::this_thread::get_id();
    const auto token = load_.Add([thread_of_test, set_back] {
      const bool is_push = std::this_thread::get_id() != thread_of_test;
      if (is_push) g_unix_seconds = kUnixSeconds - set_back.count();
      return 1.0;
    });
    EXPECT_TRUE(exporter_.Start().ok());
    EXPECT_TRUE(Eventually([&] { return !receiver_.datagrams().empty(); }));
    exporter_.Stop();
    EXPECT_TRUE(Eventually([&] { return receiver_.datagrams().size() >= 2; }));
    const std::vector<std::string> pushes = receiver_.datagrams();
    return SecondOf(pushes.at(1)) - SecondOf(pushes.at(0));
  }
  // Of a line such as "load:1|g|T1656581400".
  static std::int64_t SecondOf(const std::string& line) { return std::stoll(line.substr(line.rfind("|T") + 2)); }

  metrics::Registry counted_;
  const PushMetrics metrics_ = PushMetrics::Register(counted_).value();
  metrics::Registry registry_;
  metrics::CallbackFamily load_ = registry_.AddCallbackGauge({.name = "load", .help = "Load"}).value();
  DatagramReceiver receiver_{DatagramReceiver::Kind::kUnix};
  StatsdExporter exporter_{registry_,
                           metrics_,
                           {.address = receiver_.address(),
                            .dialect = StatsdDialect::kDogStatsd,
                            .timestamps = StatsdTimestamps::kOn,
                            .push = {.interval = kTimestampIntervalMin}}};
};

TEST_F(StatsdClockTest, CountsOnWhereTheClockIsSetBackALittle) {
  EXPECT_EQ(SecondsBetweenPushes(kClockSetBack), 1);
}

TEST_F(StatsdClockTest, FollowsAClockThatIsSetBackByMore) {
  constexpr std::chrono::seconds kMore = kClockSetBack + std::chrono::seconds(1);
  EXPECT_EQ(SecondsBetweenPushes(kMore), -kMore.count());
}

}  // namespace
}  // namespace streamhouse::exporters
