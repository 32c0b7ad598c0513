// WebConfig: who may read the metrics, and how: the file that Prometheus' own exporters take
// (--web.config.file).
//
//   tls_server_config:
//     cert_file: server.crt              # relative to the folder of this file
//     key_file: server.key
//     min_version: TLS12                 # or TLS13; TLS12 unless given
//     client_auth_type: RequireAndVerifyClientCert    # see ClientCertificates; NoClientCert is the default
//     client_ca_file: clients.crt        # needed where certificates are verified, and refused elsewhere
//     client_allowed_sans: [scraper.example.org]      # of which a verified certificate must have one; any unless given
//     cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]    # by their names in Go; OpenSSL's choice unless given
//     curve_preferences: [X25519, CurveP256]                    # in this order
//   http_server_config:
//     headers:                           # sent with every response; see kWebConfigHeaders
//       X-Frame-Options: deny
//     http2: false                       # true (yes, on) is taken with a warning: the server speaks HTTP/1.1
//   rate_limit:                          # of all clients together; 429 beyond it, also for /health
//     interval: 100ms                    # one more request in each; a number means nanoseconds; 0, as without it: no limit
//     burst: 20                          # at once; needed with an interval
//   basic_auth_users:
//     prometheus: $2y$10$…               # bcrypt, of a cost of 04 to 16
//
// cert, key and client_ca hold in the file itself, as PEM, what cert_file, key_file and
// client_ca_file name. cipher_suites of TLS 1.2 and of TLS 1.3 each replace those of their version,
// where there are any. What is not named here is refused. Without cipher_suites, TLS 1.2 takes
// ciphers with forward secrecy only. Names in client_allowed_sans compare without case.
// Files must be regular, of at most kSmallFileBytesMax each (small_file.h), and keys have no pass
// phrase. Certificates and keys that change are read by the next connection. Where they are bad
// then, the old ones stay, and streamhouse_exporter_certificate_reloads_total{outcome="failed"}
// counts it. The server waits for a disk that hangs.
// When to use something else: Limits for what a client may cost; a proxy in front of the server for
// what is refused here.
// Guarantees:
// 1. A key that is unknown, misspelt or of the wrong kind is an error; nothing is ignored.
// 2. A key without a value is an error, and so is an empty file: neither may open what its author
//    meant to close.
// Thread safety: a value.
// Cost: a file is read and parsed, at set-up only. A bcrypt hash of cost N makes each check of a
// password take 2^N rounds.
// Errors: InvalidArgument, naming file, line and key; Unavailable where the file cannot be read or
// has more than kSmallFileBytesMax. The files that it names are not opened here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/http/access/rate_limit.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

inline constexpr std::string_view kWebConfigHeaders[] = {"Content-Security-Policy", "Strict-Transport-Security",
                                                         "X-Content-Type-Options", "X-Frame-Options",
                                                         "X-XSS-Protection"};

// As Go's tls.ClientAuthType. A certificate that is not verified proves nothing about its owner.
enum class ClientCertificates : std::uint8_t {
  kIgnored,          // NoClientCert: none is asked for
  kRequested,        // RequestClientCert: asked for; none and any will do
  kAnyRequired,      // RequireAnyClientCert: any will do
  kVerifiedIfGiven,  // VerifyClientCertIfGiven: none, or one of the authority
  kRequired,         // RequireAndVerifyClientCert: one of the authority
};
enum class TlsVersion : std::uint8_t { kTls12, kTls13 };

// Of a file and a text, one is not empty.
struct TlsConfig {
  std::string certificate_file = {};
  std::string key_file = {};
  std::string certificate = {};  // PEM
  std::string key = {};          // PEM
  TlsVersion version_min = TlsVersion::kTls12;
  ClientCertificates client_certificates = ClientCertificates::kIgnored;
  std::string client_ca_file = {};                     // where they are verified
  std::string client_ca = {};                          // PEM
  std::vector<std::string> client_allowed_names = {};  // empty: any
  // Lists as OpenSSL has them; empty: its own.
  std::string tls12_ciphers = {};
  std::string tls13_ciphers = {};
  std::string curves = {};
};

struct WebConfig {
  std::optional<TlsConfig> tls;
  std::vector<std::pair<std::string, std::string>> headers;
  std::map<std::string, std::string> users;  // name -> bcrypt hash; empty: no password is asked for
  RateLimitConfig rate_limit;
  std::vector<std::string> warnings;  // what it asks for and does not get, a line each
};

// `path` is for errors, and its folder is what files are relative to.
metrics::Result<WebConfig> ParseWebConfig(const std::string& text, const std::string& path);
metrics::Result<WebConfig> LoadWebConfig(const std::string& path);

}  // namespace streamhouse::exporters
