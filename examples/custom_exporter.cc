// An exporter of one's own, chosen by the operator like any other: custom_exporter prometheus://:0
// count://letters
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/builtin_exporters.h"
#include "exporters/exporter_registry.h"
#include "exporters/exporter_spec.h"
#include "metrics_core/exporter.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace exporters = streamhouse::exporters;
namespace metrics = streamhouse::metrics;

// Prints, at the end, how many families there are.
class CountExporter : public metrics::Exporter {
 public:
  CountExporter(std::string name, metrics::Registry& registry) : name_(std::move(name)), registry_(registry) {}
  std::string_view Name() const override { return name_; }
  metrics::Status Start() override {
    if (state_ != State::kNew) return {metrics::StatusCode::kFailedPrecondition, "the exporter was started already"};
    state_ = State::kStarted;
    return metrics::Status::Ok();
  }
  void Stop() override {
    if (state_ == State::kStarted) {
      std::printf("%s: %zu\n", name_.c_str(), registry_.TakeSnapshot().families().size());
    }
    state_ = State::kStopped;
  }

 private:
  enum class State : std::uint8_t { kNew, kStarted, kStopped };

  const std::string name_;
  metrics::Registry& registry_;
  State state_ = State::kNew;
};

int main(int count, char** arguments) {
  metrics::Registry registry;
  const metrics::Health health;
  const exporters::ExporterContext context{registry, health};
  exporters::ExporterRegistry known = exporters::BuiltinExporters();
  const auto make = [](const exporters::ExporterSpec& spec, const exporters::ExporterContext& made_for) {
    return exporters::ExporterRegistry::MadeExporter(std::make_unique<CountExporter>(spec.host, made_for.registry));
  };
  if (!known.Register("count", make).ok()) return 1;

  std::vector<std::unique_ptr<metrics::Exporter>> running;
  for (int i = 1; i < count; ++i) {
    auto exporter = known.MakeExporter(arguments[i], context);
    if (!exporter.ok()) return std::fprintf(stderr, "%s\n", exporter.status().message().c_str()), 1;
    const metrics::Status started = (*exporter)->Start();
    const std::string name((*exporter)->Name());
    if (!started.ok()) return std::fprintf(stderr, "%s: %s\n", name.c_str(), started.message().c_str()), 1;
    std::printf("started %s\n", name.c_str());
    running.push_back(*std::move(exporter));
  }
  for (const auto& exporter : running) exporter->Stop();
}
