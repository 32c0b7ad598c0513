#include "exporters/receiver_spec.h"

#include <cstdint>
#include <string_view>

#include "exporters/push/http/credentials.h"
#include "exporters/push/http/receiver_address.h"

namespace streamhouse::exporters {

using metrics::Status;

namespace {

// A name, or an IPv4 address: what stands in a header and in a certificate.
bool IsName(std::string_view text) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
  return text.find_first_not_of(kLetters) == std::string_view::npos;
}

}  // namespace

bool IsSecure(const ExporterSpec& spec) {
  return spec.scheme.ends_with("https") || spec.scheme.ends_with("https+unix");
}

ReceiverSpec ReadReceiver(const ExporterSpec& spec, SpecOptions& given) {
  constexpr std::uint16_t kHttpPort = 80;
  constexpr std::uint16_t kHttpsPort = 443;
  ReceiverSpec read;
  ReceiverAddress& address = read.receiver.address;
  const ReceiverTlsFiles tls = {
      .ca = given.Text("ca", ""), .certificate = given.Text("cert", ""), .key = given.Text("key", "")};
  const bool is_secure = IsSecure(spec);
  if (is_secure || !(tls.ca + tls.certificate + tls.key).empty()) address.tls = tls;
  address.host = spec.unix_socket ? given.Text("host", "localhost") : spec.host;
  address.port = spec.port.value_or(is_secure ? kHttpsPort : kHttpPort);
  address.unix_socket = spec.unix_socket;
  read.receiver.credentials = {.user = given.Text("user", ""),
                               .password_file = given.Text("password_file", ""),
                               .bearer_file = given.Text("bearer_file", ""),
                               .header_file = given.Text("header_file", "")};
  read.push.interval = given.Duration("interval", read.push.interval);
  read.push.push_time = given.Duration("push_time", read.push.push_time);
  return read;
}

Status CheckReceiver(const ExporterSpec& spec, const ReceiverSpec& read) {
  const ReceiverAddress& address = read.receiver.address;
  if (address.host.empty()) return BadSpec(spec, "host", "it names no host");
  if (address.unix_socket && !IsName(address.host)) return BadOption(spec, "host", "is not the name of a host");
  if (address.port == 0) return BadSpec(spec, "port", "no receiver listens on port 0");
  if (address.tls) {
    if (!IsSecure(spec)) return BadSpec(spec, "scheme", "ca, cert and key are for a scheme with https");
    if (address.tls->key.empty() && !address.tls->certificate.empty())
      return BadOption(spec, "key", "is missing beside cert");
    if (address.tls->certificate.empty() && !address.tls->key.empty())
      return BadOption(spec, "cert", "is missing beside key");
  }
  const Status credentials = CheckCredentials(read.receiver.credentials);
  if (credentials.ok()) return credentials;
  return BadSpec(spec, credentials.field(), "option " + credentials.message()).Within("options");
}

}  // namespace streamhouse::exporters
