// Summaries: counts and sums of librdkafka's windows, added up: summaries without quantiles.
//
// When to use something else: a histogram, for single values.
// Guarantees: count and sum of a series never fall, while clients come and go.
// Thread safety: Add() from any thread, also while a page is made.
// Cost: Add() is a lock and a look-up; a page takes the lock for each family.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "metrics_core/callback_family.h"
#include "metrics_core/callback_values.h"
#include "metrics_core/metric_options.h"
#include "metrics_core/mutex.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::librdkafka {

// kLabels: how many labels the family has, 1 or 2.
template <std::size_t kLabels>
class Summaries {
 public:
  using LabelValues = std::array<std::string, kLabels>;

  Summaries() : series_(std::make_shared<Series>()) {}

  // `options` has that many labels.
  metrics::Status Register(metrics::Registry& registry, metrics::MetricOptions options) {
    const metrics::Result<metrics::CallbackSummaryFamily> family = registry.AddCallbackSummary(std::move(options), {});
    if (!family.ok()) return family.status();
    token_ = family->AddMany([series = series_](metrics::CallbackSummaryFamily::Samples& samples) {
      const metrics::MutexLock lock(series->mutex);
      for (const auto& [labels, total] : series->totals) {
        std::apply([&, &value = total](const auto&... values) { samples.Add(value, values...); }, labels);
      }
    });
    return metrics::Status::Ok();
  }

  void Add(const LabelValues& labels, double sum, std::int64_t count) {
    const metrics::MutexLock lock(series_->mutex);
    metrics::CallbackSummary& total = series_->totals[labels];
    if (count <= 0 || sum < 0) return;
    total.sum += sum;
    total.count += static_cast<std::uint64_t>(count);
  }

 private:
  struct Series {
    metrics::Mutex mutex = {};
    std::map<LabelValues, metrics::CallbackSummary> totals STREAMHOUSE_GUARDED_BY(mutex) = {};
  };

  const std::shared_ptr<Series> series_;
  metrics::CallbackSummaryFamily::Token token_;
};

}  // namespace streamhouse::librdkafka
