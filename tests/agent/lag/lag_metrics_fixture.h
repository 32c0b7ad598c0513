// LagMetricsFixture: the families of LagMetrics in a registry, and what a page shows of them.
//
// When to use something else: lag_fixture.h, for a LagRefresh with logs and groups.
// Thread safety: one thread.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>

#include "agent/lag/lag_metrics.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::agent {

class LagMetricsFixture : public testing::Test {
 protected:
  std::optional<double> Value(const std::string& name, metrics::testing::LabelPairs labels = {}) {
    return metrics::testing::MetricReader(registry_).Value("streamhouse_agent_" + name, labels);
  }
  std::size_t Count(const std::string& name) {
    return metrics::testing::MetricReader(registry_).SeriesCount("streamhouse_agent_" + name);
  }

  // The series of all families that have labels of a topic or group.
  std::size_t CountOfTopicsAndGroups() {
    std::size_t count = 0;
    const metrics::Snapshot page = registry_.TakeSnapshot();
    for (const metrics::FamilySnapshot& family : page.families()) {
      const auto& labels = family.info().label_names;
      if (!labels.empty() && labels.front() != "outcome") count += family.size();
    }
    return count;
  }

  metrics::Registry registry_;
  const LagMetrics families_ = LagMetrics::Register(registry_).value();
};

}  // namespace streamhouse::agent
