// A registry whose names are no legacy names, but one.
#pragma once

#include <memory>

#include "metrics_core/naming/metric_name.h"
#include "metrics_core/registry.h"
#include "tests/exporters/support/page.h"

namespace streamhouse::exporters {

inline std::unique_ptr<metrics::Registry> Utf8Registry() {
  auto registry = std::make_unique<metrics::Registry>(metrics::RegistryOptions{.names = metrics::NameRules::kUtf8});
  registry->AddGauge({.name = "plain", .help = "P", .labels = {"a"}}).value().With("b").Set(1);
  registry->AddCounter({.name = "http.requests_total", .help = "R", .labels = {"url.path", "code"}})
      .value()
      .With("/\"x\"", "200")
      .Increment(2);
  registry->AddGauge({.name = "tief\xC3\xA4\"\\", .help = "T"}).value().With().Set(3);
  registry->AddHistogram({.name = "wait.s", .help = "W"}, Bounds({1})).value().With().Observe(2);
  return registry;
}

}  // namespace streamhouse::exporters
