// The client and an agent over a Unix socket.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>

#include "agent/agent_config.h"
#include "client/agent_broker/agent_broker.h"
#include "client/broker.h"
#include "client/producer.h"
#include "client/record.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"
#include "tests/agent/support/running_agent.h"
#include "tests/exporters/support/certificates.h"
#include "tests/support/short_folder.h"

namespace streamhouse {
namespace {

constexpr std::chrono::seconds kPatience{30};

class UnixSocketTest : public testing::Test {
 protected:
  void StartAgent(const metrics::UnixSocket& socket, const agent::ServerTlsFiles& tls = {}) {
    agent::AgentConfig config = agent::RunningAgent::DefaultConfig({});
    config.grpc_unix_socket = socket;
    config.tls = tls;
    agent_.emplace(config);
  }
  static void ExpectARecordToArrive(const client::AgentBrokerOptions& options) {
    const auto broker = client::MakeAgentBroker(options).value();
    const auto producer = client::Producer::Builder().broker(broker).Build().value();
    ASSERT_TRUE(producer->SendWithCallback("orders", {.key = "k", .value = "v"}, nullptr, 0).ok());
    ASSERT_EQ(producer->Close(kPatience), 0U);
    const auto fetched = broker->Fetch({.partition = {"orders", 0}}, client::CallLimits::Within(kPatience));
    ASSERT_EQ(fetched->records.size(), 1U);
    EXPECT_EQ(fetched->records[0].value, "v");
  }

  const ShortFolder folder_;
  const metrics::UnixSocket socket_ = {.path = folder_.File("grpc sock")};
  std::optional<agent::RunningAgent> agent_;
};

TEST_F(UnixSocketTest, CarriesRecords) {
  StartAgent(socket_);
  ExpectARecordToArrive({.address = socket_.ToString()});
}

TEST_F(UnixSocketTest, CarriesRecordsUnderAnAbstractName) {
  const metrics::UnixSocket name = {.path = "@" + socket_.path};
  StartAgent(name);
  ExpectARecordToArrive({.address = name.ToString()});
}

TEST_F(UnixSocketTest, IsReachedWithoutTheProxyOfTheEnvironment) {
  const metrics::UnixSocket name = {.path = "@" + socket_.path};
  StartAgent(name);
  setenv("grpc_proxy", "http://127.0.0.1:1", 1);
  ExpectARecordToArrive({.address = name.ToString(), .proxy = client::ProxyUse::kFromEnvironment});
  unsetenv("grpc_proxy");
}

TEST_F(UnixSocketTest, HasTlsForTheNameLocalhost) {
  const exporters::Certificate certificate = exporters::MakeCertificate("unix_socket_test");
  StartAgent(socket_, {.certificate = certificate.file, .key = certificate.key_file, .client_ca = ""});
  client::AgentBrokerOptions options = {.address = socket_.ToString()};
  options.tls_files.agent_ca = certificate.file;
  ExpectARecordToArrive(options);
}

TEST_F(UnixSocketTest, ComesBackWithTheAgent) {
  StartAgent(socket_);
  const auto broker = client::MakeAgentBroker({.address = socket_.ToString()}).value();
  const auto describe = [&] { return broker->DescribeTopic("orders", client::CallLimits::Within(kPatience)).ok(); };
  EXPECT_TRUE(describe());
  agent_->Restart();
  EXPECT_TRUE(describe());
}

}  // namespace
}  // namespace streamhouse
