// A client and an agent that know each other by certificates.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "client/agent_broker/agent_broker.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/running_agent.h"

namespace streamhouse {
namespace {

constexpr char kCertificate[] = "tests/agent/rpc/certificate.pem";
constexpr char kKey[] = "tests/agent/rpc/key.pem";

class TlsTest : public testing::Test {
 protected:
  static agent::AgentConfig Config() {
    agent::AgentConfig config = agent::RunningAgent::DefaultConfig({});
    config.tls = {.certificate = kCertificate, .key = kKey, .client_ca = kCertificate};
    return config;
  }
  metrics::StatusCode Describe(const client::TlsIdentity& tls) const {
    const auto broker =
        client::MakeAgentBroker({.address = agent_.address(), .tls = tls, .connect_timeout = std::chrono::seconds(2)})
            .value();
    return broker->DescribeTopic("orders", client::CallLimits::Within(std::chrono::seconds(30))).status().code();
  }

  const agent::RunningAgent agent_{Config()};
  const std::string certificate_ = agent::ReadRawFile(kCertificate);
};

TEST_F(TlsTest, AClientWithTheRightCertificateIsServed) {
  EXPECT_EQ(Describe({.agent_ca = certificate_, .certificate = certificate_, .key = agent::ReadRawFile(kKey)}),
            metrics::StatusCode::kOk);
}

TEST_F(TlsTest, AClientWithoutACertificateIsNot) {
  EXPECT_EQ(Describe({.agent_ca = certificate_, .certificate = {}, .key = {}}), metrics::StatusCode::kUnavailable);
}

TEST_F(TlsTest, AClientThatKnowsNoAuthorityIsNot) {
  EXPECT_EQ(Describe({}), metrics::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace streamhouse
