// ExporterRegistry: makes exporters of specs, by their scheme.
//
// A program takes a list of specs from its operator and owns what comes out of here; it never
// learns what kinds there are.
// When to use something else: a program with one fixed exporter makes it itself. BuiltinExporters()
// (builtin_exporters.h) knows the schemes of this project; a program adds its own with Register().
// Guarantees:
// 1. MakeExporter() calls the factory of the scheme once.
// 2. The exporter that it returns is not started.
// Thread safety: MakeExporter from any thread once all schemes are registered.
// Cost: at set-up only: a look-up of the scheme, and that of the factory.
// Errors: InvalidArgument, naming the spec and what is bad about it, for one that cannot be made;
// AlreadyExists for a scheme that is taken.
//
//   ExporterRegistry exporters = BuiltinExporters();
//   const auto make_console = [](const ExporterSpec&, const ExporterContext& context) { … };
//   if (Status added = exporters.Register("console", make_console); !added.ok()) return added;
//   auto exporter = exporters.MakeExporter("prometheus://0.0.0.0:8080", context);
//   if (!exporter.ok()) return exporter.status();
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/exporter_spec.h"
#include "metrics_core/exporter.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

// What exporters may use; one a registry. All of it must outlive the exporters.
struct ExporterContext {
  metrics::Registry& registry;
  const metrics::Health& health;
  std::vector<metrics::Registry*> more_registries = {};  // as those of plug-ins: on the same pages (combined_view.h)
  // Takes one line for operators, from any thread, such as why pushes fail. Empty: there is no log.
  std::function<void(std::string_view line)> log = {};
};

class ExporterRegistry {
 public:
  using MadeExporter = metrics::Result<std::unique_ptr<metrics::Exporter>>;
  using Factory = std::function<MadeExporter(const ExporterSpec&, const ExporterContext&)>;

  metrics::Status Register(std::string scheme, Factory factory);

  // Made, not started.
  MadeExporter MakeExporter(std::string_view spec, const ExporterContext& context) const;

 private:
  std::map<std::string, Factory, std::less<>> factories_;
};

}  // namespace streamhouse::exporters
