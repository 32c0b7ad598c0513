// streamhouse_registry, streamhouse_family and their kin: what the opaque types of the C API are,
// and what several of its files need.
//
// Thread safety: as the headers of the C API say.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/callback_family.h"
#include "metrics_core/health.h"
#include "metrics_core/internal/family_core.h"
#include "metrics_core/metric_options.h"
#include "metrics_core/mutex.h"
#include "metrics_core/registry.h"
#include "metrics_core/self_metrics/core_metrics.h"
#include "metrics_core/self_metrics/process_metrics.h"
#include "metrics_core/status.h"

#include "metrics_core/c_api/callbacks.h"
#include "metrics_core/c_api/registry.h"

struct streamhouse_family {
  std::shared_ptr<streamhouse::metrics::internal::FamilyCore> core;
};

struct streamhouse_number_callbacks {
  streamhouse::metrics::CallbackFamily family;
};

struct streamhouse_histogram_callbacks {
  streamhouse::metrics::CallbackHistogramFamily family;
};

struct streamhouse_summary_callbacks {
  streamhouse::metrics::CallbackSummaryFamily family;
};

struct streamhouse_registry {
  // By the name of the family: an equal registration gives the object that is there.
  template <typename Object>
  using ByName = std::map<std::string, std::unique_ptr<Object>>;

  streamhouse::metrics::Registry registry;

  streamhouse::metrics::Mutex mutex = {};
  ByName<streamhouse_family> families STREAMHOUSE_GUARDED_BY(mutex) = {};
  ByName<streamhouse_number_callbacks> number_callbacks STREAMHOUSE_GUARDED_BY(mutex) = {};
  ByName<streamhouse_histogram_callbacks> histogram_callbacks STREAMHOUSE_GUARDED_BY(mutex) = {};
  ByName<streamhouse_summary_callbacks> summary_callbacks STREAMHOUSE_GUARDED_BY(mutex) = {};
  std::vector<streamhouse::metrics::ProcessMetrics> process_metrics STREAMHOUSE_GUARDED_BY(mutex) = {};
  std::vector<streamhouse::metrics::CoreMetrics> core_metrics STREAMHOUSE_GUARDED_BY(mutex) = {};
};

struct streamhouse_health {
  streamhouse::metrics::Health health;
};

struct streamhouse_token {
  virtual ~streamhouse_token() = default;
};

namespace streamhouse::metrics::internal {

template <typename T>
struct TokenOf final : streamhouse_token {
  explicit TokenOf(T held) : token(std::move(held)) {}
  T token;
};

// One label value of a call from C.
inline std::string_view LabelValue(const char* const* values, const std::size_t* value_bytes, std::size_t i) noexcept {
  if (values == nullptr || values[i] == nullptr) Fail("C API: a label value is null");
  return {values[i], value_bytes == nullptr ? std::strlen(values[i]) : value_bytes[i]};
}

// Label values of a call from C, which must outlive this. Allocates nothing.
class LabelValues {
 public:
  LabelValues(const char* const* values, const std::size_t* value_bytes, std::size_t count) noexcept
      : size_(count < kPlaces ? count : kPlaces) {
    for (std::size_t i = 0; i < size_; ++i) new (&places()[i]) std::string_view(LabelValue(values, value_bytes, i));
  }
  LabelValues(const LabelValues&) = delete;
  LabelValues& operator=(const LabelValues&) = delete;

  std::span<const std::string_view> values() const noexcept {
    return {const_cast<LabelValues*>(this)->places(), size_};
  }

 private:
  // One more than any family has labels: too many values stay too many.
  static constexpr std::size_t kPlaces = STREAMHOUSE_LABELS_MAX + 1;

  std::string_view* places() noexcept { return reinterpret_cast<std::string_view*>(storage_); }

  const std::size_t size_;
  // Not constructed: most calls need a few of them.
  alignas(std::string_view) std::byte storage_[kPlaces * sizeof(std::string_view)];
};

// The object behind a pointer that the contract forbids to be null.
template <typename T>
T& Given(T* pointer, std::string_view what) {
  if (pointer == nullptr) Fail("C API: " + std::string(what) + " is null");
  return *pointer;
}

// InvalidArgument, about the field, for a count that cannot be that of an array in C.
Status CheckCount(std::string_view field, std::size_t count, std::size_t max);

// A text of C; null is the empty text. The count is checked.
std::string TextOf(const char* text);
std::vector<std::string> TextsOf(const char* const* texts, std::size_t count);

Result<MetricOptions> MetricOptionsOf(const streamhouse_metric_options* options);

}  // namespace streamhouse::metrics::internal
