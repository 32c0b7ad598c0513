// MetricsPage: the values of a registry at one moment, looked up by name and labels, for tests.
//
//   EXPECT_EQ(MetricsPage(registry).Value("records_sent_total", "topic=\"orders\""), 3);
#pragma once

#include <optional>
#include <string_view>

#include "metrics_core/registry.h"
#include "metrics_core/snapshot.h"

namespace streamhouse::client {

class MetricsPage {
 public:
  explicit MetricsPage(metrics::Registry& registry) : snapshot_(registry.TakeSnapshot()) {}

  // Of a counter or gauge; -1 when there is no such series.
  double Value(std::string_view name, std::string_view labels) const {
    const auto found = Find(name, labels);
    if (!found) return -1;
    switch (found->family->info().number) {
      case metrics::NumberKind::kUint64:
        return static_cast<double>(found->family->uint64_value(found->series));
      case metrics::NumberKind::kInt64:
        return static_cast<double>(found->family->int64_value(found->series));
      case metrics::NumberKind::kDouble:
        return found->family->double_value(found->series);
    }
    return -1;
  }

  bool Has(std::string_view name, std::string_view labels) const { return Find(name, labels).has_value(); }

  // Of a histogram; zeros when there is no such series.
  metrics::HistogramValue Histogram(std::string_view name, std::string_view labels) const {
    const auto found = Find(name, labels);
    return found ? found->family->histogram_value(found->series) : metrics::HistogramValue();
  }

 private:
  struct Series {
    const metrics::FamilySnapshot* family;
    std::size_t series;
  };

  std::optional<Series> Find(std::string_view name, std::string_view labels) const {
    for (const metrics::FamilySnapshot& family : snapshot_.families()) {
      if (family.info().name != name) continue;
      for (std::size_t i = 0; i < family.size(); ++i) {
        if (family.label_text(i) == labels) return Series{&family, i};
      }
    }
    return std::nullopt;
  }

  metrics::Snapshot snapshot_;
};

}  // namespace streamhouse::client
