// WebConfig: who may read the metrics, and how: the file that Prometheus' own exporters take (--web.config.file).
//
//   tls_server_config:
//     cert_file: server.crt              # relative to the folder of this file
//     key_file: server.key
//     min_version: TLS12                 # or TLS13; TLS12 unless given
//     client_auth_type: RequireAndVerifyClientCert    # or NoClientCert, the default
//     client_ca_file: clients.crt        # required by the former
//   http_server_config:
//     headers:                           # sent with every response; see kWebConfigHeaders
//       X-Frame-Options: deny
//   basic_auth_users:
//     prometheus: $2y$10$…               # bcrypt
//
// Not supported, and refused: cipher suites, curves, allowed names of clients, certificates inside the file, HTTP/2, rate limits.
// Guarantees: a key that is unknown, misspelt or of the wrong kind is an error; nothing is ignored.
// Thread safety: a value. Errors: InvalidArgument, naming file, line and key; Unavailable where the file cannot be read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics_core/status.h"

namespace streamhouse::exporters {

inline constexpr std::string_view kWebConfigHeaders[] = {"Content-Security-Policy", "Strict-Transport-Security",
                                                         "X-Content-Type-Options", "X-Frame-Options",
                                                         "X-XSS-Protection"};

enum class ClientCertificates : std::uint8_t { kIgnored, kRequired };
enum class TlsVersion : std::uint8_t { kTls12, kTls13 };

struct TlsConfig {
  std::string certificate_file = {};
  std::string key_file = {};
  TlsVersion version_min = TlsVersion::kTls12;
  ClientCertificates client_certificates = ClientCertificates::kIgnored;
  std::string client_ca_file = {};  // where they are required
};

struct WebConfig {
  std::optional<TlsConfig> tls;
  std::vector<std::pair<std::string, std::string>> headers;
  std::map<std::string, std::string> users;  // name -> bcrypt hash; empty: anybody may read
};

// `path` is for errors, and its folder is what files are relative to.
metrics::Result<WebConfig> ParseWebConfig(const std::string& text, const std::string& path);
metrics::Result<WebConfig> LoadWebConfig(const std::string& path);

}  // namespace streamhouse::exporters
