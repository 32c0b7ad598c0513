// MetricReader: the values of a registry at one moment, asked for by name and labels, for tests.
//
// When to use something else: PageDifference (page_comparison.h), where all of a registry's values
// are of interest.
// Guarantees: all values of one reader are of one snapshot, taken when the reader was made.
// Thread safety: one thread a reader.
// Cost: a snapshot; a search a question. The reader may outlive the registry.
//
//   EXPECT_EQ(MetricReader(registry).Value("requests_total", {{"method", "Produce"}, {"code", "OK"}}), 3);
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"

namespace streamhouse::metrics::testing {

// Label names and values, in any order. A series is meant that has them all; it may have more, if
// it is the only one.
using LabelPairs = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// The value of a series of a counter, up-down counter or gauge, 1 for an info; nothing for other
// kinds.
std::optional<double> NumberOf(const FamilySnapshot& family, std::size_t series);

// The classic histograms of a family, also of an exponential one; null for other kinds.
const HistogramValues* HistogramsOf(const FamilySnapshot& family);

class MetricReader {
 public:
  explicit MetricReader(Registry& registry) : snapshot_(registry.TakeSnapshot()) {}

  // As NumberOf(); nothing when there is no such series. Several that match end the program.
  std::optional<double> Value(std::string_view family, LabelPairs labels = {}) const;

  // As HistogramsOf(); nothing when there is no such series. Its buckets belong to the reader's
  // snapshot: keep the reader.
  std::optional<HistogramValue> Histogram(std::string_view family, LabelPairs labels = {}) const;

  // How many series the family has; 0 when there is no such family.
  std::size_t SeriesCount(std::string_view family) const;

 private:
  struct SeriesPosition {
    const FamilySnapshot* family;
    std::size_t series;
  };

  const FamilySnapshot* FindFamily(std::string_view name) const;
  std::optional<SeriesPosition> Find(std::string_view family, LabelPairs labels) const;

  const Snapshot snapshot_;
};

}  // namespace streamhouse::metrics::testing
