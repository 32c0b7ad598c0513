#include "metrics_core/c_api/registry.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/c_api/bridge.h"
#include "metrics_core/c_api/objects.h"
#include "metrics_core/internal/family_access.h"
#include "metrics_core/naming/metric_name.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/metric_kind.h"
#include "metrics_core/self_metrics/build_info.h"
#include "metrics_core/version.h"

namespace streamhouse::metrics::internal {
namespace {

Result<RegistryOptions> RegistryOptionsOf(const streamhouse_registry_options* options) {
  const Result<streamhouse_registry_options> known = KnownOptions(Given(options, "an options struct"));
  if (!known.ok()) return known.status();
  RegistryOptions made;
  if (known->names != STREAMHOUSE_NAMES_LEGACY && known->names != STREAMHOUSE_NAMES_UTF8) {
    return InvalidField("names", "is none of its constants");
  }
  if (known->creation_times != STREAMHOUSE_CREATION_TIMES_KEPT &&
      known->creation_times != STREAMHOUSE_CREATION_TIMES_NOT_KEPT) {
    return InvalidField("creation_times", "is none of its constants");
  }
  if (known->names == STREAMHOUSE_NAMES_UTF8) made.names = NameRules::kUtf8;
  if (known->creation_times == STREAMHOUSE_CREATION_TIMES_NOT_KEPT) made.creation_times = CreationTimes::kNotKept;
  if (Status few = CheckCount("target_count", known->target_count, STREAMHOUSE_LABELS_MAX); !few.ok()) return few;
  const std::vector<std::string> names = TextsOf(known->target_names, known->target_count);
  const std::vector<std::string> values = TextsOf(known->target_values, known->target_count);
  for (std::size_t i = 0; i < names.size(); ++i) made.target.emplace_back(names[i], values[i]);
  if (const Status legal = CheckTarget(made); !legal.ok()) return legal.WithField("target_names");
  return made;
}

// The object of a family in C, or the one that its first registration made.
template <typename Handle>
streamhouse_family* Keep(streamhouse_registry& registry, const Family<Handle>& family) {
  std::shared_ptr<FamilyCore> core = FamilyAccess::CoreOf(family);
  const MutexLock lock(registry.mutex);
  std::unique_ptr<streamhouse_family>& kept = registry.families[core->info().name];
  if (kept == nullptr) kept = std::make_unique<streamhouse_family>(streamhouse_family{std::move(core)});
  return kept.get();
}

// `add` registers with the C++ registry.
template <typename CFamily, typename Add>
streamhouse_status AddFamily(streamhouse_registry* registry, const streamhouse_metric_options* options, CFamily* family,
                             const Add& add) {
  streamhouse_registry& to = Given(registry, "a registry");
  CFamily& place = Given(family, "the place for a family");
  place = CFamily{nullptr};
  Result<MetricOptions> known = MetricOptionsOf(options);
  if (!known.ok()) return ToC(known.status());
  auto added = add(to.registry, *std::move(known));
  if (!added.ok()) return ToC(added.status());
  place = CFamily{Keep(to, *added)};
  return ToC(Status::Ok());
}

Result<BucketBounds> BoundsOf(const double* bounds, std::size_t count) {
  Check(count == 0 || bounds != nullptr, "C API: bounds are null, and their count is not 0");
  // A count that is too large is an error of From(), which one bound too many shows.
  return BucketBounds::From(std::vector<double>(bounds, bounds + std::min(count, BucketBounds::kMaxBounds + 1)));
}

streamhouse_status CopyBounds(const Result<BucketBounds>& made, double* bounds) {
  if (made.ok()) std::copy(made->values().begin(), made->values().end(), &Given(bounds, "the place for bounds"));
  return ToC(made.status());
}

// BucketBounds counts in int, and refuses what is above kMaxBounds.
int CountOf(std::size_t count) {
  return static_cast<int>(std::min(count, BucketBounds::kMaxBounds + 1));
}

streamhouse_registry* MakeRegistry(RegistryOptions options) {
  return new streamhouse_registry{.registry = Registry(std::move(options))};
}

}  // namespace
}  // namespace streamhouse::metrics::internal

namespace core = streamhouse::metrics;
using core::MetricOptions;
using core::Registry;
using core::Status;
using core::ToC;
using core::internal::AddFamily;

streamhouse_registry* streamhouse_registry_new() noexcept {
  return core::internal::MakeRegistry({});
}

streamhouse_status streamhouse_registry_new_with(const streamhouse_registry_options* options,
                                                 streamhouse_registry** registry) noexcept {
  streamhouse_registry*& place = core::internal::Given(registry, "the place for a registry");
  place = nullptr;
  core::Result<core::RegistryOptions> known = core::internal::RegistryOptionsOf(options);
  if (!known.ok()) return ToC(known.status());
  place = core::internal::MakeRegistry(*std::move(known));
  return ToC(Status::Ok());
}

void streamhouse_registry_free(streamhouse_registry* registry) noexcept {
  delete registry;
}

streamhouse_status streamhouse_add_process_metrics(streamhouse_registry* registry) noexcept {
  streamhouse_registry& to = core::internal::Given(registry, "a registry");
  const core::MutexLock lock(to.mutex);
  if (!to.process_metrics.empty()) return ToC(Status::Ok());
  auto added = core::ProcessMetrics::Register(to.registry);
  if (!added.ok()) return ToC(added.status());
  to.process_metrics.push_back(*std::move(added));
  return ToC(Status::Ok());
}

streamhouse_status streamhouse_add_core_metrics(streamhouse_registry* registry) noexcept {
  streamhouse_registry& to = core::internal::Given(registry, "a registry");
  const core::MutexLock lock(to.mutex);
  if (!to.core_metrics.empty()) return ToC(Status::Ok());
  auto added = core::CoreMetrics::Register(to.registry);
  if (!added.ok()) return ToC(added.status());
  to.core_metrics.push_back(*std::move(added));
  return ToC(Status::Ok());
}

streamhouse_status streamhouse_add_build_info(streamhouse_registry* registry, const char* program, const char* version,
                                              const char* revision) noexcept {
  core::Registry& to = core::internal::Given(registry, "a registry").registry;
  using core::internal::TextOf;
  return ToC(core::RegisterBuildInfo(to, TextOf(program), TextOf(version), TextOf(revision)));
}

const char* streamhouse_version() noexcept {
  return core::kVersion.data();
}

streamhouse_status streamhouse_add_counter(streamhouse_registry* registry, const streamhouse_metric_options* options,
                                           streamhouse_counter_family* family) noexcept {
  return AddFamily(registry, options, family,
                   [](Registry& to, MetricOptions made) { return to.AddCounter(std::move(made)); });
}

streamhouse_status streamhouse_add_double_counter(streamhouse_registry* registry,
                                                  const streamhouse_metric_options* options,
                                                  streamhouse_double_counter_family* family) noexcept {
  return AddFamily(registry, options, family,
                   [](Registry& to, MetricOptions made) { return to.AddDoubleCounter(std::move(made)); });
}

streamhouse_status streamhouse_add_up_down_counter(streamhouse_registry* registry,
                                                   const streamhouse_metric_options* options,
                                                   streamhouse_up_down_counter_family* family) noexcept {
  return AddFamily(registry, options, family,
                   [](Registry& to, MetricOptions made) { return to.AddUpDownCounter(std::move(made)); });
}

streamhouse_status streamhouse_add_gauge(streamhouse_registry* registry, const streamhouse_metric_options* options,
                                         streamhouse_gauge_family* family) noexcept {
  return AddFamily(registry, options, family,
                   [](Registry& to, MetricOptions made) { return to.AddGauge(std::move(made)); });
}

streamhouse_status streamhouse_add_double_gauge(streamhouse_registry* registry,
                                                const streamhouse_metric_options* options,
                                                streamhouse_double_gauge_family* family) noexcept {
  return AddFamily(registry, options, family,
                   [](Registry& to, MetricOptions made) { return to.AddDoubleGauge(std::move(made)); });
}

streamhouse_status streamhouse_add_histogram(streamhouse_registry* registry, const streamhouse_metric_options* options,
                                             const double* bounds, std::size_t bound_count,
                                             streamhouse_histogram_family* family) noexcept {
  const auto checked = core::internal::BoundsOf(bounds, bound_count);
  return AddFamily(registry, options, family,
                   [&](Registry& to, MetricOptions made) -> core::Result<core::Family<core::Histogram>> {
                     if (!checked.ok()) return checked.status();
                     return to.AddHistogram(std::move(made), checked.value());
                   });
}

streamhouse_status streamhouse_add_tick_histogram(streamhouse_registry* registry,
                                                  const streamhouse_metric_options* options, const double* bounds,
                                                  std::size_t bound_count, double ticks_per_unit,
                                                  streamhouse_tick_histogram_family* family) noexcept {
  const auto checked = core::internal::BoundsOf(bounds, bound_count);
  return AddFamily(registry, options, family,
                   [&](Registry& to, MetricOptions made) -> core::Result<core::Family<core::TickHistogram>> {
                     if (!checked.ok()) return checked.status();
                     return to.AddTickHistogram(std::move(made), checked.value(), ticks_per_unit);
                   });
}

streamhouse_status streamhouse_add_exponential_histogram(streamhouse_registry* registry,
                                                         const streamhouse_metric_options* options,
                                                         const double* classic_bounds, std::size_t bound_count,
                                                         streamhouse_exponential_histogram_family* family) noexcept {
  const auto checked = core::internal::BoundsOf(classic_bounds, bound_count);
  return AddFamily(registry, options, family,
                   [&](Registry& to, MetricOptions made) -> core::Result<core::Family<core::ExponentialHistogram>> {
                     if (!checked.ok()) return checked.status();
                     return to.AddExponentialHistogram(std::move(made), checked.value());
                   });
}

streamhouse_status streamhouse_add_state_set(streamhouse_registry* registry, const streamhouse_metric_options* options,
                                             const char* const* states, std::size_t state_count,
                                             streamhouse_state_set_family* family) noexcept {
  return AddFamily(registry, options, family,
                   [&](Registry& to, MetricOptions made) -> core::Result<core::Family<core::StateSet>> {
                     Status few = core::internal::CheckCount("state_count", state_count, STREAMHOUSE_ABI_STATES);
                     if (!few.ok()) return few;
                     return to.AddStateSet(std::move(made), core::internal::TextsOf(states, state_count));
                   });
}

streamhouse_status streamhouse_add_info(streamhouse_registry* registry, const streamhouse_metric_options* options,
                                        streamhouse_info_family* family) noexcept {
  return AddFamily(registry, options, family,
                   [](Registry& to, MetricOptions made) { return to.AddInfo(std::move(made)); });
}

streamhouse_status streamhouse_exponential_bounds(double start, double factor, std::size_t count,
                                                  double* bounds) noexcept {
  return core::internal::CopyBounds(core::BucketBounds::Exponential(start, factor, core::internal::CountOf(count)),
                                    bounds);
}

streamhouse_status streamhouse_linear_bounds(double start, double width, std::size_t count, double* bounds) noexcept {
  return core::internal::CopyBounds(core::BucketBounds::Linear(start, width, core::internal::CountOf(count)), bounds);
}
