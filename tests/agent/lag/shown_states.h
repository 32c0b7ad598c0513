// ShownStates: which states of consumer groups are on, on a page.
//
// When to use something else: MetricReader, for all kinds but state sets.
// Thread safety: a pure function.
#pragma once

#include <cstddef>
#include <string>

#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"

namespace streamhouse::agent {

// Of all groups, in their order, for example "empty active".
inline std::string ShownStates(metrics::Registry& registry) {
  std::string shown;
  const metrics::Snapshot page = registry.TakeSnapshot();
  for (const metrics::FamilySnapshot& family : page.families()) {
    if (family.info().name != "streamhouse_agent_group_state") continue;
    const auto& values = family.As<metrics::StateSetValues>();
    for (std::size_t series = 0; series < family.size(); ++series) {
      for (std::size_t state = 0; state < values.states.size(); ++state) {
        if (values.IsOn(series, state)) shown += (shown.empty() ? "" : " ") + values.states[state];
      }
    }
  }
  return shown;
}

}  // namespace streamhouse::agent
