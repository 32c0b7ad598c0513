#include "metrics_core/registry.h"

#include <chrono>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics_core/internal/callback_core.h"
#include "metrics_core/internal/cells/bucket_table.h"
#include "metrics_core/internal/collected_family.h"
#include "metrics_core/internal/family_core.h"
#include "metrics_core/internal/number_text.h"
#include "metrics_core/internal/recording_kind.h"
#include "metrics_core/internal/series/live_snapshots.h"
#include "metrics_core/internal/snapshot_pool.h"
#include "metrics_core/mutex.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/metric_kind.h"
#include "metrics_core/reading/snapshot_builder.h"

namespace streamhouse::metrics {

using internal::CollectedFamily;
using internal::FamilyCore;
using internal::LiveSnapshots;
using internal::NumberText;
using internal::RecordingDescription;
using internal::RecordingKind;
using internal::SnapshotPool;

namespace {

// Largest relative distance of a bound from a whole number of ticks. Decimal fractions need some.
constexpr double kTickTolerance = 1e-6;

bool IsTimeUnit(std::string_view unit) {
  return unit.ends_with("seconds") || unit == "minutes" || unit == "hours" || unit == "days" || unit == "weeks";
}

// A duration is never negative; a negative bound says that the values are something else, such as
// differences.
internal::Recorded RecordedBy(RecordingKind kind, const FamilyInfo& info) {
  if (kind == RecordingKind::kTickHistogram) return internal::Recorded::kTicks;
  const bool has_negative_bound = !info.bounds.empty() && info.bounds.front() < 0;
  return IsTimeUnit(info.unit) && !has_negative_bound ? internal::Recorded::kDoublesFromZero
                                                      : internal::Recorded::kDoubles;
}

// The bounds of a TickHistogram in ticks, or what is wrong with them.
Result<std::vector<double>> InTicks(const std::string& name, const std::vector<double>& bounds, double ticks_per_unit) {
  const auto refuse = [&](const std::string& why) {
    return Status(StatusCode::kInvalidArgument, "metric \"" + name + "\": " + why);
  };
  if (!(ticks_per_unit >= 1 && std::isfinite(ticks_per_unit))) return refuse("a unit has at least one tick");
  std::vector<double> ticks;
  for (const double bound : bounds) {
    const double exact = bound * ticks_per_unit;
    const double whole = std::round(exact);
    const bool in_range = whole >= 0 && whole <= static_cast<double>(TickHistogram::kMaxExactTicks - 1);
    const bool ascends = ticks.empty() || ticks.back() < whole;
    if (!in_range || !ascends || std::abs(whole - exact) > exact * kTickTolerance) {
      return refuse("bound " + NumberText(bound) + " is not a whole number of ticks in [0, 2^53)");
    }
    ticks.push_back(whole);
  }
  return ticks;
}

// Takes the texts out of the options.
FamilyInfo InfoOf(MetricOptions& options, MetricKind kind) {
  FamilyInfo info;
  info.name = std::move(options.name);
  info.help = std::move(options.help);
  info.unit = std::move(options.unit);
  info.kind = kind;
  info.label_names = std::move(options.labels);
  info.aggregation = options.aggregation;
  return info;
}

Status CheckPowersOfTwo(const FamilyInfo& info) {
  for (const double bound : info.bounds) {
    int exponent = 0;
    if (std::frexp(bound, &exponent) != 0.5) {
      return {StatusCode::kInvalidArgument,
              "metric \"" + info.name + "\": bound " + NumberText(bound) + " is not a power of two"};
    }
  }
  return Status::Ok();
}

bool HasStartTimes(const RegistryOptions& options, MetricKind kind) {
  return options.creation_times == CreationTimes::kKept && Describe(kind).start_time == Has::kYes;
}

constexpr std::string_view kTargetHelp = "What these metrics describe";

std::vector<std::string> TargetLabels(const RegistryOptions& options) {
  std::vector<std::string> labels;
  for (const auto& [name, value] : options.target) {
    const bool is_any = options.names == NameRules::kUtf8;
    labels.push_back(is_any ? name : EscapeLabelName(name, NameEscaping::kUnderscores));
  }
  return labels;
}

// What a snapshot holds on to.
struct SnapshotOwner {
  ~SnapshotOwner() { pool->Return(std::move(buffers), snapshot); }

  std::shared_ptr<SnapshotPool> pool;
  std::unique_ptr<SnapshotBuffers> buffers;
  std::uint64_t snapshot;
  std::vector<std::shared_ptr<CollectedFamily>> families;
};

}  // namespace

struct Registry::State {
  explicit State(RegistryOptions with)
      : options(std::move(with)), target(std::make_shared<const TargetAttributes>(options.target)) {}

  // Immutable after construction.
  const RegistryOptions options;
  const std::shared_ptr<const TargetAttributes> target;  // snapshots may outlive the registry
  const std::shared_ptr<LiveSnapshots> live_snapshots = std::make_shared<LiveSnapshots>();
  const std::shared_ptr<SnapshotPool> pool = std::make_shared<SnapshotPool>(live_snapshots);

  Mutex mutex;
  std::vector<std::shared_ptr<CollectedFamily>> families STREAMHOUSE_GUARDED_BY(mutex);
  std::map<std::string, std::shared_ptr<CollectedFamily>> occupied_names STREAMHOUSE_GUARDED_BY(mutex);
};

Status CheckTarget(const RegistryOptions& options) {
  FamilyInfo info;
  info.name = std::string(kTargetFamily);
  info.help = std::string(kTargetHelp);
  info.kind = MetricKind::kInfo;
  info.label_names = TargetLabels(options);
  return CheckFamily(info, options.names).WithField("target");
}

Registry::Registry(RegistryOptions options) : state_(std::make_unique<State>(std::move(options))) {
  if (!state_->target->empty()) ShowTarget();
}

void Registry::ShowTarget() {
  MetricOptions options = {
      .name = std::string(kTargetFamily), .help = std::string(kTargetHelp), .labels = TargetLabels(state_->options)};
  std::vector<std::string_view> values;
  for (const auto& [name, value] : *state_->target) values.emplace_back(value);
  const Result<Family<Info>> family = AddInfo(std::move(options));
  Check(family.ok(), family.status().message());
  // The series is what is wanted; no handle records into it.
  static_cast<void>(family->core_->Resolve(values));
}

Registry::~Registry() = default;

Result<std::shared_ptr<CollectedFamily>> Registry::Link(std::shared_ptr<CollectedFamily> family) {
  const FamilyInfo& info = family->info();
  const std::vector<std::string> names = OccupiedNames(info);
  const MutexLock lock(state_->mutex);
  for (const std::string& name : names) {
    const auto taken = state_->occupied_names.find(name);
    if (taken == state_->occupied_names.end()) continue;
    const CollectedFamily& other = *taken->second;
    if (other.definition() == family->definition()) return taken->second;
    std::string why = "metric \"" + info.name + "\" is registered with another definition";
    if (other.info().name != info.name) {
      why = "metric \"" + info.name + "\" shares the sample name \"" + name + "\" with another family";
    }
    return Status(StatusCode::kAlreadyExists,
                  why + ": there is a " + other.definition() + "; asked for was a " + family->definition());
  }
  for (const std::string& name : names) state_->occupied_names.emplace(name, family);
  state_->families.push_back(family);
  return family;
}

template <typename Handle>
Result<Family<Handle>> Registry::AddFamily(MetricOptions options, RecordingKind kind, internal::FamilyExtras extras) {
  const BucketBounds* const bounds = extras.bounds;
  const RecordingDescription& description = internal::Describe(kind);
  FamilyCore::Options core = {
      .info = InfoOf(options, description.metric),
      .kind = kind,
      .storage = options.storage,
      .series_max = options.series_max,
      .label_value_bytes_max = options.label_value_bytes_max,
      .expire_after_nanoseconds = static_cast<std::uint64_t>(options.expire_after.count()),
      .buckets = nullptr,
      .ticks_per_unit = extras.ticks_per_unit,
  };
  if (bounds != nullptr) core.info.bounds = bounds->values();
  core.info.states = std::move(extras.states);
  core.info.has_created = HasStartTimes(state_->options, description.metric);
  core.info.has_exemplars = options.exemplars == Exemplars::kSampled;
  if (core.info.has_exemplars && !description.samples_exemplars) {
    return Status(StatusCode::kInvalidArgument,
                  "metric \"" + core.info.name + "\": only Counter and histograms have exemplars");
  }
  if (options.label_value_bytes_max < kFewestLabelValueBytes) {
    return Status(StatusCode::kInvalidArgument, "metric \"" + core.info.name +
                                                    "\": label_value_bytes_max is at least " +
                                                    std::to_string(kFewestLabelValueBytes));
  }
  if (Status legal = CheckFamily(core.info, state_->options.names); !legal.ok()) return legal;
  if (kind == RecordingKind::kExponentialHistogram) {
    if (Status powers = CheckPowersOfTwo(core.info); !powers.ok()) return powers;
    core.buckets = internal::BucketTable::Intern(bounds->values());
  } else if (bounds != nullptr) {
    Result<std::vector<double>> recorded = kind == RecordingKind::kTickHistogram
                                               ? InTicks(core.info.name, bounds->values(), extras.ticks_per_unit)
                                               : bounds->values();
    if (!recorded.ok()) return recorded.status();
    core.buckets = internal::BucketTable::Intern(*recorded, RecordedBy(kind, core.info));
  }
  auto linked = Link(std::make_shared<FamilyCore>(std::move(core), state_->live_snapshots));
  if (!linked.ok()) return linked.status();
  return Family<Handle>(std::static_pointer_cast<FamilyCore>(*std::move(linked)));
}

template <typename Value>
Result<BasicCallbackFamily<Value>> Registry::AddCallback(MetricOptions options, MetricKind kind,
                                                         internal::FamilyExtras extras) {
  FamilyInfo info = InfoOf(options, kind);
  if (extras.bounds != nullptr) info.bounds = extras.bounds->values();
  info.quantiles = std::move(extras.quantiles);
  if (options.exemplars != Exemplars::kNone) {
    return Status(StatusCode::kInvalidArgument, "metric \"" + info.name + "\": a callback has no exemplars");
  }
  const MetricOptions defaults;
  if (options.storage != defaults.storage || options.series_max != defaults.series_max ||
      options.label_value_bytes_max != defaults.label_value_bytes_max ||
      options.expire_after != defaults.expire_after) {
    return Status(StatusCode::kInvalidArgument,
                  "metric \"" + info.name + "\": a callback has no storage, no limits and no expiry of its own");
  }
  if (Status legal = CheckFamily(info, state_->options.names); !legal.ok()) return legal;
  info.has_created = HasStartTimes(state_->options, kind);
  info.has_callback = true;
  auto linked = Link(std::make_shared<internal::CallbackCore>(std::move(info), state_->live_snapshots));
  if (!linked.ok()) return linked.status();
  return BasicCallbackFamily<Value>(std::static_pointer_cast<internal::CallbackCore>(*std::move(linked)));
}

Result<CallbackFamily> Registry::AddCallbackGauge(MetricOptions options) {
  return AddCallback<double>(std::move(options), MetricKind::kGauge);
}

Result<CallbackFamily> Registry::AddCallbackCounter(MetricOptions options) {
  return AddCallback<double>(std::move(options), MetricKind::kCounter);
}

Result<CallbackHistogramFamily> Registry::AddCallbackHistogram(MetricOptions options, const BucketBounds& bounds) {
  return AddCallback<CallbackHistogram>(std::move(options), MetricKind::kHistogram, {.bounds = &bounds});
}

Result<CallbackSummaryFamily> Registry::AddCallbackSummary(MetricOptions options, std::vector<double> quantiles) {
  return AddCallback<CallbackSummary>(std::move(options), MetricKind::kSummary, {.quantiles = std::move(quantiles)});
}

Result<Family<Counter>> Registry::AddCounter(MetricOptions options) {
  return AddFamily<Counter>(std::move(options), RecordingKind::kCounter);
}

Result<Family<DoubleCounter>> Registry::AddDoubleCounter(MetricOptions options) {
  return AddFamily<DoubleCounter>(std::move(options), RecordingKind::kDoubleCounter);
}

Result<Family<Gauge>> Registry::AddGauge(MetricOptions options) {
  return AddFamily<Gauge>(std::move(options), RecordingKind::kGauge);
}

Result<Family<DoubleGauge>> Registry::AddDoubleGauge(MetricOptions options) {
  return AddFamily<DoubleGauge>(std::move(options), RecordingKind::kDoubleGauge);
}

Result<Family<UpDownCounter>> Registry::AddUpDownCounter(MetricOptions options) {
  return AddFamily<UpDownCounter>(std::move(options), RecordingKind::kUpDownCounter);
}

Result<Family<Histogram>> Registry::AddHistogram(MetricOptions options, const BucketBounds& bounds) {
  return AddFamily<Histogram>(std::move(options), RecordingKind::kHistogram, {.bounds = &bounds});
}

Result<Family<TickHistogram>> Registry::AddTickHistogram(MetricOptions options, const BucketBounds& bounds,
                                                         double ticks_per_unit) {
  return AddFamily<TickHistogram>(std::move(options), RecordingKind::kTickHistogram,
                                  {.bounds = &bounds, .ticks_per_unit = ticks_per_unit});
}

Result<Family<ExponentialHistogram>> Registry::AddExponentialHistogram(MetricOptions options,
                                                                       const BucketBounds& classic_bounds) {
  return AddFamily<ExponentialHistogram>(std::move(options), RecordingKind::kExponentialHistogram,
                                         {.bounds = &classic_bounds});
}

Result<Family<Info>> Registry::AddInfo(MetricOptions options) {
  return AddFamily<Info>(std::move(options), RecordingKind::kInfo);
}

Result<Family<StateSet>> Registry::AddStateSet(MetricOptions options, std::vector<std::string> states) {
  return AddFamily<StateSet>(std::move(options), RecordingKind::kStateSet, {.states = std::move(states)});
}

Registry::Statistics Registry::GetStatistics() const {
  std::vector<std::shared_ptr<CollectedFamily>> families;
  {
    const MutexLock lock(state_->mutex);
    families = state_->families;
  }
  Statistics total = {
      .series = {},
      .series_bytes = 0,
      .overflowed_lookups = 0,
      .removed_series = 0,
      .losses = {},
  };
  for (const KindDescription& kind : kKindDescriptions) total.series.emplace(kind.text_type, 0);
  for (const auto& family : families) {
    const CollectedFamily::Statistics statistics = family->GetStatistics();
    total.series[Describe(family->info().kind).text_type] += statistics.series;
    total.series_bytes += statistics.series_bytes;
    total.overflowed_lookups += statistics.overflowed_lookups;
    total.removed_series += statistics.removed_series;
    Losses losses = {.family = {},
                     .overflowed_lookups = statistics.overflowed_lookups,
                     .cut_label_values = statistics.cut_label_values,
                     .refused_lookups = statistics.refused_lookups,
                     .failed_callbacks = statistics.failed_callbacks};
    if (!losses.any()) continue;
    losses.family = family->info().name;
    total.losses.push_back(std::move(losses));
  }
  return total;
}

Snapshot Registry::TakeSnapshot() noexcept {
  // Before the clock is read: a time of a clock that has jumped would expire series, or keep them.
  internal::CheckTsc();
  return TakeSnapshot(Clock::NowNanoseconds());
}

Snapshot Registry::TakeSnapshot(std::uint64_t now_nanoseconds) noexcept {
  auto owner = std::make_shared<SnapshotOwner>();
  owner->pool = state_->pool;
  owner->buffers = state_->pool->Take();
  {
    const MutexLock lock(state_->mutex);
    owner->families = state_->families;
  }
  owner->snapshot = state_->live_snapshots->Begin();
  SnapshotBuilder builder(*owner->buffers);
  builder.SetOrigin(std::chrono::system_clock::now(), state_->target);
  for (const auto& family : owner->families) family->Collect(builder, now_nanoseconds);
  return builder.Finish(std::move(owner));
}

}  // namespace streamhouse::metrics
