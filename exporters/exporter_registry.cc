#include "exporters/exporter_registry.h"

#include <utility>

namespace streamhouse::exporters {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

// NOLINTNEXTLINE(performance-unnecessary-value-param): it is moved, below
Status ExporterRegistry::Register(std::string scheme, Factory factory) {
  const auto [place, added] = factories_.try_emplace(std::move(scheme), std::move(factory));
  if (added) return Status::Ok();
  return Status(StatusCode::kAlreadyExists, "the exporter scheme " + place->first + " is taken");
}

ExporterRegistry::MadeExporter ExporterRegistry::MakeExporter(std::string_view text,
                                                              const ExporterContext& context) const {
  Result<ExporterSpec> spec = ParseExporterSpec(text);
  if (!spec.ok()) return spec.status();
  const auto factory = factories_.find(spec->scheme);
  if (factory != factories_.end()) return factory->second(*spec, context);
  std::string schemes;
  for (const auto& [scheme, unused] : factories_) schemes += (schemes.empty() ? "" : ", ") + scheme;
  return BadSpec(*spec, "scheme", "there is no scheme " + spec->scheme + "; there are " + schemes);
}

}  // namespace streamhouse::exporters
