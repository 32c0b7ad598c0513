// CallbackFamily, CallbackHistogramFamily, CallbackSummaryFamily: metrics whose values are asked
// for at each scrape.
//
// For what is known elsewhere and costs nothing until it is read: the length of a queue, the size
// of a cache, what the kernel counts.
// When to use something else: a Gauge or Counter for what the program itself changes, or where
// asking takes long. A callback runs on the scraping thread: a slow one makes every scrape slow.
// Guarantees:
// 1. A series is on the page from Add() until its token is destroyed.
// 2. When a token's destructor returns, its callback is not running and will never run again. So
//    the callback may refer to what is destroyed next. The destructor waits for a callback that is
//    running on another thread.
// 3. Two living objects may add callbacks with the same labels: the page shows the newest callback
//    whose token lives. When its token goes, the page shows the one before it. So the metrics of an
//    object that is made again follow the new one.
// 4. A value that is NaN is left out of the page.
// 5. Start times (CreationTimes::kKept): a counter began when its callback was added, unless
//    AddSince() says when.
// What a callback must keep to:
// - It may destroy its own token, but not the token of another callback.
// - It may use the registry and any handle, but not take a snapshot.
// - Values of a counter must not go down. The registry does not check this.
// Thread safety: all methods from any thread; one callback runs at most once at a time.
// Cost: one lock and one call a callback and scrape. Where a family has a callback of AddMany(), a
// scrape also allocates for each series.
// Errors:
// 1. A callback that throws gives no value at that scrape, and is counted (CoreMetrics,
//    failed_callbacks). The samples that a callback of AddMany() gave before it threw stay on the
//    page.
// 2. An invalid histogram or summary is left out and counted in the same way:
//    - The number of buckets is not the number of bounds + 1.
//    - The number of values is not the number of quantiles.
//    - The values of the quantiles do not ascend.
//    - The sum is NaN.
// 3. With another number of label values than there are labels, nothing is added, and that is
//    counted (refused_lookups).
//
//   CallbackFamily depth = *registry.AddCallbackGauge({.name = "queue_records", .help = "…", .labels = {"queue"}});
//   CallbackFamily::Token token = depth.Add([&] { return double(queue.size()); }, "ingest");
//
//   CallbackHistogramFamily sizes = *registry.AddCallbackHistogram({.name = "size_bytes", .help = "…"}, bounds);
//   auto size = sizes.Add([&] { return CallbackHistogram{.bucket_counts = cache.Counts(), .sum = cache.Bytes()}; });
//
//   auto all = depth.AddMany([&](CallbackFamily::Samples& samples) {
//     for (const Queue& queue : queues) samples.Add(queue.size(), queue.name());
//   });
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "metrics_core/callback_values.h"
#include "metrics_core/internal/callback_core.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics {
namespace internal {
struct FamilyAccess;
}  // namespace internal

// Value: double, CallbackHistogram or CallbackSummary (callback_values.h).
template <typename Value>
class BasicCallbackFamily {
 public:
  using Read = std::function<Value()>;

  // Takes the values of a callback of many series, each with one value a label. The first of equal
  // label sets counts.
  class Samples {
   public:
    explicit Samples(internal::CallbackSamples& samples) : samples_(samples) {}

    template <typename... Values>
    void Add(const Value& value, const Values&... values) {
      const std::array<std::string_view, sizeof...(Values)> views = {std::string_view(values)...};
      samples_.Add(value, views);
    }

   private:
    internal::CallbackSamples& samples_;
  };
  using ReadMany = std::function<void(Samples&)>;

  // Keeps one series on the page. Movable; may outlive its family and the registry.
  class Token {
   public:
    Token() = default;
    Token(Token&&) noexcept = default;
    Token& operator=(Token&& other) noexcept {
      Token replaced(std::move(other));
      std::swap(series_, replaced.series_);
      return *this;
    }
    ~Token() {
      if (series_ != nullptr) internal::CallbackCore::Remove(series_);
    }

   private:
    friend class BasicCallbackFamily;
    friend struct internal::FamilyAccess;
    explicit Token(std::shared_ptr<internal::CallbackSeries> series) : series_(std::move(series)) {}
    std::shared_ptr<internal::CallbackSeries> series_;
  };

  BasicCallbackFamily() = default;  // its series are nowhere
  explicit BasicCallbackFamily(std::shared_ptr<internal::CallbackCore> core) : core_(std::move(core)) {}

  template <typename... Values>
  [[nodiscard]] Token Add(const Read& read, const Values&... values) const {
    return AddSince(std::chrono::system_clock::now(), read, values...);
  }

  // The same for a value that began to count at that time.
  template <typename... Values>
  [[nodiscard]] Token AddSince(std::chrono::system_clock::time_point began, const Read& read,
                               const Values&... values) const {
    if (core_ == nullptr) return Token();
    const std::array<std::string_view, sizeof...(Values)> views = {std::string_view(values)...};
    return Token(core_->Add(read, UnixMilliseconds(began), views));
  }

  // For labels that are known only at the scrape.
  [[nodiscard]] Token AddMany(ReadMany read) const {
    return AddManySince(std::chrono::system_clock::now(), std::move(read));
  }
  [[nodiscard]] Token AddManySince(std::chrono::system_clock::time_point began, ReadMany read) const {
    if (core_ == nullptr) return Token();
    Check(read != nullptr, "metric \"" + core_->info().name + "\": a callback is missing");
    const auto adapted = [read = std::move(read)](internal::CallbackSamples& to) {
      Samples samples(to);
      read(samples);
    };
    return Token(core_->AddMany(adapted, UnixMilliseconds(began)));
  }

 private:
  friend struct internal::FamilyAccess;

  static std::int64_t UnixMilliseconds(std::chrono::system_clock::time_point time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
  }

  std::shared_ptr<internal::CallbackCore> core_;
};

using CallbackFamily = BasicCallbackFamily<double>;
using CallbackHistogramFamily = BasicCallbackFamily<CallbackHistogram>;
using CallbackSummaryFamily = BasicCallbackFamily<CallbackSummary>;

}  // namespace streamhouse::metrics
