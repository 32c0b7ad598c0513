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

#include "exporters/push/push_metrics.h"
#include "exporters/statsd/statsd_exporter.h"
#include "exporters/statsd/statsd_names.h"
#include "metrics_core/counter.h"
#include "metrics_core/registry.h"
#include "tests/exporters/statsd/datagram_receiver.h"
#include "tests/support/eventually.h"

namespace {

// How many seconds the wall clock is behind.
std::atomic<std::int64_t> g_set_back = 0;

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const auto failed = static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
  if (clock == CLOCK_REALTIME) time->tv_sec -= g_set_back;
  return failed;
}

namespace streamhouse::exporters {
namespace {

class StatsdClockTest : public testing::Test {
 protected:
  ~StatsdClockTest() override { g_set_back = 0; }

  // How much later the second of the second push is, before which the clock is set back.
  std::int64_t SecondsBetweenPushes(std::chrono::seconds set_back) {
    EXPECT_TRUE(exporter_.Start().ok());
    sent_.Increment();
    EXPECT_TRUE(Eventually([&] { return !receiver_.datagrams().empty(); }));
    g_set_back = set_back.count();
    sent_.Increment();
    exporter_.Stop();
    EXPECT_TRUE(Eventually([&] { return receiver_.datagrams().size() >= 2; }));
    return SecondOf(receiver_.datagrams().back()) - SecondOf(receiver_.datagrams().front());
  }
  // Of a line such as "sent_total:1|c|T1656581400".
  static std::int64_t SecondOf(const std::string& line) { return std::stoll(line.substr(line.rfind("|T") + 2)); }

  metrics::Registry counted_;
  const PushMetrics metrics_ = PushMetrics::Register(counted_).value();
  metrics::Registry registry_;
  const metrics::Counter sent_ = registry_.AddCounter({.name = "sent_total", .help = "Sent"}).value().With();
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
  EXPECT_LT(SecondsBetweenPushes(2 * kClockSetBack), 0);
}

}  // namespace
}  // namespace streamhouse::exporters
