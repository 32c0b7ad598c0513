// Registry: owns metric families and takes snapshots of them.
//
// When to use something else: one registry a program is enough; tests make their own.
// Invariants:
// 1. No two families have a sample name in common, in any format.
// 2. A family that was refused has no name and no place on a page.
// 3. An equal definition is one family.
// Guarantees:
// 1. A family that is registered is on every later snapshot, in registration order.
// 2. Families and handles may outlive the registry.
// Thread safety: all methods from any thread.
// Cost: registering locks and allocates. A snapshot locks one family at a time against new label
// sets of it, never against recordings. In a steady state it allocates nothing that grows with the
// number of series (callback families excepted).
// Registering again: an equal definition (all of MetricOptions, the kind, bounds and ticks) gives
// the family that is there, with its series and values. So a second object of a class, or one after
// another, may register the same metrics.
// Callback families: callback_family.h says which callback is asked.
// Errors: InvalidArgument for a name, label, unit or bound that breaks a rule (metric_name.h,
// bucket_bounds.h); it names both. AlreadyExists for a name that a family with another definition
// has; it names both definitions.
//
//   Registry registry;
//   Result<Family<Counter>> sent = registry.AddCounter({.name = "sent_total", .help = "Records sent"});
//   if (!sent.ok()) return sent.status();
//   Counter counter = sent->With();
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/callback_family.h"
#include "metrics_core/clock.h"
#include "metrics_core/counter.h"
#include "metrics_core/exponential_histogram.h"
#include "metrics_core/family.h"
#include "metrics_core/gauge.h"
#include "metrics_core/histogram.h"
#include "metrics_core/info.h"
#include "metrics_core/internal/recording_kind.h"
#include "metrics_core/metric_options.h"
#include "metrics_core/naming/metric_name.h"
#include "metrics_core/reading/metric_kind.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/state_set.h"
#include "metrics_core/status.h"
#include "metrics_core/up_down_counter.h"

namespace streamhouse::metrics {

enum class CreationTimes : std::uint8_t {
  kNotKept,
  kKept,  // of counters, histograms and summaries: 8 bytes a series
};

struct RegistryOptions {
  // So that readers can tell a counter that started again from one that went on
  // (created_unix_milliseconds in a snapshot).
  CreationTimes creation_times = CreationTimes::kKept;

  // What families and labels may be called.
  NameRules names = NameRules::kLegacy;

  // What the metrics describe. Pages show it as the info `target_info`, the first family, with a
  // label for each attribute. By NameRules::kLegacy, dots and the like in names of attributes
  // become underscores. Names that are empty, not UTF-8, reserved or the same as labels end the
  // program: where an operator gives the names, ask CheckTarget() first.
  TargetAttributes target = {};
};

// InvalidArgument about "target", for a target with which a Registry would end the program.
Status CheckTarget(const RegistryOptions& options);

namespace internal {

// What a family has beside its options, as its kind needs it.
struct FamilyExtras {
  const BucketBounds* bounds = nullptr;
  double ticks_per_unit = 1;
  std::vector<std::string> states = {};
  std::vector<double> quantiles = {};
};

}  // namespace internal

class Registry {
 public:
  explicit Registry(RegistryOptions options = {});
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  Result<Family<Counter>> AddCounter(MetricOptions options);
  Result<Family<DoubleCounter>> AddDoubleCounter(MetricOptions options);
  Result<Family<Gauge>> AddGauge(MetricOptions options);
  Result<Family<DoubleGauge>> AddDoubleGauge(MetricOptions options);
  Result<Family<UpDownCounter>> AddUpDownCounter(MetricOptions options);
  Result<Family<Histogram>> AddHistogram(MetricOptions options, const BucketBounds& bounds);

  // `bounds` are in the unit of the family. One unit is `ticks_per_unit` ticks:
  // kNanosecondsPerSecond for durations, 1 for sizes. Each bound must be a whole number of ticks
  // (to within a millionth of it).
  Result<Family<TickHistogram>> AddTickHistogram(MetricOptions options, const BucketBounds& bounds,
                                                 double ticks_per_unit);

  // `classic_bounds` are powers of two, which are bounds at every resolution from one bucket a
  // power of two on; they are for formats without native histograms. Below that, a bucket that
  // spans several is counted in the last of them. Storage is always per thread; `options.storage`
  // is ignored.
  Result<Family<ExponentialHistogram>> AddExponentialHistogram(MetricOptions options,
                                                               const BucketBounds& classic_bounds);

  Result<Family<Info>> AddInfo(MetricOptions options);

  // `states` are the names of the states: 1 to kStatesMax, distinct and not empty. Each stands on
  // the page as the value of a label that is named like the family.
  Result<Family<StateSet>> AddStateSet(MetricOptions options, std::vector<std::string> states);

  // The same with labels whose number the compiler knows, in place of MetricOptions::labels.
  template <std::size_t kCount>
  Result<Family<Counter, kCount>> AddCounter(MetricOptions options, const Labels<kCount>& labels) {
    return Counted<kCount>(AddCounter(Labelled(std::move(options), labels)));
  }
  template <std::size_t kCount>
  Result<Family<DoubleCounter, kCount>> AddDoubleCounter(MetricOptions options, const Labels<kCount>& labels) {
    return Counted<kCount>(AddDoubleCounter(Labelled(std::move(options), labels)));
  }
  template <std::size_t kCount>
  Result<Family<Gauge, kCount>> AddGauge(MetricOptions options, const Labels<kCount>& labels) {
    return Counted<kCount>(AddGauge(Labelled(std::move(options), labels)));
  }
  template <std::size_t kCount>
  Result<Family<DoubleGauge, kCount>> AddDoubleGauge(MetricOptions options, const Labels<kCount>& labels) {
    return Counted<kCount>(AddDoubleGauge(Labelled(std::move(options), labels)));
  }
  template <std::size_t kCount>
  Result<Family<UpDownCounter, kCount>> AddUpDownCounter(MetricOptions options, const Labels<kCount>& labels) {
    return Counted<kCount>(AddUpDownCounter(Labelled(std::move(options), labels)));
  }
  template <std::size_t kCount>
  Result<Family<Histogram, kCount>> AddHistogram(MetricOptions options, const Labels<kCount>& labels,
                                                 const BucketBounds& bounds) {
    return Counted<kCount>(AddHistogram(Labelled(std::move(options), labels), bounds));
  }
  template <std::size_t kCount>
  Result<Family<TickHistogram, kCount>> AddTickHistogram(MetricOptions options, const Labels<kCount>& labels,
                                                         const BucketBounds& bounds, double ticks_per_unit) {
    return Counted<kCount>(AddTickHistogram(Labelled(std::move(options), labels), bounds, ticks_per_unit));
  }
  template <std::size_t kCount>
  Result<Family<ExponentialHistogram, kCount>> AddExponentialHistogram(MetricOptions options,
                                                                       const Labels<kCount>& labels,
                                                                       const BucketBounds& classic_bounds) {
    return Counted<kCount>(AddExponentialHistogram(Labelled(std::move(options), labels), classic_bounds));
  }

  template <std::size_t kCount>
  Result<Family<Info, kCount>> AddInfo(MetricOptions options, const Labels<kCount>& labels) {
    return Counted<kCount>(AddInfo(Labelled(std::move(options), labels)));
  }
  template <std::size_t kCount>
  Result<Family<StateSet, kCount>> AddStateSet(MetricOptions options, const Labels<kCount>& labels,
                                               std::vector<std::string> states) {
    return Counted<kCount>(AddStateSet(Labelled(std::move(options), labels), std::move(states)));
  }

  // Values that are asked for at each scrape.
  Result<CallbackFamily> AddCallbackGauge(MetricOptions options);
  Result<CallbackFamily> AddCallbackCounter(MetricOptions options);
  Result<CallbackHistogramFamily> AddCallbackHistogram(MetricOptions options, const BucketBounds& bounds);
  // `quantiles` ascend and are in [0, 1]; there may be none.
  Result<CallbackSummaryFamily> AddCallbackSummary(MetricOptions options, std::vector<double> quantiles);

  // Look-ups, label values and callbacks that a family refused or changed since its registration.
  struct Losses {
    std::string family;
    std::uint64_t overflowed_lookups = 0;  // see family.h
    std::uint64_t cut_label_values = 0;    // longer than their limit
    std::uint64_t refused_lookups = 0;     // with another number of values than the family has labels
    std::uint64_t failed_callbacks = 0;    // that threw an exception or gave nonsense

    bool any() const { return (overflowed_lookups | cut_label_values | refused_lookups | failed_callbacks) != 0; }
  };

  struct Statistics {
    // By the type of their families in the Prometheus text format; every type has its entry.
    std::map<std::string_view, std::uint64_t> series;
    std::uint64_t series_bytes = 0;        // of labels and what finds them
    std::uint64_t overflowed_lookups = 0;  // of all families, see family.h
    std::uint64_t removed_series = 0;      // whose memory a snapshot or a look-up still holds
    std::vector<Losses> losses;            // of families that have any, in registration order
  };
  Statistics GetStatistics() const;

  // Without memory for it, the program ends. In the child of a fork() it may wait without end for a
  // lock that a thread of the parent held.
  Snapshot TakeSnapshot() noexcept;
  // The same at a time that the caller names, of Clock::NowNanoseconds(): it decides which series
  // have expired.
  Snapshot TakeSnapshot(std::uint64_t now_nanoseconds) noexcept;

 private:
  struct State;

  template <std::size_t kCount>
  static MetricOptions Labelled(MetricOptions options, const Labels<kCount>& labels) {
    options.labels.assign(labels.names.begin(), labels.names.end());
    return options;
  }
  template <std::size_t kCount, typename Handle>
  static Result<Family<Handle, kCount>> Counted(Result<Family<Handle>> family) {
    if (!family.ok()) return family.status();
    return Family<Handle, kCount>(family->core_);
  }

  // Adds target_info.
  void ShowTarget();

  // The family, or the one with the same definition that was there before.
  Result<std::shared_ptr<internal::CollectedFamily>> Link(std::shared_ptr<internal::CollectedFamily> family);
  template <typename Value>
  Result<BasicCallbackFamily<Value>> AddCallback(MetricOptions options, MetricKind kind,
                                                 internal::FamilyExtras extras = {});
  template <typename Handle>
  Result<Family<Handle>> AddFamily(MetricOptions options, internal::RecordingKind kind,
                                   internal::FamilyExtras extras = {});

  const std::unique_ptr<State> state_;
};

}  // namespace streamhouse::metrics
