// FamilyRegistration: registers a set of metrics, each in one line, and keeps the first refusal.
//
// When to use something else: a single family, whose Result is at hand.
// Guarantees: a family that is refused is a sink; those after it are still registered.
// Thread safety: set-up of one thread.
// Cost: none beyond the registration.
// Errors: status() is OK, or what the registry said of the first family that it refused.
//
//   FamilyRegistration families(registry);
//   made.sent = families.AddCounter({.name = "sent_total", .help = "…"}).With();
//   made.queued = families.AddGauge({.name = "queued", .help = "…"}).With();
//   if (!families.status().ok()) return families.status();
#pragma once

#include <cstddef>
#include <utility>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/gauge.h"
#include "metrics_core/histogram.h"
#include "metrics_core/metric_options.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/up_down_counter.h"

namespace streamhouse::metrics {

class FamilyRegistration {
 public:
  // `registry` must outlive it.
  explicit FamilyRegistration(Registry& registry) : registry_(registry) {}

  // Of any kind, for example Keep(registry.AddInfo(…)).
  template <typename Handle, std::size_t kLabels>
  Family<Handle, kLabels> Keep(Result<Family<Handle, kLabels>> added) {
    if (added.ok()) return *std::move(added);
    if (status_.ok()) status_ = added.status();
    return {};
  }

  // As the functions of Registry.
  Family<Counter> AddCounter(MetricOptions options) { return Keep(registry_.AddCounter(std::move(options))); }
  Family<Gauge> AddGauge(MetricOptions options) { return Keep(registry_.AddGauge(std::move(options))); }
  Family<DoubleGauge> AddDoubleGauge(MetricOptions options) {
    return Keep(registry_.AddDoubleGauge(std::move(options)));
  }
  Family<UpDownCounter> AddUpDownCounter(MetricOptions options) {
    return Keep(registry_.AddUpDownCounter(std::move(options)));
  }
  Family<TickHistogram> AddTickHistogram(MetricOptions options, const BucketBounds& bounds, double ticks_per_unit) {
    return Keep(registry_.AddTickHistogram(std::move(options), bounds, ticks_per_unit));
  }

  const Status& status() const { return status_; }

 private:
  Registry& registry_;
  Status status_;
};

}  // namespace streamhouse::metrics
