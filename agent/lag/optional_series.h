// OptionalSeries: a series of a gauge, on the page while its value is known and this object lives.
//
// When to use something else: Family::With() for a series whose value is always known.
// Guarantees: a value that is not known has no series: not 0, not the last value.
// Thread safety: one thread at a time. The family and the labels must outlive it.
// Cost: a look-up for a series that appears or ends; a store for a value that stays on the page.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "metrics_core/family.h"
#include "metrics_core/gauge.h"

namespace streamhouse::agent {

template <typename Handle, std::size_t kLabels>
class OptionalSeries {
 public:
  using Labels = std::array<std::string, kLabels>;

  OptionalSeries(const metrics::Family<Handle, kLabels>& family, const Labels& labels)
      : family_(family), labels_(labels) {}
  ~OptionalSeries() { Remove(); }
  OptionalSeries(const OptionalSeries&) = delete;
  OptionalSeries& operator=(const OptionalSeries&) = delete;

  template <typename Value>
  void Show(const std::optional<Value>& value) {
    if (!value) return Remove();
    if (!handle_) handle_ = std::apply([this](const auto&... labels) { return family_.With(labels...); }, labels_);
    handle_->Set(*value);
  }

 private:
  void Remove() {
    if (!handle_) return;
    handle_.reset();
    // True: the handle was that of a series.
    static_cast<void>(std::apply([this](const auto&... labels) { return family_.Remove(labels...); }, labels_));
  }

  const metrics::Family<Handle, kLabels>& family_;
  const Labels& labels_;
  std::optional<Handle> handle_;
};
template <std::size_t kLabels>
using OptionalGauge = OptionalSeries<metrics::Gauge, kLabels>;
template <std::size_t kLabels>
using OptionalDoubleGauge = OptionalSeries<metrics::DoubleGauge, kLabels>;

// The value that a gauge shows for a count or an offset.
inline std::optional<std::int64_t> Signed(const std::optional<std::uint64_t>& value) {
  return value ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
}

}  // namespace streamhouse::agent
