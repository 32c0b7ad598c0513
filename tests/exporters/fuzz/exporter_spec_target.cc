#include <string>
#include <string_view>

#include "exporters/builtin_exporters.h"
#include "exporters/exporter_registry.h"
#include "exporters/exporter_spec.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "tests/exporters/fuzz/fuzz_targets.h"

namespace streamhouse::exporters {
namespace {

using metrics::Check;
using metrics::Result;

std::string Encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    encoded.append("%").append(1, kDigits[byte / 16]).append(1, kDigits[byte % 16]);
  }
  return encoded;
}

// Another text that means the same.
std::string Respelled(const ExporterSpec& spec) {
  std::string text = spec.scheme + (spec.unix_socket ? ":" : "://");
  if (spec.unix_socket) {
    const std::string& socket = spec.unix_socket->path;
    text += (spec.unix_socket->is_abstract() ? "@" : "///") + Encoded(socket.substr(1));
    if (!spec.path.empty()) text += ":";
  } else {
    text += spec.host.find(':') == std::string::npos ? spec.host : "[" + spec.host + "]";
    if (spec.port) text += ":" + std::to_string(*spec.port);
  }
  if (!spec.path.empty()) text += "/" + Encoded(spec.path.substr(1));
  char separator = '?';
  for (const auto& [name, value] : spec.options) {
    text.append(1, separator).append(name).append("=").append(Encoded(value));
    separator = '&';
  }
  return text;
}

void CheckRespelling(const ExporterSpec& spec) {
  const Result<ExporterSpec> again = ParseExporterSpec(Respelled(spec));
  Check(again.ok(), "a respelled specification is refused");
  Check(again->scheme == spec.scheme && again->host == spec.host && again->port == spec.port &&
            again->unix_socket.has_value() == spec.unix_socket.has_value() &&
            (!spec.unix_socket || again->unix_socket->path == spec.unix_socket->path) && again->path == spec.path &&
            again->options == spec.options,
        "a respelled specification means something else");
}

}  // namespace

void FuzzExporterSpec(std::string_view spec) {
  const Result<ExporterSpec> parsed = ParseExporterSpec(spec);
  if (parsed.ok()) CheckRespelling(*parsed);
  metrics::Registry registry;
  const metrics::Health health;
  static const auto* const kExporters = new ExporterRegistry(BuiltinExporters());
  const auto made = kExporters->MakeExporter(spec, {.registry = registry, .health = health});
  Check(parsed.ok() || !made.ok(), "an exporter of a malformed specification");
  if (made.ok()) return Check((*made)->Name().starts_with(parsed->scheme + ":"), "an exporter of another scheme");
  Check(made.status().code() == metrics::StatusCode::kInvalidArgument, "an error of another kind");
  Check(std::string_view(made.status().message()).find(spec) != std::string_view::npos,
        "an error that does not say of what");
}

}  // namespace streamhouse::exporters
