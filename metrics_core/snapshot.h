// Snapshot: the values of every family at one scrape, flat and without atomics; what encoders read.
//
// Families stand in registration order, series in the order in which they were first used, except that a new series may
// take the place of one that was removed; a series never moves. A snapshot borrows what its registry holds, and may
// outlive the registry. Thread safety: any number of threads may read one.
// Guarantees: within one series of a histogram, count == the sum of bucket_counts, always. Two series, or two
// families, may be read at slightly different moments. A counter never runs backwards from one snapshot to the
// next. Cost: no allocation that grows with the number of series in a steady state; buffers return on destruction.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/exemplar.h"
#include "metrics_core/metric_options.h"

namespace streamhouse::metrics {

class SnapshotBuilder;

enum class MetricType : std::uint8_t { kCounter, kGauge, kHistogram };

// How the 64 bits of a scalar value are to be read.
enum class NumberKind : std::uint8_t { kUint64, kInt64, kDouble };

// What is the same for all series of one family.
struct FamilyInfo {
  std::string name;  // as registered, counters with their "_total"
  std::string help;
  std::string unit;  // a base unit such as "seconds", or empty; the name ends with it (before "_total")
  MetricType type = MetricType::kCounter;
  NumberKind number = NumberKind::kUint64;  // of a counter or gauge; histograms have double sums
  std::vector<std::string> label_names;     // in the order of the label text
  std::vector<double> bounds;               // of a histogram: finite, ascending upper bounds, (lower, upper]
  bool has_exemplars = false;               // its series may have them
  bool has_created = false;                 // counters and histograms whose registry keeps creation times
  bool is_exponential = false;              // a histogram that can be read at its own resolution as well
  Aggregation aggregation = Aggregation::kSum;
};

struct HistogramValue {
  std::span<const std::uint64_t> bucket_counts;  // not cumulative; bounds.size() + 1, the last one up to +Inf
  double sum = 0;                                // in the unit of the family
  std::uint64_t count = 0;
};

// An exponential histogram at its own resolution (exponential_scale.h).
struct ExponentialValue {
  int schema = 0;
  std::int32_t first_index = 0;                  // of bucket_counts[0]; the others follow without gaps
  std::span<const std::uint64_t> bucket_counts;  // not cumulative; empty when there are only zeros
  double zero_threshold = 0;                     // the same for all series of a family
  std::uint64_t zero_count = 0;                  // values in [0, zero_threshold]
  double sum = 0;
  std::uint64_t count = 0;  // == zero_count and the sum of bucket_counts
};

class FamilySnapshot {
 public:
  const FamilyInfo& info() const { return *info_; }
  std::size_t size() const { return labels_.size(); }

  // The labels of series i as they stand between the braces of a page: name="value", with \ " and newline
  // escaped, joined by commas, no braces; empty without labels. Valid UTF-8.
  std::string_view label_text(std::size_t i) const { return labels_[i]; }

  // The value of series i of a counter or gauge: the one that info().number names.
  std::uint64_t uint64_value(std::size_t i) const { return values_[i]; }
  std::int64_t int64_value(std::size_t i) const { return static_cast<std::int64_t>(values_[i]); }
  double double_value(std::size_t i) const { return std::bit_cast<double>(values_[i]); }

  // The value of series i of a histogram; of an exponential one, as a classic histogram with info().bounds.
  HistogramValue histogram_value(std::size_t i) const {
    const std::size_t stride = info_->bounds.size() + 1;
    return {.bucket_counts = values_.subspan(i * stride, stride), .sum = sums_[i], .count = counts_[i]};
  }

  // The exemplar of a bucket of series i (of a counter: bucket 0), or null.
  const Exemplar* exemplar(std::size_t i, std::size_t bucket = 0) const {
    if (!info_->has_exemplars) return nullptr;
    const std::optional<Exemplar>& found = exemplars_[i * exemplars_per_series() + bucket];
    return found ? &*found : nullptr;
  }

  // When series i was made, where info().has_created: milliseconds of Unix time.
  std::int64_t created_unix_milliseconds(std::size_t i) const { return created_[i]; }

  // Whether the histograms of this family are exponential, and then the value of series i at full resolution.
  bool is_exponential() const { return info_->is_exponential; }
  const ExponentialValue& exponential_value(std::size_t i) const { return exponentials_[i]; }

 private:
  friend class SnapshotBuilder;

  std::size_t exemplars_per_series() const {
    return info_->type == MetricType::kHistogram ? info_->bounds.size() + 1 : 1;
  }

  const FamilyInfo* info_ = nullptr;
  std::span<const std::string_view> labels_;
  std::span<const std::uint64_t> values_;               // scalars: one a series; histograms: bounds + 1 a series
  std::span<const double> sums_;                        // histograms only
  std::span<const std::uint64_t> counts_;               // histograms only
  std::span<const std::optional<Exemplar>> exemplars_;  // where the family has them: one a bucket
  std::span<const ExponentialValue> exponentials_;      // exponential histograms only
  std::span<const std::int64_t> created_;               // where the family has them
};

class Snapshot {
 public:
  Snapshot() = default;
  Snapshot(Snapshot&&) noexcept = default;
  Snapshot& operator=(Snapshot&&) noexcept = default;
  ~Snapshot() = default;

  std::span<const FamilySnapshot> families() const { return families_; }

 private:
  friend class SnapshotBuilder;

  std::span<const FamilySnapshot> families_;
  std::shared_ptr<void> buffers_;  // gives its memory back to the registry
};

}  // namespace streamhouse::metrics
