// Summaries: counts and sums of librdkafka's windows, added up: summaries without quantiles.
//
// When to use something else: a histogram, for single values.
// Guarantees:
// 1. Count and sum of a series never fall, while clients come and go.
// 2. Beyond `series_max` series, a new label set adds to the overflow series, whose label
//    values are all kOverflowLabelValue. CountOverflows() names what counts that.
// May be wrong: of two objects in a registry the page shows the newer one. StatisticsMetrics
// refuses a second.
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
#include "metrics_core/counter.h"
#include "metrics_core/family.h"
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

  explicit Summaries(std::size_t series_max = metrics::kSeriesMaxDefault)
      : series_(std::make_shared<Series>()), series_max_(series_max) {}

  // `options` has that many labels.
  metrics::Status Register(metrics::Registry& registry, metrics::MetricOptions options) {
    name_ = options.name;
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

  // `overflows` has the label of the family's name. Before Add().
  void CountOverflows(metrics::Family<metrics::Counter> overflows) { overflows_ = std::move(overflows); }

  void Add(const LabelValues& labels, double sum, std::int64_t count) {
    const metrics::MutexLock lock(series_->mutex);
    auto place = series_->totals.find(labels);
    if (place == series_->totals.end()) {
      LabelValues added = labels;
      if (series_->totals.size() >= series_max_) {
        added.fill(metrics::kOverflowLabelValue);
        overflows_.Lookup(name_)->Increment();
      }
      place = series_->totals.try_emplace(std::move(added)).first;
    }
    metrics::CallbackSummary& total = place->second;
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
  const std::size_t series_max_;
  std::string name_;
  metrics::Family<metrics::Counter> overflows_;
  metrics::CallbackSummaryFamily::Token token_;
};

}  // namespace streamhouse::librdkafka
