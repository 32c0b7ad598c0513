#include "metrics_core/internal/callback_core.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <set>
#include <utility>
#include <variant>

#include "metrics_core/internal/definition.h"
#include "metrics_core/internal/guarded_call.h"
#include "metrics_core/internal/series/label_text.h"
#include "metrics_core/internal/series/series_values.h"
#include "metrics_core/metric_options.h"
#include "metrics_core/reading/family_builder.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot_builder.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics::internal {
namespace {

std::string DefinitionOf(const FamilyInfo& info) {
  return Definition("callback " + std::string(Describe(info.kind).word), info).text();
}

enum class Fitness : std::uint8_t { kGood, kLeftOut, kNonsense };

// Whether no known value is below a known one before it.
bool Ascend(std::span<const double> values) {
  double last = -std::numeric_limits<double>::infinity();
  for (const double value : values) {
    if (value < last) return false;
    if (!std::isnan(value)) last = value;
  }
  return true;
}

// Whether a value may stand on a page of its family.
Fitness FitnessOf(const CallbackValue& value, const FamilyInfo& info) {
  return std::visit(Overloaded{
                        [](double number) { return std::isnan(number) ? Fitness::kLeftOut : Fitness::kGood; },
                        [&](const CallbackHistogram& histogram) {
                          const bool fits = histogram.bucket_counts.size() == info.bounds.size() + 1;
                          return fits && !std::isnan(histogram.sum) ? Fitness::kGood : Fitness::kNonsense;
                        },
                        [&](const CallbackSummary& summary) {
                          const bool fits = summary.quantile_values.size() == info.quantiles.size() &&
                                            Ascend(summary.quantile_values);
                          return fits && !std::isnan(summary.sum) ? Fitness::kGood : Fitness::kNonsense;
                        },
                    },
                    value);
}

// Append() adds a value to a family of its kind. CallbackFamily gives no other.
template <typename Number>
void Append(std::string_view label_text, const CallbackValue& value, NumberBuilder<Number>& family) {
  family.Add(label_text, *std::get_if<double>(&value));
}

void Append(std::string_view label_text, const CallbackValue& value, FamilyBuilder<HistogramValues>& family) {
  const CallbackHistogram& histogram = *std::get_if<CallbackHistogram>(&value);
  const auto& counts = histogram.bucket_counts;
  std::copy(counts.begin(), counts.end(), family.Add(label_text).begin());
  family.SetTotals(histogram.sum, std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
}

void Append(std::string_view label_text, const CallbackValue& value, FamilyBuilder<SummaryValues>& family) {
  const CallbackSummary& summary = *std::get_if<CallbackSummary>(&value);
  const auto& values = summary.quantile_values;
  std::copy(values.begin(), values.end(), family.Add(label_text, summary.sum, summary.count).begin());
}

// Whether one of them gives series whose labels only it knows.
bool HasMany(std::span<const std::shared_ptr<CallbackSeries>> callbacks) {
  return std::any_of(callbacks.begin(), callbacks.end(), [](const auto& one) { return one->is_many; });
}

}  // namespace

// The samples of one collection. Of those with the same labels the first is taken.
template <typename Values>
class CallbackCore::Samples final : public CallbackSamples {
 public:
  Samples(CallbackCore& family, SnapshotBuilder& builder, const Callbacks& callbacks)
      : family_(family),
        builder_(builder),
        may_repeat_(HasMany(callbacks)),
        series_(builder.BeginFamily<Values>(family.info_, callbacks.size())) {}

  void Add(const CallbackValue& value, std::span<const std::string_view> label_values) override {
    if (family_.HasArity(label_values)) AddText(builder_.KeepText(family_.LabelText(label_values)), value);
  }

  // The text outlives the snapshot.
  void AddText(std::string_view label_text, const CallbackValue& value) {
    const Fitness fitness = FitnessOf(value, family_.info_);
    if (fitness == Fitness::kNonsense) family_.CountFailure();
    if (fitness != Fitness::kGood) return;
    if (may_repeat_ && !taken_.insert(label_text).second) return;
    Append(label_text, value, series_);
    if (family_.info_.has_created) series_.AddCreated(created_);
  }

  void SetCreated(std::int64_t unix_milliseconds) { created_ = unix_milliseconds; }

 private:
  CallbackCore& family_;
  SnapshotBuilder& builder_;
  const bool may_repeat_;  // callbacks of one series have different labels
  FamilyBuilder<Values> series_;
  std::set<std::string_view> taken_;  // empty unless may_repeat_
  std::int64_t created_ = 0;
};

CallbackCore::CallbackCore(FamilyInfo info, std::shared_ptr<LiveSnapshots> live_snapshots)
    : info_(std::move(info)),
      definition_(DefinitionOf(info_)),
      quoted_label_names_(QuotedLabelNames(info_.label_names)),
      live_snapshots_(std::move(live_snapshots)) {}

bool CallbackCore::HasArity(std::span<const std::string_view> values) {
  if (values.size() == info_.label_names.size()) return true;
  const MutexLock lock(mutex_);
  ++refused_lookups_;
  return false;
}

std::string CallbackCore::LabelText(std::span<const std::string_view> values) {
  const SeriesValues fitting(values, kLabelValueBytesMaxDefault);
  if (fitting.cut() > 0) {
    const MutexLock lock(mutex_);
    cut_label_values_ += fitting.cut();
  }
  return MakeLabelText(quoted_label_names_, fitting.values());
}

std::shared_ptr<CallbackSeries> CallbackCore::Add(ReadOne read, std::int64_t created_unix_milliseconds,
                                                  std::span<const std::string_view> values) {
  Check(read != nullptr, "metric \"" + info_.name + "\": a callback is missing");
  if (!HasArity(values)) return nullptr;
  auto series = std::make_shared<CallbackSeries>();
  series->label_text = LabelText(values);
  series->created_unix_milliseconds = created_unix_milliseconds;
  series->read = std::make_shared<const Callback>(Callback{.one = std::move(read)});
  return Link(std::move(series));
}

std::shared_ptr<CallbackSeries> CallbackCore::AddMany(ReadMany read, std::int64_t created_unix_milliseconds) {
  auto series = std::make_shared<CallbackSeries>();
  series->is_many = true;
  series->created_unix_milliseconds = created_unix_milliseconds;
  series->read = std::make_shared<const Callback>(Callback{.many = std::move(read)});
  return Link(std::move(series));
}

std::shared_ptr<CallbackSeries> CallbackCore::Link(std::shared_ptr<CallbackSeries> series) {
  series->family = weak_from_this();
  const MutexLock lock(mutex_);
  const auto same = std::find_if(registrations_.begin(), registrations_.end(), [&](const Registrations& registered) {
    return !series->is_many && !registered.back()->is_many && registered.back()->label_text == series->label_text;
  });
  if (same != registrations_.end()) {
    same->push_back(series);
  } else {
    registrations_.push_back({series});
  }
  return series;
}

void CallbackCore::Remove(const std::shared_ptr<CallbackSeries>& series) {
  // Off the page first, so that the same labels can be added again at once.
  if (const std::shared_ptr<CallbackCore> family = series->family.lock(); family != nullptr) family->Unlink(series);
  // Waits for a callback that runs. What it holds is destroyed by the last holder, after the lock
  // is released.
  std::shared_ptr<const Callback> released;
  const std::lock_guard lock(series->mutex);
  released.swap(series->read);
}

void CallbackCore::Unlink(const std::shared_ptr<CallbackSeries>& series) {
  const MutexLock lock(mutex_);
  FreeRemoved();
  for (Registrations& registered : registrations_) std::erase(registered, series);
  std::erase_if(registrations_, [](const Registrations& registered) { return registered.empty(); });
  removed_.push_back({.series = series, .snapshot = live_snapshots_->Next()});
}

void CallbackCore::FreeRemoved() {
  std::erase_if(removed_, [this](const RemovedSeries& gone) { return live_snapshots_->AllEndedBefore(gone.snapshot); });
}

void CallbackCore::CountFailure() {
  const MutexLock lock(mutex_);
  ++failed_callbacks_;
}

CollectedFamily::Statistics CallbackCore::GetStatistics() const {
  const MutexLock lock(mutex_);
  Statistics statistics = {.series = registrations_.size()};
  for (const Registrations& registered : registrations_) {
    for (const auto& series : registered) statistics.series_bytes += sizeof(*series) + series->label_text.size();
  }
  statistics.cut_label_values = cut_label_values_;
  statistics.refused_lookups = refused_lookups_;
  statistics.failed_callbacks = failed_callbacks_;
  statistics.removed_series = removed_.size();
  return statistics;
}

void CallbackCore::Collect(SnapshotBuilder& builder, std::uint64_t /*now_nanoseconds*/) noexcept {
  Callbacks newest;
  {
    const MutexLock lock(mutex_);
    FreeRemoved();
    newest.reserve(registrations_.size());
    for (const Registrations& registered : registrations_) newest.push_back(registered.back());
  }
  // Callbacks of many series tell their labels only when they are asked. Of equal labels the first
  // sample is taken, so the newest callback is asked first.
  if (HasMany(newest)) std::reverse(newest.begin(), newest.end());
  switch (info_.kind) {
    case MetricKind::kCounter:
      return Ask<CounterValues<double>>(newest, builder);
    case MetricKind::kGauge:
      return Ask<GaugeValues<double>>(newest, builder);
    case MetricKind::kHistogram:
      return Ask<HistogramValues>(newest, builder);
    case MetricKind::kSummary:
      return Ask<SummaryValues>(newest, builder);
    case MetricKind::kUpDownCounter:
    case MetricKind::kInfo:
    case MetricKind::kStateSet:
    case MetricKind::kExponentialHistogram:
      break;
  }
  Check(false, "metric \"" + info_.name + "\": there are no callbacks of its kind");
}

template <typename Values>
void CallbackCore::Ask(const Callbacks& callbacks, SnapshotBuilder& builder) {
  Samples<Values> samples(*this, builder, callbacks);
  for (const auto& one : callbacks) {
    samples.SetCreated(one->created_unix_milliseconds);
    // A callback that removes its own series is destroyed after the lock is released. Any other is
    // let go under the lock, so that the thread that removes it destroys what it holds.
    std::shared_ptr<const Callback> read;
    const std::lock_guard lock(one->mutex);
    read = one->read;
    if (read == nullptr) continue;
    const auto ask = [&] {
      if (read->many != nullptr) {
        read->many(samples);
      } else {
        samples.AddText(one->label_text, read->one());
      }
    };
    // By reference: a std::function of the lambda itself would allocate.
    const std::string failure = GuardedCall(std::ref(ask));
    if (!failure.empty()) CountFailure();
    if (one->read != nullptr) read.reset();
  }
}

}  // namespace streamhouse::metrics::internal
