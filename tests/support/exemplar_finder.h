// FindExemplar: an exemplar of a family, wherever it stands.
//
// When to use something else: metrics::testing::MetricReader, for values.
// Thread safety: any thread. Cost: a snapshot.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "metrics_core/exemplar.h"
#include "metrics_core/registry.h"
#include "metrics_core/snapshot.h"

namespace streamhouse {

// The first one of a histogram, by series and bucket; nothing when there is none.
inline std::optional<metrics::Exemplar> FindExemplar(metrics::Registry& registry, std::string_view family) {
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  for (const metrics::FamilySnapshot& candidate : snapshot.families()) {
    if (candidate.info().name != family) continue;
    for (std::size_t series = 0; series < candidate.size(); ++series) {
      for (std::size_t bucket = 0; bucket <= candidate.info().bounds.size(); ++bucket) {
        if (const metrics::Exemplar* found = candidate.exemplar(series, bucket)) return *found;
      }
    }
  }
  return std::nullopt;
}

}  // namespace streamhouse
