#include "integrations/mosquitto/sys_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <iterator>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "integrations/mosquitto/side_thread.h"
#include "integrations/mosquitto/sys_figures.h"
#include "metrics_core/counter.h"
#include "metrics_core/gauge.h"
#include "metrics_core/host_port.h"
#include "metrics_core/mutex.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/integrations/mosquitto/fake_listener.h"
#include "tests/integrations/mosquitto/scarce_memory.h"
#include "tests/support/eventually.h"
#include "tests/support/held_port.h"

namespace streamhouse::mosquitto_plugin {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace)

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr char kNotAuthorized = 5;
constexpr std::chrono::milliseconds kRetryFirst{100};
constexpr std::chrono::milliseconds kRetryMax{400};
constexpr std::chrono::seconds kKeepAlive{1};
constexpr std::chrono::seconds kLongKeepAlive = 2 * kPatience;
// $SYS/broker/clients/connected is 7.
const std::string kSevenClients = "\x30\x20\x00\x1D$SYS/broker/clients/connected7"s;

// A listener that takes no connection: the only place of its queue is taken.
class FullListener {
 public:
  FullListener() {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    pollfd polled = {.fd = listening_, .events = POLLIN, .revents = 0};
    const bool is_full = ::bind(listening_, generic, size) == 0 && ::getsockname(listening_, generic, &size) == 0 &&
                         ::listen(listening_, 0) == 0 && ::connect(waiting_, generic, size) == 0 &&
                         ::poll(&polled, 1, -1) == 1;
    metrics::Check(is_full, "no queue can be filled");
    address_ = {.host = "127.0.0.1", .port = ntohs(address.sin_port)};
  }
  ~FullListener() {
    ::close(waiting_);
    ::close(listening_);
  }
  FullListener(const FullListener&) = delete;
  FullListener& operator=(const FullListener&) = delete;

  const metrics::HostPort& address() const { return address_; }

 private:
  const int listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int waiting_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  metrics::HostPort address_;
};

class SysClientTest : public ::testing::Test {
 protected:
  std::unique_ptr<SysClient> Make(const metrics::HostPort& address, const std::string& user = "",
                                  const std::string& password = "") {
    const auto log = [this](std::string_view line) {
      const metrics::MutexLock lock(mutex_);
      if (log_throws_) throw std::bad_alloc();
      log_.emplace_back(line);
    };
    const SysClientOptions options = {.address = address,
                                      .user = user,
                                      .password = password,
                                      .retry_first = kRetryFirst,
                                      .retry_max = kRetryMax,
                                      .keep_alive = keep_alive_};
    return SysClient::Start(options, *figures_, {.subscribed = subscribed_, .failures = failures_}, log).value();
  }
  void Start() { client_ = Make(listener_.address()); }
  std::optional<double> Value(std::string_view family) {
    return metrics::testing::MetricReader(registry_).Value(family);
  }
  void LetLogThrow(bool throws) {
    const metrics::MutexLock lock(mutex_);
    log_throws_ = throws;
  }
  bool IsSubscribed() { return Value("subscribed") == 1; }
  std::optional<double> Clients() { return Value("mosquitto_sys_clients_connected"); }
  std::vector<std::string> log() {
    const metrics::MutexLock lock(mutex_);
    return log_;
  }

  metrics::Registry registry_;
  std::unique_ptr<SysFigures> figures_ = SysFigures::Register(registry_).value();
  metrics::Gauge subscribed_ = registry_.AddGauge({.name = "subscribed", .help = "Whether it is."}).value().With();
  metrics::Counter failures_ = registry_.AddCounter({.name = "failures_total", .help = "Failures."}).value().With();
  FakeListener listener_;
  std::chrono::seconds keep_alive_ = kKeepAlive;
  metrics::Mutex mutex_;
  std::vector<std::string> log_ STREAMHOUSE_GUARDED_BY(mutex_);
  bool log_throws_ STREAMHOUSE_GUARDED_BY(mutex_) = false;
  std::unique_ptr<SysClient> client_;
};

TEST_F(SysClientTest, SaysWhoItIs) {
  client_ = Make(listener_.address(), "metrics", "secret");
  listener_.Accept();
  EXPECT_THAT(listener_.ReadToSubscription(), HasSubstr("\x00\x07metrics\x00\x06secret"s));
}

TEST_F(SysClientTest, FiguresAreThoseOfTheConnection) {
  Start();
  listener_.Welcome();
  listener_.Send(kSevenClients);
  ASSERT_TRUE(Eventually([&] { return Clients() == 7; }));
  EXPECT_TRUE(IsSubscribed());
  listener_.End();
  ASSERT_TRUE(Eventually([&] { return !IsSubscribed() && Clients() == std::nullopt; }));
  listener_.Welcome();
  ASSERT_TRUE(Eventually([&] { return IsSubscribed(); }));
}

TEST_F(SysClientTest, ARefusalIsToldAtTheSecondTimeAndWhenItIsOver) {
  Start();
  for (int time = 0; time < 3; ++time) listener_.Refuse(kNotAuthorized);
  listener_.Welcome();
  ASSERT_TRUE(Eventually([&] { return log().size() == 2; }));
  EXPECT_THAT(log(), ElementsAre(HasSubstr("the broker refuses the client: the client is not authorized"),
                                 StartsWith("plugin_opt_sys_client: subscribed to")));
}

TEST_F(SysClientTest, ItWaitsLongerAfterEachFailureUpToALimit) {
  Start();
  const auto begin = std::chrono::steady_clock::now();
  for (int time = 0; time < 5; ++time) listener_.Refuse(kNotAuthorized);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, kRetryFirst + 2 * kRetryFirst + 2 * kRetryMax);
  ASSERT_TRUE(Eventually([&] { return Value("failures_total") == 5; }));
}

TEST_F(SysClientTest, ItWaitsLongerAlsoWhereTheBrokerEndsEachSubscription) {
  keep_alive_ = kLongKeepAlive;  // no subscription lasts as long
  Start();
  const auto begin = std::chrono::steady_clock::now();
  for (int time = 0; time < 5; ++time) listener_.Welcome();
  EXPECT_GE(std::chrono::steady_clock::now() - begin, kRetryFirst + 2 * kRetryFirst + 2 * kRetryMax);
  EXPECT_THAT(log(), ElementsAre(HasSubstr("the next attempt is in 200ms, later ones are at most 400ms apart")));
}

TEST_F(SysClientTest, OnceItWasSubscribedForAKeepAliveItWaitsForTheFirstTimeAgain) {
  Start();
  for (int time = 0; time < 4; ++time) listener_.Refuse(kNotAuthorized);
  listener_.Welcome();
  ASSERT_TRUE(Eventually([&] { return log().size() == 2; }));
  listener_.End();
  ASSERT_TRUE(Eventually([&] { return log().size() == 3; }));
  EXPECT_THAT(log().back(), HasSubstr("the next attempt is in 100ms"));
}

TEST_F(SysClientTest, ItSendsAPingHoweverManyMessagesArrive) {
  Start();
  listener_.Welcome();
  std::string arrived;
  EXPECT_TRUE(Eventually([&] {
    listener_.Send(kSevenClients);
    arrived += listener_.Arrived();
    return arrived.starts_with("\xC0\x00"s);
  }));
}

// The packets differ in the id alone.
TEST_F(SysClientTest, ItsIdIsTheSameForEachOfItsConnections) {
  Start();
  listener_.Accept();
  const std::string first = listener_.ReadToSubscription();
  listener_.Accept();
  EXPECT_EQ(listener_.ReadToSubscription(), first);
}

// The method: each client has a thread beside it with descriptors of its own, whose numbers are
// those of the other one.
TEST_F(SysClientTest, NoOtherClientOfTheProcessHasItsId) {
  FakeListener other_listener;
  std::unique_ptr<SysClient> other;
  const auto start_beside = [this](std::unique_ptr<SysClient>& client, const metrics::HostPort& address) {
    const auto begin = [&] { return client = Make(address), metrics::Status::Ok(); };
    return SideThread::Start(begin, [&] { client.reset(); }).value();
  };
  const auto side = start_beside(client_, listener_.address());
  const auto other_side = start_beside(other, other_listener.address());
  listener_.Accept();
  other_listener.Accept();
  EXPECT_NE(listener_.ReadToSubscription(), other_listener.ReadToSubscription());
}

// The method: without memory for its error, a refused connection throws. The client has one
// descriptor, by which it is told to stop.
TEST_F(SysClientTest, AConnectionThatFailsWithoutMemoryLeavesNoDescriptor) {
  const auto open = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
  };
  const HeldPort closed;
  const auto before = open();
  client_ = Make({.host = "127.0.0.1", .port = closed.number()});
  ASSERT_TRUE(Eventually([&] { return Value("failures_total") >= 1; }));
  const NoMemoryElsewhere no_memory;
  ASSERT_TRUE(Eventually([&] { return Value("failures_total") >= 4; }));
  EXPECT_TRUE(Eventually([&] { return open() == before + 1; }));
}

TEST_F(SysClientTest, WhatIsThrownOnItsThreadIsAFailure) {
  LetLogThrow(true);
  Start();
  for (int time = 0; time < 2; ++time) listener_.Refuse(kNotAuthorized);  // the second one has a line
  listener_.Accept();
  EXPECT_THAT(listener_.ReadToSubscription(), HasSubstr("$SYS/broker/#"));
  EXPECT_EQ(Value("failures_total"), 2);
}

TEST_F(SysClientTest, LinesThatTheLogThrewComeLater) {
  LetLogThrow(true);
  Start();
  for (int time = 0; time < 2; ++time) listener_.Refuse(kNotAuthorized);  // the second one has a line
  listener_.Accept();
  LetLogThrow(false);
  listener_.End();
  ASSERT_TRUE(Eventually([&] { return log().size() == 1; }));
  LetLogThrow(true);
  listener_.Welcome();
  listener_.Accept();  // the end of the failures has a line, which has ended the connection
  LetLogThrow(false);
  listener_.Welcome();
  ASSERT_TRUE(Eventually([&] { return log().size() == 2; }));
  EXPECT_THAT(log().back(), StartsWith("plugin_opt_sys_client: subscribed to"));
}

// The method: a listener whose queue is full leaves a connection under way.
TEST_F(SysClientTest, AConnectionThatIsStoppedUnderWayIsNoFailure) {
  const FullListener full;
  client_ = Make(full.address());
  client_.reset();
  EXPECT_EQ(Value("failures_total"), 0);
  EXPECT_THAT(log(), IsEmpty());
}

TEST_F(SysClientTest, ARefusedSubscriptionIsNone) {
  Start();
  for (int time = 0; time < 2; ++time) {
    listener_.Accept();
    listener_.ReadToSubscription();
    listener_.Send("\x20\x02\x00\x00"s + "\x90\x03\x00\x01\x80"s);
  }
  ASSERT_TRUE(Eventually([&] { return log().size() == 1; }));
  EXPECT_THAT(log(), ElementsAre(HasSubstr("the broker refuses the subscription")));
  EXPECT_FALSE(IsSubscribed());
}

TEST_F(SysClientTest, ASilentBrokerDoesNotKeepItFromEnding) {
  Start();
  listener_.Accept();
  listener_.ReadToSubscription();
  const auto begin = std::chrono::steady_clock::now();
  client_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kSysAnswerTime);
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
