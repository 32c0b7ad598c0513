// Memory of handshakes that never end. Without tags: a sanitizer keeps memory that was given back.

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exporters/http/metrics_server.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/support/certificates.h"
#include "tests/exporters/support/command.h"
#include "tests/exporters/support/http_client.h"
#include "tests/support/eventually.h"
#include "tests/support/resident_memory.h"

namespace streamhouse::exporters {
namespace {

// The first message of a TLS client.
std::string FirstFlight() {
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  SSL* const ssl = SSL_new(context);
  SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_connect(ssl);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(SSL_get_wbio(ssl), &bytes);
  std::string flight(bytes, static_cast<std::size_t>(size));
  SSL_free(ssl);
  SSL_CTX_free(context);
  return flight;
}

// A server with a certificate.
class HandshakeMemoryTest : public testing::Test {
 protected:
  static constexpr std::size_t kHandshakes = 1000;

  void SetUp() override {
    const Certificate certificate = MakeCertificate("abuse");
    const std::string path = TemporaryPath("abuse.yml");
    std::ofstream(path) << "tls_server_config:\n  cert_file: " << certificate.file
                        << "\n  key_file: " << certificate.key_file << "\n";
    server_.emplace(registry_, health_, MetricsServerOptions{.port = 0, .web_config_file = path});
    ASSERT_TRUE(server_->Start().ok());
  }
  // The resident memory while the server waits for the clients of so many handshakes, which then go
  // away.
  std::size_t BytesWithHandshakes() {
    std::vector<std::unique_ptr<HttpClient>> clients;
    for (std::size_t i = 0; i < kHandshakes; ++i) {
      clients.push_back(std::make_unique<HttpClient>(server_->port()));
      clients.back()->Send(flight_);
    }
    // Each has the server's response.
    char byte = 0;
    for (const auto& client : clients) EXPECT_EQ(recv(client->descriptor(), &byte, 1, MSG_PEEK), 1);
    const std::size_t bytes = ResidentBytes();
    clients.clear();
    EXPECT_TRUE(Eventually([this] {
      return metrics::testing::MetricReader(registry_).Value("streamhouse_exporter_connections").value() == 0;
    }));
    return bytes;
  }

 private:
  const std::string flight_ = FirstFlight();
  metrics::Registry registry_;
  metrics::Health health_;
  std::optional<MetricsServer> server_;
};

// Goal: handshakes that are not ended cost little, and what they cost serves the next ones. Method:
// as many as may be connected at once, in six rounds.
TEST_F(HandshakeMemoryTest, HandshakesThatNeverEndCostLittleMemoryThatLaterOnesUseAgain) {
  const std::size_t before = ResidentBytes();
  const std::size_t first_peak = BytesWithHandshakes();
  std::size_t peak = 0;
  for (int round = 1; round < 6; ++round) peak = BytesWithHandshakes();
  RecordProperty("bytes_a_handshake", static_cast<int>((first_peak - before) / kHandshakes));
  RecordProperty("bytes_after", static_cast<int>(ResidentBytes() - before));
  EXPECT_LT((first_peak - before) / kHandshakes, std::size_t{50'000});
  EXPECT_LT(peak, first_peak + (std::size_t{4} << 20)) << "later rounds";
}

}  // namespace
}  // namespace streamhouse::exporters
