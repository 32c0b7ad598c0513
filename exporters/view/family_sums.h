// FamilySums: the values of one family, summed over the series that a view does not tell apart.
//
// Rules: counters and buckets add up modulo 2^64, as they count themselves; doubles in the order of the series; gauges
// by their FamilyInfo::aggregation, of which a maximum passes over NaN; exponential histograms as ExponentialSum says;
// of exemplars the newest in each bucket stays, of creation times the oldest. Thread safety: one thread.
// Cost: memory for the values of each group, whatever the number of series.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "exporters/view/exponential_sum.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/snapshot.h"
#include "metrics_core/snapshot_builder.h"

namespace streamhouse::exporters {

class FamilySums {
 public:
  // `info` must outlive it.
  explicit FamilySums(const metrics::FamilyInfo& info) : info_(info) {}

  // Adds a series of `family` to a group: one that is there, or the next one.
  void Add(const metrics::FamilySnapshot& family, std::size_t series, std::size_t group);

  // Appends the groups, whose texts these are, in their order.
  template <typename Texts>
  void AppendTo(metrics::SnapshotBuilder& builder, const Texts& texts) const {
    std::size_t group = 0;
    for (const std::string& text : texts) AppendGroup(builder, text, group++);
  }

 private:
  std::size_t values_per_series() const {
    return info_.type == metrics::MetricType::kHistogram ? info_.bounds.size() + 1 : 1;
  }
  void AddScalar(std::uint64_t added, std::uint64_t& total) const;
  void AddHistogram(const metrics::FamilySnapshot& family, std::size_t series, std::size_t group);
  void AddCreated(std::int64_t unix_milliseconds, std::size_t group);
  void AddExemplars(const metrics::FamilySnapshot& family, std::size_t series, std::size_t group);
  void AppendGroup(metrics::SnapshotBuilder& builder, const std::string& text, std::size_t group) const;

  const metrics::FamilyInfo& info_;
  // Of each group: values_per_series() of the first two, one of the others.
  std::vector<std::uint64_t> values_;
  std::vector<std::optional<metrics::Exemplar>> exemplars_;
  std::vector<double> sums_;
  std::vector<std::uint64_t> counts_;
  std::vector<ExponentialSum> exponentials_;
  std::vector<std::int64_t> created_;
};

}  // namespace streamhouse::exporters
