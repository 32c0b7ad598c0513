#include "exporters/c_api.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "exporters/builtin_exporters.h"
#include "exporters/exporter_registry.h"
#include "metrics_core/c_api/bridge.h"
#include "metrics_core/exporter.h"
#include "metrics_core/health.h"
#include "metrics_core/status.h"

namespace metrics = streamhouse::metrics;

struct streamhouse_exporter {
  std::unique_ptr<streamhouse::metrics::Exporter> exporter;
  std::string name;
};

namespace streamhouse::exporters {
namespace {

using metrics::Check;
using metrics::Result;
using metrics::Status;

// Frozen, as its header says.
static_assert(sizeof(streamhouse_log) == 3 * sizeof(void*));
// A longer struct adds members behind these, not in a gap at their end.
static_assert(offsetof(streamhouse_exporter_options, log) + sizeof(streamhouse_log) ==
              sizeof(streamhouse_exporter_options));

const metrics::Health& AlwaysReady() {
  static const metrics::Health* const health = new metrics::Health;
  return *health;
}

// The log as a function that owns the user data.
std::function<void(std::string_view)> LogOf(const streamhouse_log& log) {
  if (log.write == nullptr && log.destroy == nullptr) return {};
  const auto destroy = [destroy = log.destroy](void* data) {
    if (destroy != nullptr) destroy(data);
  };
  const std::shared_ptr<void> data(log.user_data, destroy);
  return [data, write = log.write](std::string_view line) {
    if (write != nullptr) write(data.get(), std::string(line).c_str());
  };
}

void Destroy(const streamhouse_log& log) {
  // The function owns the user data; with it goes the last owner.
  static_cast<void>(LogOf(log));
}

ExporterContext ContextOf(const streamhouse_exporter_options& options) {
  Check(options.registry != nullptr, "C API: an exporter has no registry");
  ExporterContext context = {
      .registry = metrics::RegistryOf(*options.registry),
      .health = options.health == nullptr ? AlwaysReady() : metrics::HealthOf(*options.health),
      .more_registries = {},
      .log = LogOf(options.log),
  };
  for (std::size_t i = 0; i < options.more_registry_count; ++i) {
    Check(options.more_registries != nullptr && options.more_registries[i] != nullptr, "C API: a registry is null");
    context.more_registries.push_back(&metrics::RegistryOf(*options.more_registries[i]));
  }
  return context;
}

Result<std::unique_ptr<streamhouse_exporter>> Start(const char* spec, const ExporterContext& context) {
  ExporterRegistry::MadeExporter made = BuiltinExporters().MakeExporter(spec, context);
  if (!made.ok()) return made.status();
  auto started = std::make_unique<streamhouse_exporter>();
  started->exporter = *std::move(made);
  const Status status = started->exporter->Start();
  started->name = started->exporter->Name();
  if (!status.ok()) return status.WithMessage(started->name + ": " + status.message());
  return started;
}

}  // namespace
}  // namespace streamhouse::exporters

streamhouse_status streamhouse_exporter_start(const char* spec, const streamhouse_exporter_options* options,
                                              streamhouse_exporter** exporter) noexcept {
  metrics::Check(spec != nullptr && options != nullptr && exporter != nullptr,
                 "C API: the spec, the options or the place for an exporter is null");
  *exporter = nullptr;
  const metrics::Result<streamhouse_exporter_options> known = metrics::KnownOptions(*options);
  if (!known.ok()) {
    // What the caller has given away is destroyed, as far as the struct has it.
    const bool has_log = options->size >= sizeof(*options) && options->size <= STREAMHOUSE_OPTION_BYTES_MAX;
    if (has_log) streamhouse::exporters::Destroy(options->log);
    return metrics::ToC(known.status());
  }
  if (known->more_registry_count > STREAMHOUSE_MORE_REGISTRIES_MAX) {
    streamhouse::exporters::Destroy(known->log);
    return metrics::ToC(
        metrics::InvalidField("more_registry_count", "is above " + std::to_string(STREAMHOUSE_MORE_REGISTRIES_MAX)));
  }
  auto started = streamhouse::exporters::Start(spec, streamhouse::exporters::ContextOf(known.value()));
  if (!started.ok()) return metrics::ToC(started.status());
  *exporter = (*std::move(started)).release();
  return metrics::ToC(metrics::Status::Ok());
}

const char* streamhouse_exporter_name(const streamhouse_exporter* exporter) noexcept {
  metrics::Check(exporter != nullptr, "C API: an exporter is null");
  return exporter->name.c_str();
}

void streamhouse_exporter_stop(streamhouse_exporter* exporter) noexcept {
  if (exporter != nullptr) exporter->exporter->Stop();
  delete exporter;
}
