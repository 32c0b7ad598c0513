#include "agent/rpc/server_tls_files.h"

#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/running_agent.h"

namespace streamhouse::agent {
namespace {

constexpr char kCertificate[] = "tests/agent/rpc/certificate.pem";
constexpr char kKey[] = "tests/agent/rpc/key.pem";

enum class Identity : std::uint8_t { kNone, kOwn };

// The certificate is for 127.0.0.1, and signed by itself, so that it is its own authority.
class TlsFilesTest : public testing::Test {
 protected:
  static AgentConfig Config(const std::string& client_ca) {
    AgentConfig config = RunningAgent::DefaultConfig({});
    config.tls = {.certificate = kCertificate, .key = kKey, .client_ca = client_ca};
    return config;
  }
  // By a client that trusts the certificate; with `identity`, it has one of its own, which is the
  // same.
  static grpc::StatusCode Describe(const RunningAgent& agent, Identity identity) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = ReadRawFile(kCertificate);
    if (identity == Identity::kOwn) {
      options.pem_cert_chain = ReadRawFile(kCertificate);
      options.pem_private_key = ReadRawFile(kKey);
    }
    const auto channel = grpc::CreateChannel(agent.address(), grpc::SslCredentials(options));
    const auto topics = v1::TopicService::NewStub(channel);
    grpc::ClientContext context;
    context.set_wait_for_ready(false);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    v1::DescribeTopicRequest request;
    request.set_topic("orders");
    v1::DescribeTopicResponse response;
    return topics->DescribeTopic(&context, request, &response).error_code();
  }
};

TEST_F(TlsFilesTest, ServesClientsThatTrustItsCertificate) {
  const RunningAgent agent(Config(""));
  EXPECT_EQ(Describe(agent, Identity::kNone), grpc::StatusCode::OK);
}

TEST_F(TlsFilesTest, LetsOnlyClientsInThatHaveACertificateOfTheAuthority) {
  const RunningAgent agent(Config(kCertificate));
  EXPECT_EQ(Describe(agent, Identity::kNone), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Describe(agent, Identity::kOwn), grpc::StatusCode::OK);
}

// gRPC refuses such a client before the agent hears of it.
TEST_F(TlsFilesTest, AClientThatIsNotLetInMovesNoCounterOfTheAgent) {
  RunningAgent agent(Config(kCertificate));
  EXPECT_EQ(Describe(agent, Identity::kNone), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Describe(agent, Identity::kOwn), grpc::StatusCode::OK);
  EXPECT_EQ(agent.Sum("grpc_requests_total"), 1U);
}

TEST_F(TlsFilesTest, DoesNotTalkToClientsWithoutTls) {
  RunningAgent agent(Config(""));
  EXPECT_EQ(agent.Produce({"a"}), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TlsFilesTest, NamesTheFileThatCannotBeRead) {
  const TemporaryFolder folder;
  AgentConfig config = RunningAgent::DefaultConfig(folder.path());
  config.tls = {.certificate = kCertificate, .key = "nowhere/key.pem", .client_ca = ""};
  const Status started = (*Agent::Make(config))->Start();
  EXPECT_EQ(started,
            Status(StatusCode::kInvalidArgument, "cannot read TLS file nowhere/key.pem: No such file or directory")
                .WithField("tls.key"));
}

// Goal: a file with the wrong content is not taken for a port in use. Method: files of one line,
// and each in the other's place.
TEST_F(TlsFilesTest, NamesTheFilesThatAreNotWhatTheyAreGivenFor) {
  const TemporaryFolder folder;
  const std::string garbage = folder / "garbage.pem";
  WriteRawFile(garbage, "no certificate\n");
  const auto start = [&](const ServerTlsFiles& files) {
    AgentConfig config = RunningAgent::DefaultConfig(folder.path());
    config.tls = files;
    return (*Agent::Make(config))->Start();
  };
  const std::string pair = ": they are not a certificate and its private key, in PEM";
  EXPECT_EQ(
      start({.certificate = garbage, .key = kKey, .client_ca = {}}),
      Status(StatusCode::kInvalidArgument, "cannot use TLS files " + garbage + " and " + kKey + pair).WithField("tls"));
  EXPECT_EQ(start({.certificate = kCertificate, .key = kCertificate, .client_ca = {}}).message(),
            std::string("cannot use TLS files ") + kCertificate + " and " + kCertificate + pair);
  const Status no_authority = start({.certificate = kCertificate, .key = kKey, .client_ca = garbage});
  EXPECT_EQ(no_authority.field(), "tls.client_ca");
  EXPECT_EQ(no_authority.message(),
            "cannot use TLS file " + garbage + ": there are no certificates of authorities in it, in PEM");
}

TEST_F(TlsFilesTest, TellsAPortThatIsTakenFromABadFile) {
  const RunningAgent agent(Config(""));
  const TemporaryFolder folder;
  AgentConfig config = RunningAgent::DefaultConfig(folder.path());
  config.tls = Config(kCertificate).tls;
  config.grpc_port = static_cast<std::uint16_t>(std::stoi(agent.address().substr(agent.address().rfind(':') + 1)));
  const Status started = (*Agent::Make(config))->Start();
  EXPECT_EQ(started.code(), StatusCode::kUnavailable);
  EXPECT_EQ(started.field(), "grpc_port") << started.message();
}

}  // namespace
}  // namespace streamhouse::agent
