// Which exemplars of a series a batch sends, and in which order.
//
// Guarantees: those of (exemplars_after, unix_milliseconds], by time; of a native histogram the
// kNativeExemplarsMax newest.
// Thread safety: one thread at a time.
// Cost: memory is reused from one series to the next.
#pragma once

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <vector>

#include "exporters/encoding/exemplar_labels.h"
#include "exporters/remote_write/remote_write_batch.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/reading/family_values.h"

namespace streamhouse::exporters {

// As many as client libraries of Prometheus keep.
inline constexpr std::size_t kNativeExemplarsMax = 10;

// What an exemplar takes at most in a request, with its labels.
inline constexpr std::size_t kSentExemplarBytesMax = 160;

inline bool IsFresh(const metrics::Exemplar& exemplar, const RemoteWriteBatch& batch) {
  return exemplar.unix_milliseconds > batch.exemplars_after && exemplar.unix_milliseconds <= batch.unix_milliseconds;
}

// The labels of an exemplar in the order of their names.
class SortedExemplarLabels {
 public:
  static constexpr std::size_t kCount = 2;

  explicit SortedExemplarLabels(const metrics::Exemplar& exemplar) : labels_(exemplar) {
    std::copy(labels_.begin(), labels_.end(), sorted_);
    std::sort(sorted_, sorted_ + kCount, [](const auto& a, const auto& b) { return a.name < b.name; });
  }

  const ExemplarLabel& operator[](std::size_t i) const { return sorted_[i]; }

 private:
  const ExemplarLabels labels_;
  ExemplarLabel sorted_[kCount];
};

class FreshExemplars {
 public:
  // Those of all buckets of a series.
  void Assign(const metrics::HistogramValues& histograms, std::size_t series, const RemoteWriteBatch& batch) {
    exemplars_.clear();
    for (std::size_t bucket = 0; bucket <= histograms.bounds.size(); ++bucket) {
      const metrics::Exemplar* const exemplar = histograms.exemplars.At(series, bucket);
      if (exemplar != nullptr && IsFresh(*exemplar, batch)) exemplars_.push_back(exemplar);
    }
    std::sort(exemplars_.begin(), exemplars_.end(), [](const auto* a, const auto* b) {
      return std::tie(a->unix_milliseconds, a->value) < std::tie(b->unix_milliseconds, b->value);
    });
    if (exemplars_.size() > kNativeExemplarsMax)
      exemplars_.erase(exemplars_.begin(), exemplars_.end() - kNativeExemplarsMax);
  }

  auto begin() const { return exemplars_.begin(); }
  auto end() const { return exemplars_.end(); }

 private:
  std::vector<const metrics::Exemplar*> exemplars_;
};

}  // namespace streamhouse::exporters
