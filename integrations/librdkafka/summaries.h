// Summaries: a family of summaries without quantiles. Each series adds up the counts and sums of
// librdkafka's windows.
//
// When to use something else: single values belong in a histogram.
// Guarantees:
// 1. Count and sum of a series never fall. They stay when a client is destroyed.
// 2. With `series_max` series, a new label set adds to the overflow series. Each label value of
//    that series is kOverflowLabelValue. The counter of CountOverflows() counts these windows, but
//    not those without values.
// 3. Prepare() needs memory, and changes no sum. It makes the series of the overflow counter as
//    well. Window::Add() needs none.
// Invariants:
// 1. There are at most `series_max` series and the overflow series.
// May be wrong: where a registry has two objects of one name, the page shows the newer one alone.
// StatisticsMetrics refuses a second object.
// Thread safety: Prepare() and Window::Add() from any thread, also while a page is made.
// Cost: Prepare() takes a lock and looks up the series, Window::Add() takes the lock. A page takes
// the lock once.
// Errors: Prepare() throws std::bad_alloc. A lack of memory for the series of the overflow counter
// ends the process (metrics_core/family.h).
//
//   const auto window = summaries.Prepare({"app", "kafka:9092"}, 0.5, 2);
//   window.Add();  // two values, whose sum is 0.5
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

// kLabels: number of labels of the family, 1 or 2.
template <std::size_t kLabels>
class Summaries {
 public:
  using LabelValues = std::array<std::string, kLabels>;

  // Values that may be added to their series. Its Summaries outlives it.
  class Window {
   public:
    void Add() const { to_->Add(*this); }

   private:
    friend class Summaries;
    enum class Place : std::uint8_t { kOfLabels, kOverflow };

    // Prepare() sets its pointers.
    Window() = default;

    Summaries* to_ = nullptr;
    metrics::CallbackSummary* total_ = nullptr;  // guarded by the lock of the series
    Place place_ = Place::kOfLabels;
    double sum_ = 0;
    std::uint64_t count_ = 0;
  };

  explicit Summaries(std::size_t series_max = metrics::kSeriesMaxDefault)
      : series_(std::make_shared<Series>()), series_max_(series_max) {}

  // `options` has kLabels labels.
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

  // Comes before the first window. `overflows` has one label, for the name of the family.
  void CountOverflows(metrics::Family<metrics::Counter> overflows) { overflows_ = std::move(overflows); }

  // Makes the series, if need be. A negative sum or count is taken for no values.
  Window Prepare(const LabelValues& labels, double sum, std::int64_t count) {
    Window window;
    window.to_ = this;
    if (sum >= 0 && count > 0) {
      window.sum_ = sum;
      window.count_ = static_cast<std::uint64_t>(count);
    }
    const metrics::MutexLock lock(series_->mutex);
    auto place = series_->totals.find(labels);
    if (place == series_->totals.end()) {
      LabelValues added = labels;
      if (series_->totals.size() >= series_max_) {
        added.fill(metrics::kOverflowLabelValue);
        window.place_ = Window::Place::kOverflow;
      }
      place = series_->totals.try_emplace(std::move(added)).first;
    }
    if (window.place_ == Window::Place::kOverflow && window.count_ > 0) overflows_.Lookup(name_)->Increment(0);
    window.total_ = &place->second;
    return window;
  }

 private:
  struct Series {
    metrics::Mutex mutex = {};
    std::map<LabelValues, metrics::CallbackSummary> totals STREAMHOUSE_GUARDED_BY(mutex) = {};
  };

  void Add(const Window& window) {
    if (window.count_ == 0) return;
    const metrics::MutexLock lock(series_->mutex);
    window.total_->sum += window.sum_;
    window.total_->count += window.count_;
    if (window.place_ == Window::Place::kOverflow) overflows_.Lookup(name_)->Increment();
  }

  const std::shared_ptr<Series> series_;
  const std::size_t series_max_;
  std::string name_;
  metrics::Family<metrics::Counter> overflows_;
  metrics::CallbackSummaryFamily::Token token_;
};

}  // namespace streamhouse::librdkafka
