// What metrics_core/exporter.h promises, for an exporter of every scheme.
#include "metrics_core/exporter.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/builtin_exporters.h"
#include "exporters/exporter_registry.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "tests/exporters/support/certificates.h"
#include "tests/exporters/support/command.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;
using std::chrono::steady_clock;

constexpr std::string_view kMissing = "/nosuch/folder/file.prom";

// A port of this machine on which connections are made, and nothing is answered.
class SilentReceiver {
 public:
  SilentReceiver() : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    const bool listens = bind(descriptor_, generic, size) == 0 && listen(descriptor_, 16) == 0 &&
                         getsockname(descriptor_, generic, &size) == 0;
    metrics::Check(listens, "no port to listen on");
    port_ = ntohs(address.sin_port);
  }
  ~SilentReceiver() { close(descriptor_); }
  SilentReceiver(const SilentReceiver&) = delete;
  SilentReceiver& operator=(const SilentReceiver&) = delete;

  std::string port() const { return std::to_string(port_); }

 private:
  int descriptor_;
  std::uint16_t port_ = 0;
};

const std::vector<std::string> kSecretFiles = {"?user=u&password_file=", "?bearer_file=", "?header_file="};

// Behind a scheme: the start of an abstract name that no receiver has.
const std::string kNoReceiver = ":@exporter_contract_test.none.";

std::vector<std::string> TlsFiles() {
  const Certificate own = MakeCertificate("contract");
  return {"?ca=", "?key=" + own.key_file + "&cert=", "?cert=" + own.file + "&key="};
}

struct Scheme {
  std::string name;
  std::string rest;                     // behind the name; PORT stands for a port
  std::vector<std::string> files = {};  // options whose value is a file, as they stand in a spec

  // Whether it sends to a receiver.
  bool pushes() const { return name.find("http") != std::string::npos || name.starts_with("statsd"); }
  std::string Spec(const std::string& port) const {
    const std::size_t at = rest.find("PORT");
    return name + (at == std::string::npos ? rest : rest.substr(0, at) + port + rest.substr(at + 4));
  }
};

// What a failed test is named for.
void PrintTo(const Scheme& scheme, std::ostream* out) {
  *out << scheme.name;
}

std::vector<std::string> Joined(std::vector<std::string> some, const std::vector<std::string>& more) {
  some.insert(some.end(), more.begin(), more.end());
  return some;
}

std::vector<Scheme> Schemes() {
  return {
      {.name = "otlp+http", .rest = "://127.0.0.1:PORT", .files = kSecretFiles},
      {.name = "otlp+http+unix", .rest = kNoReceiver + "PORT", .files = kSecretFiles},
      {.name = "otlp+https", .rest = "://127.0.0.1:PORT", .files = Joined(kSecretFiles, TlsFiles())},
      {.name = "otlp+https+unix", .rest = kNoReceiver + "PORT", .files = Joined(kSecretFiles, TlsFiles())},
      {.name = "process-context", .rest = "://"},
      {.name = "prometheus", .rest = "://127.0.0.1:PORT", .files = {"?web_config="}},
      {.name = "prometheus+unix",
       .rest = ":@exporter_contract_test." + std::to_string(getpid()),
       .files = {"?web_config="}},
      {.name = "prw+http", .rest = "://127.0.0.1:PORT", .files = kSecretFiles},
      {.name = "prw+http+unix", .rest = kNoReceiver + "PORT", .files = kSecretFiles},
      {.name = "prw+https", .rest = "://127.0.0.1:PORT", .files = Joined(kSecretFiles, TlsFiles())},
      {.name = "prw+https+unix", .rest = kNoReceiver + "PORT", .files = Joined(kSecretFiles, TlsFiles())},
      {.name = "pushgateway+http", .rest = "://127.0.0.1:PORT/job/a", .files = kSecretFiles},
      {.name = "pushgateway+http+unix", .rest = kNoReceiver + "PORT:/job/a", .files = kSecretFiles},
      {.name = "pushgateway+https", .rest = "://127.0.0.1:PORT/job/a", .files = Joined(kSecretFiles, TlsFiles())},
      {.name = "pushgateway+https+unix",
       .rest = kNoReceiver + "PORT:/job/a",
       .files = Joined(kSecretFiles, TlsFiles())},
      {.name = "statsd", .rest = "://127.0.0.1:PORT"},
      {.name = "statsd+unix", .rest = ":@exporter_contract_test.statsd." + std::to_string(getpid())},
      {.name = "textfile", .rest = "://" + TemporaryPath("contract.prom")},
  };
}

class ExporterContractTest : public testing::TestWithParam<Scheme> {
 protected:
  std::unique_ptr<metrics::Exporter> Make(const std::string& spec) {
    auto made = exporters_.MakeExporter(spec, context_);
    EXPECT_TRUE(made.ok()) << made.status().message();
    return *std::move(made);
  }
  // Nothing listens on port 1. The server takes any port.
  std::string Spec() const { return GetParam().Spec(GetParam().pushes() ? "1" : "0"); }

  // Specs each of which names kMissing.
  std::vector<std::string> SpecsOfMissingFiles() const {
    if (GetParam().name == "textfile") return {"textfile://" + std::string(kMissing)};
    std::vector<std::string> specs;
    for (const std::string& file : GetParam().files) specs.push_back(Spec() + file + std::string(kMissing));
    return specs;
  }

  metrics::Registry registry_;
  metrics::Health health_;
  const ExporterContext context_{registry_, health_};
  const ExporterRegistry exporters_ = BuiltinExporters();
};

TEST_P(ExporterContractTest, StopsWithoutAStartAndTwice) {
  const auto exporter = Make(Spec());
  exporter->Stop();
  ASSERT_EQ(exporter->Start(), Status::Ok());
  exporter->Stop();
  exporter->Stop();
}

TEST_P(ExporterContractTest, RefusesASecondStartAndGoesOn) {
  const auto exporter = Make(Spec());
  ASSERT_EQ(exporter->Start(), Status::Ok());
  const std::string name(exporter->Name());
  EXPECT_EQ(exporter->Start().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(exporter->Name(), name);
  exporter->Stop();
}

TEST_P(ExporterContractTest, StartsAgainAfterStopOrRefusesTo) {
  const auto exporter = Make(Spec());
  ASSERT_EQ(exporter->Start(), Status::Ok());
  exporter->Stop();
  const bool starts_again = GetParam().name.starts_with("pro");  // servers and the process context
  const StatusCode expected = starts_again ? StatusCode::kOk : StatusCode::kFailedPrecondition;
  EXPECT_EQ(exporter->Start().code(), expected);
}

TEST_P(ExporterContractTest, NamesAMissingFileAtItsStart) {
  for (const std::string& spec : SpecsOfMissingFiles()) {
    const auto exporter = Make(spec);
    const Status started = exporter->Start();
    EXPECT_FALSE(started.ok()) << spec;
    EXPECT_NE(started.message().find(kMissing), std::string::npos) << spec << ": " << started.message();
  }
}

TEST_P(ExporterContractTest, DoesNotRepeatItsNameInAnError) {
  registry_.AddGauge({.name = "depth", .help = "x", .labels = {"topic"}}).value().With("orders").Set(1);
  std::vector<std::string> specs = SpecsOfMissingFiles();
  if (GetParam().name != "process-context") specs.push_back(Spec() + "?label=topic:b");
  for (const std::string& spec : specs) {
    const auto exporter = Make(spec);
    const Status started = exporter->Start();
    ASSERT_FALSE(started.ok()) << spec;
    EXPECT_EQ(started.message().find(exporter->Name()), std::string::npos) << started.message();
  }
}

TEST_P(ExporterContractTest, StopsWithinTwoPushTimesWhileTheReceiverIsSilent) {
  const SilentReceiver receiver;
  const std::string times = GetParam().pushes() ? "?push_time=200ms&interval=1ms" : "";
  const auto exporter = Make(GetParam().pushes() ? GetParam().Spec(receiver.port()) + times : Spec());
  ASSERT_EQ(exporter->Start(), Status::Ok());
  registry_.AddGauge({.name = "depth", .help = "x"}).value().With().Set(1);
  const auto begun = steady_clock::now();
  exporter->Stop();
  // Less than a push without a push_time of its own would take.
  EXPECT_LT(steady_clock::now() - begun, std::chrono::seconds(8));
}

INSTANTIATE_TEST_SUITE_P(Schemes, ExporterContractTest, testing::ValuesIn(Schemes()), [](const auto& tested) {
  std::string name = tested.param.name;
  for (char& c : name) c = c == '+' || c == '-' ? '_' : c;
  return name;
});

TEST(ExporterContractSchemesTest, AreAllThatThereAre) {
  metrics::Registry registry;
  const metrics::Health health;
  std::string schemes;
  for (const Scheme& scheme : Schemes()) schemes += (schemes.empty() ? "" : ", ") + scheme.name;
  EXPECT_EQ(BuiltinExporters().MakeExporter("nosuch://", {registry, health}).status().message(),
            "exporter nosuch://: there is no scheme nosuch; there are " + schemes);
}

}  // namespace
}  // namespace streamhouse::exporters
