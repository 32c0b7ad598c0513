// A client and an agent that know each other by certificates.
#include <gtest/gtest.h>

#include <stdlib.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "client/agent_broker/agent_broker.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/running_agent.h"
#include "tests/agent/support/temporary_folder.h"
#include "tests/support/eventually.h"

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
  metrics::StatusCode Describe(const client::TlsIdentity& tls,
                               std::chrono::seconds connect_timeout = std::chrono::seconds(2)) const {
    const auto broker =
        client::MakeAgentBroker({.address = agent_.address(), .tls = tls, .connect_timeout = connect_timeout}).value();
    return broker->DescribeTopic("orders", client::CallLimits::Within(2 * kPatience)).status().code();
  }

  const agent::RunningAgent agent_{Config()};
  const std::string certificate_ = agent::ReadRawFile(kCertificate);
};

TEST_F(TlsTest, AClientWithTheRightCertificateIsServed) {
  const client::TlsIdentity right = {
      .agent_ca = certificate_, .certificate = certificate_, .key = agent::ReadRawFile(kKey)};
  EXPECT_EQ(Describe(right, kPatience), metrics::StatusCode::kOk);
}

TEST_F(TlsTest, AClientWithoutACertificateIsNot) {
  EXPECT_EQ(Describe({.agent_ca = certificate_, .certificate = {}, .key = {}}), metrics::StatusCode::kUnavailable);
}

TEST_F(TlsTest, AClientThatKnowsNoAuthorityIsNot) {
  EXPECT_EQ(Describe({}), metrics::StatusCode::kUnavailable);
}

// An agent and a client whose files are replaced while they run: each has a certificate that is its
// own authority.
class RenewalTest : public testing::Test {
 protected:
  RenewalTest() {
    for (const char* name : {"old", "new"}) Make(name);
    for (const char* name : {"agent", "client"}) Put("old", name);
    agent::AgentConfig config = agent::RunningAgent::DefaultConfig({});
    config.tls = {.certificate = File("agent.crt"), .key = File("agent.key"), .client_ca = File("agent.crt")};
    agent_.emplace(config);
  }
  std::string File(const std::string& name) const { return folder_ / name; }
  void Make(const std::string& name) const {
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=" + name +
        " -addext subjectAltName=IP:127.0.0.1 -out " + File(name + ".crt") + " -keyout " + File(name + ".key") +
        " 2>/dev/null";
    EXPECT_EQ(::system(command.c_str()), 0);  // NOLINT(cert-env33-c): in a test, with a command of its own
  }
  void Put(const std::string& from, const std::string& to) const {
    for (const char* suffix : {".key", ".crt"}) {
      std::filesystem::copy_file(File(from + suffix), File("copy"));
      std::filesystem::rename(File("copy"), File(to + suffix));
    }
  }
  std::shared_ptr<client::Broker> Connect(const std::string& name, std::chrono::seconds patience) const {
    client::AgentBrokerOptions options = {.address = agent_->address(), .connect_timeout = patience};
    options.tls_files = {
        .agent_ca = File(name + ".crt"), .certificate = File(name + ".crt"), .key = File(name + ".key")};
    return client::MakeAgentBroker(options).value();
  }
  static metrics::StatusCode Describe(client::Broker& broker) {
    return broker.DescribeTopic("orders", client::CallLimits::Within(std::chrono::seconds(60))).status().code();
  }
  // Within a second, which a busy machine may not make.
  bool IsServed(const std::string& name) const {
    return Describe(*Connect(name, std::chrono::seconds(1))) == metrics::StatusCode::kOk;
  }
  bool IsServedInTime(const std::string& name) const {
    return Eventually([&] { return IsServed(name); });
  }

  const agent::TemporaryFolder folder_;
  std::optional<agent::RunningAgent> agent_;
};

TEST_F(RenewalTest, TheAgentTakesNewFilesWithoutARestart) {
  ASSERT_TRUE(IsServedInTime("old"));
  ASSERT_FALSE(IsServed("new"));
  Put("new", "agent");
  EXPECT_TRUE(IsServedInTime("new"));
  EXPECT_FALSE(IsServed("old"));
}

TEST_F(RenewalTest, TheAgentKeepsItsFilesWhenTheNewOnesAreOfNoUse) {
  std::filesystem::remove(File("agent.key"));
  ASSERT_EQ(::mkfifo(File("agent.key").c_str(), 0600), 0);
  // One for the file that is missing, and one for what is in its place, where the agent has seen
  // both.
  EXPECT_TRUE(Eventually([this] { return agent_->Value("tls_reloads_total", {{"outcome", "refused"}}) > 0; }));
  EXPECT_TRUE(IsServedInTime("old"));
}

TEST_F(RenewalTest, AClientTakesNewFilesWithoutARestart) {
  const auto broker = Connect("client", std::chrono::seconds(30));
  ASSERT_EQ(Describe(*broker), metrics::StatusCode::kOk);
  Put("new", "agent");
  Put("new", "client");
  ASSERT_TRUE(IsServedInTime("new"));
  agent_->Restart();
  EXPECT_EQ(Describe(*broker), metrics::StatusCode::kOk);
}

}  // namespace
}  // namespace streamhouse
