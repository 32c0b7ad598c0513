#include "integrations/mosquitto/broker_plugin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "integrations/mosquitto/broker_events.h"
#include "metrics_core/counter.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/support/http_client.h"
#include "tests/integrations/mosquitto/fake_broker.h"
#include "tests/integrations/mosquitto/fake_listener.h"
#include "tests/integrations/mosquitto/refused_close_range.h"
#include "tests/integrations/mosquitto/scarce_memory.h"
#include "tests/support/eventually.h"

namespace streamhouse::mosquitto_plugin {
namespace {

using metrics::testing::LabelPairs;
using metrics::testing::MetricReader;

PluginOptions Options() {
  return {.http = metrics::HostPort{.host = "127.0.0.1", .port = 0}};
}

class BrokerPluginTest : public ::testing::Test {
 protected:
  void StartIn(int last_event, const PluginOptions& options = Options()) {
    broker_.emplace(last_event);
    plugin_ = BrokerPlugin::Start(broker_->identifier(), options).value();
  }
  ~BrokerPluginTest() override { plugin_.reset(); }
  std::optional<double> Value(std::string_view family, LabelPairs labels = {}) {
    return MetricReader(plugin_->registry()).Value(family, labels);
  }

  std::optional<FakeBroker> broker_;
  std::unique_ptr<BrokerPlugin> plugin_;
  const ::mosquitto client_ = {.id = "client"};
  const ::mosquitto stranger_ = {};
};

TEST_F(BrokerPluginTest, ServesItsPageAndSaysWhere) {
  StartIn(FakeBroker::kLastEventOf20);
  EXPECT_GT(plugin_->port(), 0);
  EXPECT_THAT(broker_->log(),
              ::testing::ElementsAre(::testing::HasSubstr("127.0.0.1:" + std::to_string(plugin_->port()))));
}

TEST_F(BrokerPluginTest, ARefusedTableOfDescriptorsIsToldOnce) {
  RunWithoutCloseRange([this] { StartIn(FakeBroker::kLastEventOf20); });
  EXPECT_THAT(
      broker_->log(),
      ::testing::Contains(::testing::HasSubstr("close_range() failed: Function not implemented. The page shares"))
          .Times(1));
  EXPECT_GT(plugin_->port(), 0);
}

// The method: clients that do not read what they ask for hold their pages, which are larger than
// sockets buffer. Clients and page share a table of descriptors: ThreadSanitizer takes a number in
// two tables for one descriptor.
TEST_F(BrokerPluginTest, SendsAtMostFourPagesAtATime) {
  constexpr std::uint32_t kSeries = 100'000;  // a page of 7 MB
  const auto limit_reached = [this] {
    return Value("streamhouse_exporter_limits_reached_total", {{"limit", "scrapes"}});
  };
  RunWithoutCloseRange([this] { StartIn(FakeBroker::kLastEventOf20); });
  const auto family = plugin_->registry().AddCounter(
      {.name = "large_total", .help = "Large", .labels = {"topic", "partition"}, .series_max = kSeries});
  std::vector<metrics::Counter> large;
  while (large.size() < kSeries - 1) large.push_back(family->With("a-topic-with-a-name", std::to_string(large.size())));
  std::vector<std::unique_ptr<exporters::HttpClient>> lazy;
  const auto ask = [&] {
    lazy.push_back(std::make_unique<exporters::HttpClient>(plugin_->port()));
    lazy.back()->Send("GET /metrics HTTP/1.1\r\nHost: broker\r\n\r\n");
  };
  while (lazy.size() < 4) {
    ask();
    char first = 0;
    ASSERT_EQ(::recv(lazy.back()->descriptor(), &first, 1, MSG_PEEK), 1);
  }
  EXPECT_EQ(limit_reached(), 0);
  ask();
  EXPECT_TRUE(Eventually([&] { return limit_reached() == 1; }));
}

TEST_F(BrokerPluginTest, AnswersEventsAsIfItWereNotThere) {
  StartIn(FakeBroker::kLastEventOf20);
  EXPECT_EQ(broker_->Publish(client_, "a/b", 1), MOSQ_ERR_SUCCESS);
  EXPECT_EQ(broker_->Disconnect(client_), MOSQ_ERR_SUCCESS);
  EXPECT_EQ(broker_->Tick(), MOSQ_ERR_SUCCESS);
  EXPECT_EQ(broker_->Tell(MOSQ_EVT_RELOAD, nullptr), MOSQ_ERR_SUCCESS);
}

TEST_F(BrokerPluginTest, RegistersForNoCheckUnlessItIsTold) {
  StartIn(FakeBroker::kLastEventOf20);
  EXPECT_EQ(broker_->Tell(MOSQ_EVT_ACL_CHECK, nullptr), -1);
  EXPECT_EQ(broker_->Tell(MOSQ_EVT_BASIC_AUTH, nullptr), -1);
}

TEST_F(BrokerPluginTest, DefersEveryCheck) {
  PluginOptions options = Options();
  options.acl_checks = Checks::kOn;
  options.auth_checks = Checks::kOn;
  StartIn(FakeBroker::kLastEventOf20, options);
  mosquitto_evt_acl_check acl = {};
  acl.topic = "a";
  acl.access = MOSQ_ACL_READ;
  mosquitto_evt_basic_auth auth = {};
  EXPECT_EQ(broker_->Tell(MOSQ_EVT_ACL_CHECK, &acl), MOSQ_ERR_PLUGIN_DEFER);
  EXPECT_EQ(broker_->Tell(MOSQ_EVT_BASIC_AUTH, &auth), MOSQ_ERR_PLUGIN_DEFER);
  EXPECT_EQ(Value("mosquitto_acl_checks_total", {{"access", "read"}}), 1);
  EXPECT_EQ(Value("mosquitto_authentication_checks_total"), 1);
}

TEST_F(BrokerPluginTest, AMessageEndsAReloadWhereThereAreNoTicks) {
  PluginOptions options = Options();
  options.auth_checks = Checks::kOn;
  StartIn(FakeBroker::kLastEventOf20, options);
  mosquitto_evt_basic_auth auth = {};
  auth.client = const_cast<::mosquitto*>(&client_);
  broker_->Tell(MOSQ_EVT_RELOAD, nullptr);
  broker_->Tell(MOSQ_EVT_BASIC_AUTH, &auth);
  EXPECT_EQ(Value("mosquitto_clients_connected"), 0);
  broker_->Publish(stranger_, "a", 0);
  broker_->Tell(MOSQ_EVT_BASIC_AUTH, &auth);
  EXPECT_EQ(Value("mosquitto_clients_connected"), 1);
}

TEST_F(BrokerPluginTest, APublishingClientIsOneUntilItLeaves) {
  StartIn(FakeBroker::kLastEventOf20);
  broker_->Publish(client_, "a", 0);
  broker_->Publish(client_, "a", 0);
  EXPECT_EQ(Value("mosquitto_publishing_clients"), 1);
  broker_->Disconnect(client_);
  broker_->Disconnect(stranger_);
  EXPECT_EQ(Value("mosquitto_publishing_clients"), 0);
  EXPECT_EQ(Value("mosquitto_connections_ended_total", {{"client", "identified"}}), 1);
  EXPECT_EQ(Value("mosquitto_connections_ended_total", {{"client", "none"}}), 1);
}

TEST_F(BrokerPluginTest, ABrokerWithoutTheEventsOf21HasNoFamiliesOfThem) {
  StartIn(FakeBroker::kLastEventOf20);
  EXPECT_EQ(Value("mosquitto_connects_total"), std::nullopt);
  EXPECT_EQ(Value("mosquitto_clients_connected"), std::nullopt);
}

TEST_F(BrokerPluginTest, TakesTheEventsOf21) {
  StartIn(FakeBroker::kLastEventOf21);
  ConnectEvent connect = {.future = nullptr, .client = const_cast<::mosquitto*>(&client_)};
  mosquitto_evt_message sent = {};
  sent.topic = const_cast<char*>("a");
  sent.payloadlen = 7;
  EXPECT_EQ(broker_->Tell(kConnectEvent, &connect), MOSQ_ERR_SUCCESS);
  EXPECT_EQ(broker_->Tell(kSubscribeEvent, nullptr), MOSQ_ERR_SUCCESS);
  EXPECT_EQ(broker_->Tell(kUnsubscribeEvent, nullptr), MOSQ_ERR_SUCCESS);
  EXPECT_EQ(broker_->Tell(kMessageOutEvent, &sent), MOSQ_ERR_SUCCESS);
  EXPECT_EQ(Value("mosquitto_clients_connected"), 1);
  EXPECT_EQ(Value("mosquitto_publishes_sent_total", {{"qos", "0"}}), 1);
  broker_->Disconnect(client_);
  EXPECT_EQ(Value("mosquitto_clients_connected"), 0);
}

TEST_F(BrokerPluginTest, DeliveriesOfTheBrokersOwnTopicsDoNotCount) {
  StartIn(FakeBroker::kLastEventOf21);
  mosquitto_evt_message sent = {};
  sent.topic = const_cast<char*>("$SYS/broker/uptime");
  broker_->Tell(kMessageOutEvent, &sent);
  EXPECT_EQ(Value("mosquitto_publishes_sent_total", {{"qos", "0"}}), 0);
}

TEST_F(BrokerPluginTest, ASecondOneFromTheSameFileIsRefused) {
  StartIn(FakeBroker::kLastEventOf20);
  const std::size_t callbacks = broker_->callbacks();
  const auto second = BrokerPlugin::Start(broker_->identifier(), Options());
  EXPECT_THAT(second.status().message(), ::testing::HasSubstr("another `plugin` line"));
  EXPECT_EQ(broker_->callbacks(), callbacks);
}

TEST_F(BrokerPluginTest, APortThatIsTakenIsNamedWithItsOption) {
  StartIn(FakeBroker::kLastEventOf20);
  const std::uint16_t port = plugin_->port();
  BrokerPlugin* const first = plugin_.get();
  FakeBroker other(FakeBroker::kLastEventOf20);
  PluginOptions options = Options();
  options.http = metrics::HostPort{.host = "127.0.0.1", .port = port};
  const auto second = BrokerPlugin::Start(other.identifier(), options);
  EXPECT_THAT(second.status().message(), ::testing::StartsWith("plugin_opt_http: "));
  EXPECT_EQ(other.callbacks(), 0U);
  EXPECT_EQ(first->port(), port);
}

// The method: each allocation that the events need fails once, each time in a plugin of its own. No
// event needs a new series.
TEST_F(BrokerPluginTest, WithoutMemoryAnEventIsLostAndTheBrokerLivesOn) {
  constexpr const char* kTopic = "a prefix that is too long for a string without memory/a";
  PluginOptions options = Options();
  options.auth_checks = Checks::kOn;
  options.prefix_series_max = 1;
  mosquitto_evt_basic_auth auth = {};
  auth.client = const_cast<::mosquitto*>(&client_);
  int failing = 0;
  for (double lost = 1; lost > 0; ++failing) {
    plugin_.reset();
    StartIn(FakeBroker::kLastEventOf20, options);
    broker_->Publish(stranger_, "known/a", 0);
    {
      const FailingAllocation failure(failing);
      EXPECT_EQ(broker_->Publish(client_, kTopic, 0), MOSQ_ERR_SUCCESS);
      EXPECT_EQ(broker_->Tell(MOSQ_EVT_BASIC_AUTH, &auth), MOSQ_ERR_PLUGIN_DEFER);
    }
    lost = *Value("mosquitto_plugin_events_lost_total");
    EXPECT_THAT(broker_->log(), ::testing::Contains(::testing::HasSubstr("no memory")).Times(lost > 0 ? 1 : 0));
    broker_->Publish(client_, kTopic, 0);
    broker_->Tell(MOSQ_EVT_BASIC_AUTH, &auth);
    EXPECT_EQ(Value("mosquitto_clients_connected"), 1) << failing;
    EXPECT_EQ(Value("mosquitto_publishing_clients"), 2) << failing;
  }
  EXPECT_GT(failing, 4);
}

TEST_F(BrokerPluginTest, TheClientOfSysHasItsPasswordFromTheFirstLineOfAFile) {
  FakeListener listener;
  PluginOptions options = Options();
  options.sys_client = listener.address();
  options.sys_user = "metrics";
  options.sys_password_file = std::string(std::getenv("TEST_TMPDIR")) + "/password";
  std::ofstream(options.sys_password_file) << "secret\r\nnot a password\n";
  StartIn(FakeBroker::kLastEventOf20, options);
  listener.Accept();
  EXPECT_THAT(listener.ReadToSubscription(), ::testing::HasSubstr(std::string("\0\7metrics\0\6secret\x82", 18)));
}

TEST_F(BrokerPluginTest, APasswordThatCannotBeReadIsNamedWithItsOption) {
  FakeBroker broker(FakeBroker::kLastEventOf20);
  PluginOptions options = Options();
  options.sys_client = metrics::HostPort{.host = "127.0.0.1", .port = 1883};
  options.sys_user = "metrics";
  options.sys_password_file = std::string(std::getenv("TEST_TMPDIR")) + "/nothing";
  const auto started = BrokerPlugin::Start(broker.identifier(), options);
  EXPECT_THAT(started.status().message(), ::testing::StartsWith("plugin_opt_sys_password_file: "));
}

TEST_F(BrokerPluginTest, NothingIsRegisteredOnceItIsGone) {
  StartIn(FakeBroker::kLastEventOf21);
  plugin_.reset();
  EXPECT_EQ(broker_->callbacks(), 0U);
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
