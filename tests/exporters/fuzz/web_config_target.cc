#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "exporters/http/access/web_config.h"
#include "metrics_core/status.h"
#include "tests/exporters/fuzz/fuzz_targets.h"

namespace streamhouse::exporters {
namespace {

using metrics::Check;

constexpr std::string_view kPath = "folder/web.yml";

void CheckUsable(const WebConfig& config) {
  if (config.tls) {
    Check(config.tls->certificate_file.empty() != config.tls->certificate.empty(), "TLS without one certificate");
    Check(config.tls->key_file.empty() != config.tls->key.empty(), "TLS without one key");
    const bool verifies = config.tls->client_certificates == ClientCertificates::kRequired ||
                          config.tls->client_certificates == ClientCertificates::kVerifiedIfGiven;
    const bool has_ca = !config.tls->client_ca_file.empty() || !config.tls->client_ca.empty();
    Check(verifies == has_ca, "certificates of clients without a CA to check them");
    Check(verifies || config.tls->client_allowed_names.empty(), "names of clients that are not asked for certificates");
  }
  for (const auto& [name, value] : config.headers) {
    Check(std::find(std::begin(kWebConfigHeaders), std::end(kWebConfigHeaders), name) != std::end(kWebConfigHeaders),
          "an unknown header");
    Check(std::none_of(value.begin(), value.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }),
          "a header that is more than one");
  }
  Check(config.rate_limit.interval.count() == 0 || config.rate_limit.burst > 0, "a limit that refuses every request");
  for (const auto& [user, hash] : config.users) Check(hash.starts_with("$2"), "a password that is no hash");
}

}  // namespace

void FuzzWebConfig(std::string_view text) {
  const metrics::Result<WebConfig> config = ParseWebConfig(std::string(text), std::string(kPath));
  if (config.ok()) return CheckUsable(*config);
  Check(config.status().code() == metrics::StatusCode::kInvalidArgument, "an error of another kind");
  const std::string_view message = config.status().message();
  Check(message.starts_with(std::string(kPath) + ":"), "an error that does not name the file");
}

}  // namespace streamhouse::exporters
