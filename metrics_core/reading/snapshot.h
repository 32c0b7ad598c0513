// Snapshot: the values of every family at one scrape, flat and without atomics; what encoders read.
//
// A snapshot borrows what its registry holds, and may outlive the registry.
// When to use something else: MetricReader (testing/metric_reader.h) in tests; CombinedView
// (exporters/view) for several registries.
// Guarantees:
// 1. Families stand in registration order, series in the order in which they were first used. A new
//    series may take the place of one that was removed. A series never moves. Between snapshots, a
//    series is known by its label text and its start time: the next series i may be another one.
// 2. In a callback family with a callback of AddMany(), the series of the newest callback come
//    first.
// 3. Within one series of a histogram, count == the sum of bucket_counts, always.
// 4. Two series, or two families, may be read at slightly different moments.
// 5. A counter never runs backwards from one snapshot to the next. Nor do the count and the buckets
//    of a histogram. Its sum may: values may be negative. Callback families show what they are
//    told.
// 6. The schema of an exponential histogram may fall, and never rises. Its older buckets can be
//    subtracted once ReduceExponentialIndex() has brought their indexes to the newer schema.
// Thread safety: any number of threads may read one.
// Cost: no allocation that grows with the number of series in a steady state; buffers return on
// destruction. That holds for a reader that keeps a snapshot until it has the next one. While a
// snapshot is kept, the series that were removed since it was taken stay in memory.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics {

class SnapshotBuilder;

// What the metrics of a registry describe: the process, by names and values such as
// {"service.name", "relay"}.
using TargetAttributes = std::vector<std::pair<std::string, std::string>>;

// The family that shows the attributes on a page. Exporters whose format has another place for them
// leave it out.
inline constexpr std::string_view kTargetFamily = "target_info";

class FamilySnapshot {
 public:
  const FamilyInfo& info() const { return *info_; }
  std::size_t size() const { return labels_.size(); }

  // The labels of series i as they stand between the braces of a page: name="value", with \ " and
  // newline escaped, joined by commas, no braces; empty without labels. Valid UTF-8.
  std::string_view label_text(std::size_t i) const { return labels_[i]; }

  // Calls `visitor` with the values, as one alternative of FamilyValues.
  template <typename Visitor>
  decltype(auto) Visit(Visitor&& visitor) const {
    return std::visit(std::forward<Visitor>(visitor), values_);
  }

  // The values of a family whose kind and numbers the caller knows. Others end the program.
  template <typename Values>
  const Values& As() const {
    const Values* const values = std::get_if<Values>(&values_);
    Check(values != nullptr, "metric \"" + info_->name + "\" has values of another kind");
    return *values;
  }

  // When series i began to count, where info().has_created: milliseconds of Unix time.
  std::int64_t created_unix_milliseconds(std::size_t i) const { return created_[i]; }

 private:
  friend class SnapshotBuilder;

  const FamilyInfo* info_ = nullptr;
  std::span<const std::string_view> labels_;
  FamilyValues values_;
  std::span<const std::int64_t> created_;  // where the family has them
};

class Snapshot {
 public:
  Snapshot() = default;
  Snapshot(Snapshot&&) noexcept = default;
  Snapshot& operator=(Snapshot&&) noexcept = default;
  ~Snapshot() = default;

  std::span<const FamilySnapshot> families() const { return families_; }

  // When it was taken, by the wall clock; the beginning of Unix time where its maker did not say.
  std::chrono::system_clock::time_point taken_at() const { return taken_at_; }

  // What the metrics describe; empty where the registry has no target.
  const TargetAttributes& target() const {
    static const TargetAttributes no_attributes;
    return target_ == nullptr ? no_attributes : *target_;
  }

 private:
  friend class SnapshotBuilder;

  std::span<const FamilySnapshot> families_;
  std::chrono::system_clock::time_point taken_at_;
  std::shared_ptr<const TargetAttributes> target_;
  std::shared_ptr<void> buffers_;  // gives its memory back to the registry
};

}  // namespace streamhouse::metrics
