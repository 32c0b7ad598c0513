#include "integrations/mosquitto/sys_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "integrations/mosquitto/sys_figures.h"
#include "metrics_core/counter.h"
#include "metrics_core/gauge.h"
#include "metrics_core/mutex.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/integrations/mosquitto/fake_listener.h"
#include "tests/support/eventually.h"

namespace streamhouse::mosquitto_plugin {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace)

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kNotAuthorized = 5;
constexpr std::chrono::milliseconds kRetryFirst{100};
constexpr std::chrono::milliseconds kRetryMax{400};

class SysClientTest : public ::testing::Test {
 protected:
  void Start(const std::string& user = "", const std::string& password = "") {
    const auto log = [this](std::string_view line) {
      const metrics::MutexLock lock(mutex_);
      if (log_throws_) throw std::bad_alloc();
      log_.emplace_back(line);
    };
    const SysClientOptions options = {.address = listener_.address(),
                                      .user = user,
                                      .password = password,
                                      .retry_first = kRetryFirst,
                                      .retry_max = kRetryMax};
    client_ = SysClient::Start(options, *figures_, {.subscribed = subscribed_, .failures = failures_}, log).value();
  }
  std::optional<double> Value(std::string_view family) {
    return metrics::testing::MetricReader(registry_).Value(family);
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
  metrics::Mutex mutex_;
  std::vector<std::string> log_ STREAMHOUSE_GUARDED_BY(mutex_);
  bool log_throws_ STREAMHOUSE_GUARDED_BY(mutex_) = false;
  std::unique_ptr<SysClient> client_;
};

TEST_F(SysClientTest, SaysWhoItIs) {
  Start("metrics", "secret");
  listener_.Accept();
  EXPECT_THAT(listener_.ReadToSubscription(), HasSubstr("\x00\x07metrics\x00\x06secret"s));
}

TEST_F(SysClientTest, FiguresAreThoseOfTheConnection) {
  Start();
  listener_.Welcome();
  listener_.Send("\x30\x20\x00\x1D$SYS/broker/clients/connected7"s);
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
  EXPECT_THAT(log(), ElementsAre(HasSubstr("the broker refuses the client with code 5"),
                                 StartsWith("plugin_opt_sys_client: subscribed to")));
}

TEST_F(SysClientTest, ItWaitsLongerAfterEachFailureUpToALimit) {
  Start();
  const auto begin = std::chrono::steady_clock::now();
  for (int time = 0; time < 5; ++time) listener_.Refuse(kNotAuthorized);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, kRetryFirst + 2 * kRetryFirst + 2 * kRetryMax);
  ASSERT_TRUE(Eventually([&] { return Value("failures_total") == 5; }));
}

TEST_F(SysClientTest, OnceSubscribedItWaitsForTheFirstTimeAgain) {
  Start();
  for (int time = 0; time < 4; ++time) listener_.Refuse(kNotAuthorized);
  listener_.Welcome();
  ASSERT_TRUE(Eventually([&] { return IsSubscribed(); }));
  const auto begin = std::chrono::steady_clock::now();
  listener_.Welcome();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kRetryMax);
}

TEST_F(SysClientTest, WhatIsThrownOnItsThreadIsAFailure) {
  {
    const metrics::MutexLock lock(mutex_);
    log_throws_ = true;
  }
  Start();
  for (int time = 0; time < 2; ++time) listener_.Refuse(kNotAuthorized);  // the second one has a line
  listener_.Accept();
  EXPECT_THAT(listener_.ReadToSubscription(), HasSubstr("$SYS/broker/#"));
  EXPECT_EQ(Value("failures_total"), 2);
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
