// What handshakes that never end cost. Without tags: a sanitizer keeps memory that was given back.

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <memory>
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

using Clients = std::vector<std::unique_ptr<HttpClient>>;

// What a client of TLS says first.
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

// Goal: handshakes that are not ended cost little, and what they cost serves the next ones. Method: as many as may be
// connected at once, in six rounds.
TEST(HandshakeMemoryTest, HandshakesThatNeverEndCostLittleMemoryThatLaterOnesUseAgain) {
  constexpr std::size_t kHandshakes = 1000;
  const Certificate certificate = MakeCertificate("abuse");
  const std::string path = TemporaryPath("abuse.yml");
  std::ofstream(path) << "tls_server_config:\n  cert_file: " << certificate.file
                      << "\n  key_file: " << certificate.key_file << "\n";
  metrics::Registry registry;
  metrics::Health health;
  MetricsServer server(registry, health, {.port = 0, .web_config_file = path});
  ASSERT_TRUE(server.Start().ok());
  const std::string flight = FirstFlight();
  const std::size_t before = ResidentBytes();
  std::size_t first_peak = 0;
  std::size_t peak = 0;
  for (int round = 0; round < 6; ++round) {
    Clients clients;
    for (std::size_t i = 0; i < kHandshakes; ++i) {
      clients.push_back(std::make_unique<HttpClient>(server.port()));
      clients.back()->Send(flight);
    }
    // Each has the server's answer.
    char byte = 0;
    for (const auto& client : clients) EXPECT_EQ(recv(client->descriptor(), &byte, 1, MSG_PEEK), 1);
    peak = ResidentBytes();
    if (round == 0) first_peak = peak;
    clients.clear();
    EXPECT_TRUE(Eventually([&] {
      return metrics::testing::MetricReader(registry).Value("streamhouse_exporter_connections").value() == 0;
    }));
  }
  RecordProperty("bytes_a_handshake", static_cast<int>((first_peak - before) / kHandshakes));
  RecordProperty("bytes_after", static_cast<int>(ResidentBytes() - before));
  EXPECT_LT((first_peak - before) / kHandshakes, std::size_t{50'000});
  EXPECT_LT(peak, first_peak + (std::size_t{4} << 20)) << "later rounds";
}

}  // namespace
}  // namespace streamhouse::exporters
