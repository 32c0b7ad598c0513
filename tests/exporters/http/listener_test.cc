#include "exporters/http/listener.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "exporters/http/metrics_server.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/support/certificates.h"
#include "tests/exporters/support/command.h"
#include "tests/exporters/support/http_client.h"
#include "tests/exporters/support/password_crowd.h"
#include "tests/support/eventually.h"

namespace streamhouse::exporters {
namespace {

constexpr const char* kUsers =
    "basic_auth_users:\n  alice: $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";

// A key with the public part of one and the private part of another, in DER.
std::string MixedKey(const std::string& public_part, const std::string& private_part) {
  const std::string mixed = TemporaryPath("mixed.der");
  const auto to_der = [](const std::string& key) {
    return "openssl ec -in " + key + " -outform DER -out " + key + ".der; ";
  };
  // The private part is the 32 bytes behind the first 7 (RFC 5915).
  RunCommand(to_der(public_part) + to_der(private_part) + "{ head -c 7 " + public_part + ".der; tail -c +8 " +
             private_part + ".der | head -c 32; tail -c +40 " + public_part + ".der; } > " + mixed);
  return mixed;
}

// A server with a web configuration, and curl as its client.
class ListenerTest : public testing::Test {
 protected:
  void Start(const std::string& web_config) {
    const std::string path = TemporaryPath("web.yml");
    std::ofstream(path) << web_config;
    server_ =
        std::make_unique<MetricsServer>(registry_, health_, MetricsServerOptions{.port = 0, .web_config_file = path});
    const metrics::Status started = server_->Start();
    ASSERT_TRUE(started.ok()) << started.message();
  }
  std::string Tls() const {
    return "tls_server_config:\n  cert_file: " + server_certificate_.file +
           "\n  key_file: " + server_certificate_.key_file + "\n";
  }
  // What curl gets: the body and the status, or nothing.
  std::string Curl(const std::string& scheme, const std::string& options) {
    const std::string url = scheme + "://127.0.0.1:" + std::to_string(server_->port()) + "/health";
    return RunCommand("curl -s --max-time 30 -w ' %{http_code}' " + options + " " + url).output;
  }

  // How often files of certificates that had changed were read.
  double Reloads(const std::string& outcome) {
    const metrics::testing::MetricReader reader(registry_);
    return reader.Value("streamhouse_exporter_certificate_reloads_total", {{"outcome", outcome}}).value_or(-1);
  }
  // Requests whose password is not checked, and requests that have got their 503.
  double TurnedAway() {
    const metrics::testing::MetricReader reader(registry_);
    return reader.Value("streamhouse_exporter_limits_reached_total", {{"limit", "password_checks"}}).value_or(0);
  }
  double Refused() {
    const metrics::testing::MetricReader reader(registry_);
    const auto refused = reader.Value("streamhouse_exporter_requests_total", {{"path", "other"}, {"code", "503"}});
    return std::min(TurnedAway(), refused.value_or(0));
  }

  const Certificate server_certificate_ = MakeCertificate("server");
  const Certificate client_certificate_ = MakeCertificate("client");
  const std::string trusting_ = "--cacert " + server_certificate_.file;
  metrics::Registry registry_;
  metrics::Health health_;
  std::unique_ptr<MetricsServer> server_;
};

TEST_F(ListenerTest, CountsReloadsOfCertificatesByOutcome) {
  Start(Tls());
  std::ofstream(server_certificate_.file, std::ios::app) << "\n";
  EXPECT_EQ(Curl("https", trusting_), "OK 200");
  EXPECT_EQ(Reloads("ok"), 1);
  std::ofstream(server_certificate_.file) << "no certificate";
  EXPECT_NE(Curl("https", "-k"), "");
  EXPECT_EQ(Reloads("failed"), 1);
}

TEST_F(ListenerTest, AsksForAPassword) {
  Start(kUsers);
  EXPECT_EQ(Curl("http", "-u alice:secret"), "OK 200");
  EXPECT_EQ(Curl("http", "-u alice:secret"), "OK 200") << "from memory";
  EXPECT_EQ(Curl("http", "-u alice:wrong"), "401 Unauthorized\n 401");
  EXPECT_EQ(Curl("http", "-u bob:secret"), "401 Unauthorized\n 401");
  EXPECT_EQ(Curl("http", ""), "401 Unauthorized\n 401");
  EXPECT_EQ(Get(server_->port(), "/metrics").headers.at("www-authenticate"), "Basic realm=\"metrics\"");
}

TEST_F(ListenerTest, SpeaksTlsWithClientsThatTrustIt) {
  Start(Tls());
  EXPECT_EQ(Curl("https", trusting_), "OK 200");
  EXPECT_EQ(Curl("https", ""), " 000") << "unknown certificate";
  EXPECT_EQ(Curl("http", ""), "400 Bad Request: use https here.\n 400") << "no TLS";
  EXPECT_EQ(Curl("https", trusting_ + " --tls-max 1.1"), " 000") << "too old";
}

// Goal: clients of HTTP/1.0, for whom a page ends with its connection, see that it was not cut
// short. Curl does not look.
TEST_F(ListenerTest, EndsAPageByClosingSoThatItLooksWhole) {
  const auto family = registry_.AddCounter({.name = "sent_total", .help = "Sent", .labels = {"topic"}}).value();
  for (int i = 0; i < 2000; ++i) family.With("a_topic_with_a_long_name_" + std::to_string(i)).Increment();
  Start(Tls());
  const std::string client = "openssl s_client -quiet -CAfile " + server_certificate_.file;
  const std::string connect = " -connect 127.0.0.1:" + std::to_string(server_->port());
  const std::string got = RunCommand("timeout 30 " + client + connect, "GET /metrics HTTP/1.0\r\n\r\n").output;
  EXPECT_EQ(got.find("unexpected eof"), std::string::npos);
  EXPECT_GT(got.size(), std::size_t{64} * 1024);
}

TEST_F(ListenerTest, AsksClientsForCertificates) {
  Start(Tls() + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: " + client_certificate_.file + "\n");
  const auto as = [](const Certificate& client) { return " --cert " + client.file + " --key " + client.key_file; };
  EXPECT_EQ(Curl("https", trusting_ + as(client_certificate_)), "OK 200");
  EXPECT_EQ(Curl("https", trusting_), " 000");
  EXPECT_EQ(Curl("https", trusting_ + as(MakeCertificate("stranger"))), " 000");
}

// Goal: each way to ask for a certificate lets in the clients that Go lets in.
// Method: curl without a certificate, with one of another authority, and with a good one, by both
// versions of TLS.
TEST_F(ListenerTest, HoldsClientsToTheirClientAuthType) {
  const auto as = [](const Certificate& client) { return " --cert " + client.file + " --key " + client.key_file; };
  const std::string ca = "\n  client_ca_file: " + client_certificate_.file;
  const std::string clients[] = {"", as(MakeCertificate("stranger")), as(client_certificate_)};
  const std::pair<std::string, std::string> all[] = {
      {"NoClientCert", "OK 200OK 200OK 200"},
      {"RequestClientCert", "OK 200OK 200OK 200"},
      {"RequireAnyClientCert", " 000OK 200OK 200"},
      {"VerifyClientCertIfGiven" + ca, "OK 200 000OK 200"},
      {"RequireAndVerifyClientCert" + ca, " 000 000OK 200"},
  };
  for (const auto& [type, expected] : all) {
    Start(Tls() + "  client_auth_type: " + type + "\n");
    for (const std::string version : {"1.2", "1.3"}) {
      std::string got;
      for (const std::string& client : clients) got += Curl("https", trusting_ + client + " --tls-max " + version);
      EXPECT_EQ(got, expected) << type << " by TLS " << version;
    }
  }
}

// Goal: a client has to prove that it has the key of its certificate, also where no one verifies
// that. Method: curl takes a key with the public part of the certificate's. A server that asks for
// no certificate lets it in.
TEST_F(ListenerTest, WantsTheKeyOfACertificateThatItDoesNotVerify) {
  const std::string key = MixedKey(client_certificate_.key_file, server_certificate_.key_file);
  const std::string with_key = " --cert " + client_certificate_.file + " --key-type DER --key " + key;
  const std::pair<std::string, std::string> all[] = {
      {"NoClientCert", "OK 200"}, {"RequestClientCert", " 000"}, {"RequireAnyClientCert", " 000"}};
  for (const auto& [type, expected] : all) {
    Start(Tls() + "  client_auth_type: " + type + "\n");
    EXPECT_EQ(Curl("https", trusting_ + with_key), expected) << type;
  }
}

TEST_F(ListenerTest, AsksOnlyAGivenCertificateForItsName) {
  Start(Tls() + "  client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: " + client_certificate_.file +
        "\n  client_allowed_sans: [elsewhere]\n");
  EXPECT_EQ(Curl("https", trusting_), "OK 200");
  EXPECT_EQ(Curl("https", trusting_ + " --cert " + client_certificate_.file + " --key " + client_certificate_.key_file),
            " 000");
}

TEST_F(ListenerTest, RefusesMoreRequestsThanItsRateBeforeItLooksAtPasswords) {
  Start(
      "rate_limit: {interval: 1h, burst: 2}\n"
      "basic_auth_users:\n  alice: $2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi\n");
  EXPECT_EQ(Curl("http", ""), "401 Unauthorized\n 401");
  EXPECT_EQ(Curl("http", ""), "401 Unauthorized\n 401");
  EXPECT_EQ(Curl("http", ""), "429 Too Many Requests\n 429");
  const metrics::testing::MetricReader reader(registry_);
  EXPECT_EQ(reader.Value("streamhouse_exporter_limits_reached_total", {{"limit", "rate"}}), 1);
  EXPECT_EQ(reader.Value("streamhouse_exporter_requests_total", {{"path", "other"}, {"code", "429"}}), 1);
}

TEST_F(ListenerTest, WarnsOnceOfHttp2AndStaysWithHttp1) {
  const std::string path = TemporaryPath("web.yml");
  std::ofstream(path) << Tls() + "http_server_config:\n  http2: true\n";
  std::vector<std::string> lines;
  server_ = std::make_unique<MetricsServer>(
      registry_, health_, MetricsServerOptions{.port = 0, .web_config_file = path, .log = [&](std::string_view line) {
                                                 lines.emplace_back(line);
                                               }});
  ASSERT_TRUE(server_->Start().ok());
  EXPECT_EQ(Curl("https", trusting_ + " --http2 -w ' %{http_version}'"), "OK 1.1");
  EXPECT_EQ(lines, std::vector<std::string>{path + ":5: http2 is not served: the server speaks HTTP/1.1"});
}

// Goal: a client that would resume its session is let in. Method: curl remembers it from the first
// of two connections.
TEST_F(ListenerTest, LetsClientsWithCertificatesInAgain) {
  Start(Tls() + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: " + client_certificate_.file + "\n");
  const std::string first = " https://127.0.0.1:" + std::to_string(server_->port()) + "/health";
  const std::string as_client =
      trusting_ + " --cert " + client_certificate_.file + " --key " + client_certificate_.key_file;
  for (const char* version : {"1.2", "1.3"}) {
    EXPECT_EQ(Curl("https", as_client + " -H 'Connection: close' --tls-max " + version + first), "OK 200OK 200")
        << version;
  }
}

TEST_F(ListenerTest, AsksClientsForOneOfTheNamesThatAreAllowed) {
  const std::string asking =
      Tls() + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: " + client_certificate_.file +
      "\n  client_allowed_sans: ";
  const std::string as_client =
      trusting_ + " --cert " + client_certificate_.file + " --key " + client_certificate_.key_file;
  Start(asking + "[elsewhere, 127.0.0.1]\n");
  EXPECT_EQ(Curl("https", as_client), "OK 200");
  Start(asking + "[client, elsewhere]\n");
  EXPECT_EQ(Curl("https", as_client), " 000") << "its subject is no such name";
}

TEST_F(ListenerTest, ComparesNamesOfClientsWithoutCase) {
  Start(Tls() + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: " + client_certificate_.file +
        "\n  client_allowed_sans: [LocalHost]\n");
  EXPECT_EQ(Curl("https", trusting_ + " --cert " + client_certificate_.file + " --key " + client_certificate_.key_file),
            "OK 200");
}

TEST_F(ListenerTest, TellsAClientThatItsCertificateIsRefused) {
  Start(Tls() + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: " + client_certificate_.file +
        "\n  client_allowed_sans: [elsewhere]\n");
  const std::string client = "timeout 30 openssl s_client -tls1_2 -CAfile " + server_certificate_.file + " -cert " +
                             client_certificate_.file + " -key " + client_certificate_.key_file + " -connect ";
  const std::string got = RunCommand(client + "127.0.0.1:" + std::to_string(server_->port()) + " 2>&1").output;
  EXPECT_NE(got.find("alert bad certificate"), std::string::npos) << got;
}

TEST_F(ListenerTest, TakesNoKeyExchangeWithoutForwardSecrecyUnlessItIsConfigured) {
  const std::string rsa = TemporaryPath("rsa");
  RunCommand(
      "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=rsa -addext subjectAltName=IP:127.0.0.1 -days 2 -keyout " +
      rsa + ".key -out " + rsa + ".crt");
  Start("tls_server_config:\n  cert_file: " + rsa + ".crt\n  key_file: " + rsa + ".key\n");
  const std::string trusting = "--cacert " + rsa + ".crt --tls-max 1.2 --ciphers ";
  EXPECT_EQ(Curl("https", trusting + "AES128-GCM-SHA256"), " 000");
  EXPECT_EQ(Curl("https", trusting + "AES256-SHA"), " 000");
  EXPECT_EQ(Curl("https", trusting + "ECDHE-RSA-AES128-GCM-SHA256"), "OK 200");
}

// Goal: nothing that the server has open is inherited. Method: a child lists what it has, while a
// client is connected.
TEST_F(ListenerTest, HandsNoDescriptorToAChildProcess) {
  const std::string before = RunCommand("ls /proc/self/fd | wc -l").output;
  Start(Tls() + kUsers);
  HttpClient client(server_->port());
  EXPECT_EQ(Curl("https", trusting_ + " -u alice:secret"), "OK 200");
  fcntl(client.descriptor(), F_SETFD, FD_CLOEXEC);
  EXPECT_EQ(RunCommand("ls /proc/self/fd | wc -l").output, before) << RunCommand("ls -l /proc/self/fd").output;
}

TEST_F(ListenerTest, SpeaksTheCiphersThatAreConfigured) {
  Start(Tls() + "  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]\n  curve_preferences: [CurveP384]\n");
  EXPECT_EQ(Curl("https", trusting_ + " --tls-max 1.2 --ciphers ECDHE-ECDSA-AES256-GCM-SHA384"), "OK 200");
  EXPECT_EQ(Curl("https", trusting_ + " --tls-max 1.2 --ciphers ECDHE-ECDSA-AES128-GCM-SHA256"), " 000");
  EXPECT_EQ(Curl("https", trusting_ + " --curves X25519"), " 000");
}

TEST_F(ListenerTest, SendsTheHeadersThatAreConfigured) {
  Start("http_server_config:\n  headers:\n    X-Frame-Options: deny\n");
  EXPECT_EQ(Get(server_->port(), "/health").headers.at("x-frame-options"), "deny");
  Start(kUsers + std::string("http_server_config:\n  headers:\n    X-Frame-Options: deny\n"));
  EXPECT_EQ(Get(server_->port(), "/health").headers["x-frame-options"], "deny") << "of a refusal as well";
}

TEST_F(ListenerTest, SendsTheConfiguredHeaderInPlaceOfItsOwn) {
  const auto policies = [this] {
    const std::string url = "http://127.0.0.1:" + std::to_string(server_->port()) + "/";
    return RunCommand("curl -si -H 'Accept: text/html' " + url + " | grep -i '^Content-Security-Policy:'").output;
  };
  Start("http_server_config:\n  headers:\n    X-Frame-Options: deny\n");
  EXPECT_NE(policies().find("script-src 'sha256-"), std::string::npos) << policies();
  Start("http_server_config:\n  headers:\n    Content-Security-Policy: sandbox\n");
  EXPECT_EQ(policies(), "Content-Security-Policy: sandbox\r\n");
}

TEST_F(ListenerTest, ShowsARenewedCertificateToNewConnections) {
  Start(Tls());
  ASSERT_EQ(Curl("https", trusting_), "OK 200");
  std::filesystem::copy_file(server_certificate_.file, TemporaryPath("old.crt"),
                             std::filesystem::copy_options::overwrite_existing);
  MakeCertificate("server");
  EXPECT_EQ(Curl("https", trusting_), "OK 200");
  EXPECT_EQ(Curl("https", "--cacert " + TemporaryPath("old.crt")), " 000");
}

TEST_F(ListenerTest, ServesAUserWithAVerifiedPasswordWhileOthersGuess) {
  Start(std::string(kUsers) + kSlowUser);
  ASSERT_EQ(Curl("http", "-u alice:secret"), "OK 200");
  std::vector<std::unique_ptr<HttpClient>> guessers;
  for (std::size_t i = 0; i < 2 * kPasswordChecksMax; ++i) {
    guessers.push_back(std::make_unique<HttpClient>(server_->port()));
    // "bob:" and a guess of three bytes, the last of them another each time
    const std::string guess = "Ym9iOmFh" + std::string(1, static_cast<char>((i < 26 ? 'A' : 'a' - 26) + i)) + "A==";
    guessers.back()->Send("GET /health HTTP/1.1\r\nHost: a\r\nAuthorization: Basic " + guess + "\r\n\r\n");
  }
  EXPECT_TRUE(Eventually([this] { return Refused() > 0; })) << "and counted";
  EXPECT_EQ(Curl("http", "-u alice:secret"), "OK 200");
}

// Clients that guess until this is destroyed, each on one connection.
class Guessers {
 public:
  // `credentials` is the beginning of each guess, in base 64.
  Guessers(std::uint16_t port, const std::string& credentials, int count) {
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([this, port, credentials, i] {
        HttpClient client(port);
        ++connected_;
        // Relaxed: it only ends the loop.
        for (int n = 0; !is_over_.load(std::memory_order_relaxed); ++n) {
          const std::string guess = std::to_string(100'000 + i * 1000 + n % 1000) + "zz";
          if (client.Ask("GET", "/health", "Authorization: Basic " + credentials + guess + "\r\n").status == 0) return;
        }
      });
    }
  }
  int connected() const { return connected_; }
  ~Guessers() {
    // Relaxed: as above.
    is_over_.store(true, std::memory_order_relaxed);
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> is_over_ = false;
  std::atomic<int> connected_ = 0;
  std::vector<std::thread> threads_;
};

// Goal: sixty connections that guess keep no right password out, whether they guess the same user
// or another.
class GuessedListenerTest : public ListenerTest {
 protected:
  // Both in base 64: the beginning of each guess, and user and password.
  void ExpectInWhileOthersGuess(const std::string& guess, const std::string& right) {
    constexpr int kGuessers = 60;
    Start(std::string(kUsers) + kSlowUser);
    const Guessers guessers(server_->port(), guess, kGuessers);
    // All guess, and the queue was full.
    EXPECT_TRUE(Eventually([&] { return guessers.connected() == kGuessers && TurnedAway() > 0; }));
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(Get(server_->port(), "/health", "Authorization: Basic " + right + "\r\n").status, 200);
    const auto waited = std::chrono::steady_clock::now() - begin;
    RecordProperty("waited_ms",
                   static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(waited).count()));
    // The promise is a second; the machine may be busy, or stand still.
    EXPECT_LT(waited, std::chrono::seconds(15));
  }
};

TEST_F(GuessedListenerTest, LetsARightPasswordInWhileOthersGuessThatOfAnotherUser) {
  ExpectInWhileOthersGuess("Ym9iOmFh", "YWxpY2U6c2VjcmV0");  // "bob:aa", "alice:secret"
}

TEST_F(GuessedListenerTest, LetsARightPasswordInWhileOthersGuessIt) {
  ExpectInWhileOthersGuess("Ym9iOmFh", "Ym9iOmZha2VwYXNzd29yZA==");  // "bob:aa", "bob:fakepassword"
}

TEST_F(GuessedListenerTest, LetsARightPasswordInWhileOthersGuessUsers) {
  ExpectInWhileOthersGuess("bWFsbG9yeTp4", "YWxpY2U6c2VjcmV0");  // "mallory:x", "alice:secret"
}

TEST_F(ListenerTest, StopsWhilePasswordsAreChecked) {
  Start("basic_auth_users:\n" + std::string(kSlowUser));
  PasswordCrowd crowd(server_->port(), registry_);
  server_->Stop();
  crowd.ExpectThatAllHaveEndedAndSomeWithoutAResponse();
}

TEST_F(ListenerTest, DoesNotStartWithABadConfiguration) {
  const std::string path = TemporaryPath("bad.yml");
  std::ofstream(path) << "tls_server_config:\n  cert_file: nowhere\n  key_file: nowhere\n";
  MetricsServer server(registry_, health_, {.port = 0, .web_config_file = path});
  const metrics::Status status = server.Start();
  EXPECT_EQ(status.code(), metrics::StatusCode::kInvalidArgument);
  EXPECT_TRUE(status.message().starts_with("cannot use the certificate ")) << status.message();
  EXPECT_EQ(server.port(), 0);
}

}  // namespace
}  // namespace streamhouse::exporters
