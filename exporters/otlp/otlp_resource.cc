#include "exporters/otlp/otlp_resource.h"

#include <errno.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "metrics_core/text/utf8.h"
#include "metrics_core/version.h"

namespace streamhouse::exporters {
namespace {

using metrics::TargetAttributes;

std::string ValidText(std::string_view text) {
  std::string storage;
  return std::string(metrics::ToValidUtf8(text, storage));
}

void AddMissing(const TargetAttributes& from, TargetAttributes& to) {
  for (const auto& [key, value] : from) {
    std::string valid = ValidText(key);
    const bool is_there = std::any_of(to.begin(), to.end(), [&](const auto& other) { return other.first == valid; });
    if (!valid.empty() && !is_there) to.emplace_back(std::move(valid), ValidText(value));
  }
}

TargetAttributes Defaults() {
  return {
      {"service.name", std::string("unknown_service:") + program_invocation_short_name},
      {"telemetry.sdk.name", "streamhouse"},
      {"telemetry.sdk.language", "cpp"},
      {"telemetry.sdk.version", std::string(metrics::kVersion)},
  };
}

}  // namespace

TargetAttributes OtlpResource(const TargetAttributes& target, const TargetAttributes& more) {
  TargetAttributes resource;
  AddMissing(target, resource);
  AddMissing(more, resource);
  AddMissing(Defaults(), resource);
  return resource;
}

}  // namespace streamhouse::exporters
