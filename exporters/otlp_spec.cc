#include "exporters/otlp_spec.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/encoding/ascii_case.h"
#include "exporters/encoding/compressed_page.h"
#include "exporters/push/http/receiver_address.h"
#include "exporters/receiver_spec.h"
#include "exporters/view/delta_view.h"
#include "exporters/view/labelled_view.h"
#include "metrics_core/text/percent_encoding.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;

bool IsGiven(const ExporterSpec& spec, std::string_view name) {
  return std::any_of(spec.options.begin(), spec.options.end(),
                     [&](const auto& option) { return option.first == name; });
}

Status ReadAddress(const ExporterSpec& spec, const OtlpEnvironment& environment, OtlpExporterOptions& options) {
  ReceiverAddress& address = options.receiver.address;
  if (!spec.port && !spec.unix_socket) address.port = kOtlpPortDefault;
  if (address.host.empty()) address.host = "127.0.0.1";
  if (!spec.path.empty()) options.path = metrics::PercentEncodePath(spec.path);
  const bool is_left_out = spec.host.empty() && !spec.port && spec.path.empty() && !spec.unix_socket;
  if (!is_left_out || !environment.endpoint) return Status::Ok();
  const OtlpEndpoint& endpoint = *environment.endpoint;
  if (endpoint.is_https != IsSecure(spec)) {
    return BadSpec(spec, "scheme", endpoint.variable + " names a receiver of the other scheme");
  }
  address.host = endpoint.host;
  address.port = endpoint.port;
  options.path = endpoint.path;
  return Status::Ok();
}

void ReadTls(const ExporterSpec& spec, const OtlpEnvironment& environment, ReceiverAddress& address) {
  if (!address.tls) return;
  if (!IsGiven(spec, "ca")) address.tls->ca = environment.certificate;
  if (IsGiven(spec, "cert") || IsGiven(spec, "key")) return;
  address.tls->certificate = environment.client_certificate;
  address.tls->key = environment.client_key;
}

// Those of the environment that the line has not replaced.
std::vector<std::pair<std::string, std::string>> HeadersOf(const ExporterSpec& spec,
                                                           std::vector<std::pair<std::string, std::string>> headers) {
  if (IsGiven(spec, "header_file")) return {};
  if (!IsGiven(spec, "user") && !IsGiven(spec, "bearer_file")) return headers;
  std::erase_if(headers, [](const auto& header) { return EqualsIgnoringCase(header.first, "authorization"); });
  return headers;
}

}  // namespace

metrics::Result<OtlpExporterOptions> ReadOtlpSpec(const ExporterSpec& spec, const EnvironmentLookup& look_up) {
  OtlpEnvironment environment = ReadOtlpEnvironment(look_up);
  SpecOptions given(spec);
  ReceiverSpec read = ReadReceiver(spec, given);
  OtlpExporterOptions options = {.receiver = std::move(read.receiver), .push = read.push};
  options.encoding = given.Choice("encoding", {{"protobuf", OtlpEncoding::kProtobuf}, {"json", OtlpEncoding::kJson}},
                                  environment.encoding.value_or(options.encoding));
  options.compression =
      given.Choice("compression",
                   {{"none", ContentCoding::kIdentity}, {"gzip", ContentCoding::kGzip}, {"zstd", ContentCoding::kZstd}},
                   environment.compression.value_or(options.compression));
  options.deltas = given.Choice(
      "temporality",
      {{"cumulative", DeltaFamilies::kNone}, {"delta", DeltaFamilies::kAll}, {"lowmemory", DeltaFamilies::kRecorded}},
      environment.deltas.value_or(options.deltas));
  options.labels = given.Pairs("label");
  if (Status checked = given.Check(); !checked.ok()) return checked;
  if (const Status legal = CheckLabels(options.labels); !legal.ok())
    return BadSpec(spec, "options.label", "option label: " + legal.message());
  if (Status checked = ReadAddress(spec, environment, options); !checked.ok()) return checked;
  ReadTls(spec, environment, options.receiver.address);
  if (Status checked = CheckReceiver(spec, {options.receiver, options.push}); !checked.ok()) return checked;
  if (!IsGiven(spec, "interval")) options.push.interval = environment.interval.value_or(options.push.interval);
  if (!IsGiven(spec, "push_time")) options.push.push_time = environment.timeout.value_or(options.push.push_time);
  options.headers = HeadersOf(spec, std::move(environment.headers));
  options.resource = std::move(environment.resource);
  options.notes = std::move(environment.notes);
  return options;
}

}  // namespace streamhouse::exporters
