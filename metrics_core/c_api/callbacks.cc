#include "metrics_core/c_api/callbacks.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/c_api/bridge.h"
#include "metrics_core/c_api/objects.h"
#include "metrics_core/callback_values.h"
#include "metrics_core/clock.h"
#include "metrics_core/internal/family_access.h"

struct streamhouse_samples {
  streamhouse::metrics::internal::CallbackSamples& samples;
};

namespace streamhouse::metrics::internal {
namespace {

// Keeps user data until the last copy has gone, then destroys it.
std::shared_ptr<void> Own(void* user_data, void (*destroy)(void*)) {
  return {user_data, [destroy](void* data) {
            if (destroy != nullptr) destroy(data);
          }};
}

// `add` registers with the C++ registry; `objects` are those of its kind.
template <typename Object, typename Add>
streamhouse_status AddCallbacks(streamhouse_registry* registry, const streamhouse_metric_options* options,
                                Object** family, streamhouse_registry::ByName<Object> streamhouse_registry::*objects,
                                const Add& add) {
  Object*& place = Given(family, "the place for a family");
  streamhouse_registry& to = Given(registry, "a registry");
  place = nullptr;
  Result<MetricOptions> known = MetricOptionsOf(options);
  if (!known.ok()) return ToC(known.status());
  auto added = add(to.registry, *std::move(known));
  if (!added.ok()) return ToC(added.status());
  const MutexLock lock(to.mutex);
  std::unique_ptr<Object>& kept = (to.*objects)[FamilyAccess::InfoOf(*added).name];
  if (kept == nullptr) kept = std::make_unique<Object>(Object{*std::move(added)});
  place = kept.get();
  return ToC(Status::Ok());
}

Result<BucketBounds> BoundsOf(const double* bounds, std::size_t count) {
  Check(count == 0 || bounds != nullptr, "C API: bounds are null, and their count is not 0");
  // A count that is too large is an error of From(), which one bound too many shows.
  return BucketBounds::From(std::vector<double>(bounds, bounds + std::min(count, BucketBounds::kMaxBounds + 1)));
}

std::int64_t SinceOf(std::int64_t began_unix_milliseconds) {
  return began_unix_milliseconds != 0 ? began_unix_milliseconds : Clock::UnixMilliseconds();
}

template <typename Token>
streamhouse_token* Made(Token token) {
  return new TokenOf<Token>(std::move(token));
}

// A callback of one series, whose value is made by `read`.
template <typename Family, typename Read>
streamhouse_status AddOne(const Family& family, Read read, std::int64_t began, const LabelValues& labels,
                          streamhouse_token** token) {
  streamhouse_token*& place = Given(token, "the place for a token");
  auto added = FamilyAccess::Add(family, std::move(read), SinceOf(began), labels.values());
  place = nullptr;
  if (added) {
    place = Made(*std::move(added));
    return ToC(Status::Ok());
  }
  const FamilyInfo& info = FamilyAccess::InfoOf(family);
  return ToC({StatusCode::kInvalidArgument, "metric \"" + info.name + "\": " + std::to_string(labels.values().size()) +
                                                " label values for " + std::to_string(info.label_names.size()) +
                                                " labels"});
}

}  // namespace
}  // namespace streamhouse::metrics::internal

namespace core = streamhouse::metrics;
using core::MetricOptions;
using core::Registry;
using core::internal::AddCallbacks;
using core::internal::AddOne;
using core::internal::Given;
using core::internal::LabelValues;
using core::internal::Own;

void streamhouse_token_free(streamhouse_token* token) noexcept {
  delete token;
}

streamhouse_status streamhouse_add_callback_counter(streamhouse_registry* registry,
                                                    const streamhouse_metric_options* options,
                                                    streamhouse_number_callbacks** family) noexcept {
  return AddCallbacks(registry, options, family, &streamhouse_registry::number_callbacks,
                      [](Registry& to, MetricOptions made) { return to.AddCallbackCounter(std::move(made)); });
}

streamhouse_status streamhouse_add_callback_gauge(streamhouse_registry* registry,
                                                  const streamhouse_metric_options* options,
                                                  streamhouse_number_callbacks** family) noexcept {
  return AddCallbacks(registry, options, family, &streamhouse_registry::number_callbacks,
                      [](Registry& to, MetricOptions made) { return to.AddCallbackGauge(std::move(made)); });
}

streamhouse_status streamhouse_add_callback_histogram(streamhouse_registry* registry,
                                                      const streamhouse_metric_options* options, const double* bounds,
                                                      std::size_t bound_count,
                                                      streamhouse_histogram_callbacks** family) noexcept {
  const auto checked = core::internal::BoundsOf(bounds, bound_count);
  return AddCallbacks(registry, options, family, &streamhouse_registry::histogram_callbacks,
                      [&](Registry& to, MetricOptions made) -> core::Result<core::CallbackHistogramFamily> {
                        if (!checked.ok()) return checked.status();
                        return to.AddCallbackHistogram(std::move(made), checked.value());
                      });
}

streamhouse_status streamhouse_add_callback_summary(streamhouse_registry* registry,
                                                    const streamhouse_metric_options* options, const double* quantiles,
                                                    std::size_t quantile_count,
                                                    streamhouse_summary_callbacks** family) noexcept {
  core::Check(quantile_count == 0 || quantiles != nullptr, "C API: quantiles are null, and their count is not 0");
  return AddCallbacks(
      registry, options, family, &streamhouse_registry::summary_callbacks,
      [&](Registry& to, MetricOptions made) -> core::Result<core::CallbackSummaryFamily> {
        core::Status few = core::internal::CheckCount("quantile_count", quantile_count, STREAMHOUSE_QUANTILES_MAX);
        if (!few.ok()) return few;
        return to.AddCallbackSummary(std::move(made), std::vector<double>(quantiles, quantiles + quantile_count));
      });
}

streamhouse_status streamhouse_number_callback_add(streamhouse_number_callbacks* family,
                                                   streamhouse_number_callback callback, const char* const* values,
                                                   const std::size_t* value_bytes, std::size_t count,
                                                   streamhouse_token** token) noexcept {
  const auto& callbacks = Given(family, "a family").family;
  core::Check(callback.read != nullptr, "C API: a callback has no function");
  const auto read = [read = callback.read, data = Own(callback.user_data, callback.destroy)] {
    return read(data.get());
  };
  return AddOne(callbacks, read, callback.began_unix_milliseconds, LabelValues(values, value_bytes, count), token);
}

streamhouse_status streamhouse_histogram_callback_add(streamhouse_histogram_callbacks* family,
                                                      streamhouse_histogram_callback callback,
                                                      const char* const* values, const std::size_t* value_bytes,
                                                      std::size_t count, streamhouse_token** token) noexcept {
  const auto& callbacks = Given(family, "a family").family;
  core::Check(callback.read != nullptr, "C API: a callback has no function");
  const std::size_t buckets = core::internal::FamilyAccess::InfoOf(callbacks).bounds.size() + 1;
  const auto read = [read = callback.read, data = Own(callback.user_data, callback.destroy), buckets] {
    core::CallbackHistogram histogram = {.bucket_counts = std::vector<std::uint64_t>(buckets), .sum = 0};
    // Without buckets it is left out, and counted as failed.
    if (!read(data.get(), histogram.bucket_counts.data(), buckets, &histogram.sum)) histogram.bucket_counts.clear();
    return histogram;
  };
  return AddOne(callbacks, read, callback.began_unix_milliseconds, LabelValues(values, value_bytes, count), token);
}

streamhouse_status streamhouse_summary_callback_add(streamhouse_summary_callbacks* family,
                                                    streamhouse_summary_callback callback, const char* const* values,
                                                    const std::size_t* value_bytes, std::size_t count,
                                                    streamhouse_token** token) noexcept {
  const auto& callbacks = Given(family, "a family").family;
  core::Check(callback.read != nullptr, "C API: a callback has no function");
  const std::size_t quantiles = core::internal::FamilyAccess::InfoOf(callbacks).quantiles.size();
  const auto read = [read = callback.read, data = Own(callback.user_data, callback.destroy), quantiles] {
    core::CallbackSummary summary = {.quantile_values = std::vector<double>(quantiles), .sum = 0, .count = 0};
    // With a sum that is no number it is left out, and counted as failed.
    if (!read(data.get(), summary.quantile_values.data(), quantiles, &summary.sum, &summary.count)) {
      summary.sum = std::numeric_limits<double>::quiet_NaN();
    }
    return summary;
  };
  return AddOne(callbacks, read, callback.began_unix_milliseconds, LabelValues(values, value_bytes, count), token);
}

void streamhouse_samples_add(streamhouse_samples* samples, double value, const char* const* values,
                             const std::size_t* value_bytes, std::size_t count) noexcept {
  Given(samples, "the place for samples").samples.Add(value, LabelValues(values, value_bytes, count).values());
}

streamhouse_token* streamhouse_many_callback_add(streamhouse_number_callbacks* family,
                                                 streamhouse_many_callback callback) noexcept {
  const auto& callbacks = Given(family, "a family").family;
  core::Check(callback.read != nullptr, "C API: a callback has no function");
  const auto read = [read = callback.read,
                     data = Own(callback.user_data, callback.destroy)](core::internal::CallbackSamples& to) {
    streamhouse_samples samples = {.samples = to};
    read(data.get(), &samples);
  };
  const std::int64_t began = core::internal::SinceOf(callback.began_unix_milliseconds);
  return core::internal::Made(core::internal::FamilyAccess::AddMany(callbacks, read, began));
}
