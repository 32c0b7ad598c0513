// ProcessContextExporter: shows what a registry describes to readers outside of the process, as a
// process context of OpenTelemetry (OTEP 4719).
//
// Profilers put the same resource on their data.
//
// When to use something else: the exporters of otlp/ send the same attributes with the metrics. No
// other exporter needs this one.
// Guarantees:
// 1. The attributes are those of OtlpResource(), with `resource` of the options.
// 2. Start() publishes them; Stop() and the destructor withdraw them. It can be started again.
// 3. Children of fork() show them too; programs after exec do not.
// The specification is in development: readers may come to want another form.
// Thread safety: as for each exporter.
// Cost: no thread; see published_context.h.
// Errors: those of ContextPayload() and PublishContext(); FailedPrecondition for a second Start().
//
//   ResourceEnvironment environment = ReadResourceEnvironment(LookUpEnvironment);
//   ProcessContextExporter context(registry, {.resource = std::move(environment.resource)});
//   if (Status started = context.Start(); !started.ok()) return started;
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics_core/exporter.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

struct ProcessContextOptions {
  metrics::TargetAttributes resource = {};              // of the operator (otlp_environment.h)
  std::vector<std::string> notes = {};                  // lines for the log at the start
  std::function<void(std::string_view line)> log = {};  // empty: there is no log
};

class ProcessContextExporter : public metrics::Exporter {
 public:
  // The registry must outlive Start().
  explicit ProcessContextExporter(metrics::Registry& registry, ProcessContextOptions options = {})
      : registry_(registry), options_(std::move(options)) {}
  ~ProcessContextExporter() override;  // stops
  ProcessContextExporter(const ProcessContextExporter&) = delete;
  ProcessContextExporter& operator=(const ProcessContextExporter&) = delete;

  std::string_view Name() const override { return "process-context://"; }

  metrics::Status Start() override;
  // Waits for nothing.
  void Stop() override;

 private:
  metrics::Registry& registry_;
  const ProcessContextOptions options_;
  bool is_published_ = false;
};

}  // namespace streamhouse::exporters
