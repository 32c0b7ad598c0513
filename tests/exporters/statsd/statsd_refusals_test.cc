// What the exporter makes of refusals that come late, as from another machine. On this machine they
// come at once. So this program answers for the system: which error waits at a socket, and whether
// a host has an address.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "exporters/push/push_metrics.h"
#include "exporters/statsd/statsd_exporter.h"
#include "metrics_core/mutex.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/statsd/datagram_receiver.h"
#include "tests/support/eventually.h"

namespace {

using streamhouse::metrics::Mutex;
using streamhouse::metrics::MutexLock;

// What the system says, until the next test.
class System {
 public:
  // `error` gives the error that the question number 1, 2 and so on finds.
  void Reset(std::function<int(int question)> error) {
    const MutexLock lock(mutex_);
    error_ = std::move(error);
    questions_ = look_ups_ = 0;
    has_names_ = true;
    moved_to_ = 0;
  }
  void LoseNames() {
    const MutexLock lock(mutex_);
    has_names_ = false;
  }
  // From now on every host has this port.
  void MoveTo(std::uint16_t port) {
    const MutexLock lock(mutex_);
    moved_to_ = port;
  }
  std::uint16_t moved_to() {
    const MutexLock lock(mutex_);
    return moved_to_;
  }
  int NextError() {
    const MutexLock lock(mutex_);
    return error_ ? error_(++questions_) : 0;
  }
  bool CountLookUp() {
    const MutexLock lock(mutex_);
    ++look_ups_;
    return has_names_;
  }
  int look_ups() {
    const MutexLock lock(mutex_);
    return look_ups_;
  }

 private:
  Mutex mutex_;
  std::function<int(int)> error_ STREAMHOUSE_GUARDED_BY(mutex_);
  int questions_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  int look_ups_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  bool has_names_ STREAMHOUSE_GUARDED_BY(mutex_) = true;
  std::uint16_t moved_to_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;  // 0: nowhere
};

System& TheSystem() {
  static System system;
  return system;
}

}  // namespace

extern "C" int getsockopt(int socket, int level, int name, void* value, socklen_t* size) noexcept {
  if (level != SOL_SOCKET || name != SO_ERROR) {
    return static_cast<int>(::syscall(SYS_getsockopt, socket, level, name, value, size));
  }
  *static_cast<int*>(value) = TheSystem().NextError();
  return 0;
}

extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** found) {
  static const auto next = reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (!TheSystem().CountLookUp()) return EAI_AGAIN;
  const int error = next(host, service, hints, found);
  const std::uint16_t port = TheSystem().moved_to();
  for (addrinfo* each = error == 0 && port != 0 ? *found : nullptr; each != nullptr; each = each->ai_next) {
    reinterpret_cast<sockaddr_in*>(each->ai_addr)->sin_port = htons(port);
  }
  return error;
}

namespace streamhouse::exporters {
namespace {

class StatsdRefusalsTest : public testing::Test {
 protected:
  StatsdRefusalsTest() { TheSystem().Reset(nullptr); }

  void Start() { ASSERT_TRUE(exporter_.Start().ok()); }
  int Pushes(std::string_view outcome) {
    const metrics::testing::MetricReader reader(counted_);
    return static_cast<int>(reader.Value("streamhouse_exporter_pushes_total", {{"outcome", outcome}}).value_or(0));
  }
  bool Comes(std::string_view outcome, int pushes) {
    return Eventually([&] { return Pushes(outcome) >= pushes; });
  }

  metrics::Registry counted_;
  const PushMetrics metrics_ = PushMetrics::Register(counted_).value();
  metrics::Registry registry_;
  DatagramReceiver receiver_{DatagramReceiver::Kind::kUdp};
  StatsdExporter exporter_{
      registry_, metrics_, {.address = receiver_.address(), .push = {.interval = std::chrono::milliseconds(1)}}};
};

// Method: of each push of one datagram, the first question, right after it, finds no error yet. The
// second, at the next push, finds the refusal.
TEST_F(StatsdRefusalsTest, FailPushesForAsLongAsTheReceiverIsUnreachable) {
  TheSystem().Reset([](int question) { return question % 2 == 0 ? ECONNREFUSED : 0; });
  registry_.AddCounter({.name = "sent_total", .help = "Sent"}).value().With().Increment();
  Start();
  EXPECT_TRUE(Comes("failed", 3));
  exporter_.Stop();
  EXPECT_EQ(Pushes("ok"), 1) << "the first, of which nothing was known";
}

TEST_F(StatsdRefusalsTest, EndWhenTheReceiverIsBack) {
  TheSystem().Reset([](int question) { return question == 2 ? ECONNREFUSED : 0; });
  registry_.AddCounter({.name = "sent_total", .help = "Sent"}).value().With().Increment();
  Start();
  EXPECT_TRUE(Comes("ok", 3));
  exporter_.Stop();
  EXPECT_EQ(Pushes("failed"), 1);
}

// Method: question 1 comes after the first datagram of a push, and question 2 before the second.
TEST_F(StatsdRefusalsTest, SendAgainTheDatagramBeforeOneThatAnyErrorStops) {
  TheSystem().Reset([](int question) { return question == 2 ? EHOSTUNREACH : 0; });
  const auto sent = registry_.AddCounter({.name = "sent_total", .help = "Sent", .labels = {"x"}}).value();
  for (const char side : {'a', 'b'}) sent.With(std::string(1000, side)).Increment();
  Start();
  EXPECT_TRUE(Eventually([&] { return receiver_.CountOf("sent_total.x." + std::string(1000, 'b')) == 1; }));
  exporter_.Stop();
  EXPECT_EQ(receiver_.CountOf("sent_total.x." + std::string(1000, 'a')), 2) << "it may have been refused";
  EXPECT_EQ(receiver_.CountOf("sent_total.x." + std::string(1000, 'b')), 1);
  EXPECT_EQ(Pushes("failed"), 1);
}

TEST_F(StatsdRefusalsTest, DoNotHideThatTheHostHasMoved) {
  registry_.AddGauge({.name = "load", .help = "Load"}).value().With().Set(7);
  const DatagramReceiver moved(DatagramReceiver::Kind::kUdp);
  Start();
  EXPECT_TRUE(Eventually([&] { return receiver_.GaugeOf("load") == "7"; }));
  TheSystem().MoveTo(moved.port());
  EXPECT_TRUE(Eventually([&] { return moved.GaugeOf("load") == "7"; }));
  EXPECT_TRUE(Comes("ok", kPushesPerLookUp * 3 + 1));
  exporter_.Stop();
  EXPECT_GE(TheSystem().look_ups(), 3);
  EXPECT_LE(TheSystem().look_ups(), Pushes("ok") / kPushesPerLookUp + 1);
}

TEST_F(StatsdRefusalsTest, DoNotComeOfALookUpThatFails) {
  const auto sent = registry_.AddCounter({.name = "sent_total", .help = "Sent"}).value().With();
  sent.Increment();
  Start();
  EXPECT_TRUE(Eventually([&] { return receiver_.CountOf("sent_total") == 1; }));
  TheSystem().LoseNames();
  EXPECT_TRUE(Comes("ok", kPushesPerLookUp * 3 + 1));
  sent.Increment(3);
  exporter_.Stop();
  EXPECT_EQ(Pushes("failed"), 0);
  EXPECT_TRUE(Eventually([&] { return receiver_.CountOf("sent_total") == 4; }));
}

}  // namespace
}  // namespace streamhouse::exporters
