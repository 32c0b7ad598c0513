// Lint: what the Prometheus naming guide would say of a registry's metrics, for tests.
//
// When to use something else: promtool, on pages of other programs.
// Guarantees:
// 1. The rules and their wording are promlint's, which `promtool check metrics` prints.
// 2. What registration refuses (metric_name.h) cannot occur.
// Thread safety: any thread.
// Cost: a snapshot.
//
//   EXPECT_THAT(Lint(registry), IsEmpty());
#pragma once

#include <string>
#include <vector>

#include "metrics_core/registry.h"

namespace streamhouse::metrics::testing {

// Each problem as `metric text`, sorted, for example
// `queue_ms metric names should not contain abbreviated units`.
std::vector<std::string> Lint(Registry& registry);

}  // namespace streamhouse::metrics::testing
