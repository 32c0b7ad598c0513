// Family: one metric name with one series for each set of label values.
//
// With() resolves a handle once, at set-up; recording through it looks nothing up. Lookup() is for
// label values that are known only while recording: it finds the series without a lock and without
// allocating, for one recording.
// When to use something else: a family without labels has one series; keep With()'s handle and
// forget the family.
// Guarantees:
// 1. The same values give the same series. Values that are not UTF-8 are repaired, each bad byte
//    becoming U+FFFD.
// 2. A series is on the page from its first With() or Lookup() on; that of a family without labels
//    from its registration on.
// 3. Remove() and expiry (MetricOptions::expire_after) take a series off at once. A later With()
//    starts a new series at zero.
// 4. What is recorded through a handle whose series was removed is counted nowhere, and never in
//    another series. The same holds for a Lookup() at the very moment of the removal.
// 5. A family and its handles may outlive the registry; no reader sees them then.
// 6. A default-constructed family gives sinks, and so does Lookup() with recording compiled out.
// Limits:
// - Beyond MetricOptions::series_max, a new label set gets the overflow series instead, and
//   OverflowedLookups() counts it. The same happens when the label texts of the family have
//   LabelBytesMax() bytes.
// - The overflow series is the label set whose values are all kOverflowLabelValue. It takes no
//   other's place.
// - A value with more than label_value_bytes_max bytes is truncated.
// - The metrics of the core count truncated values and overflows by family.
// Thread safety: all methods from any thread; assigning to a family needs the caller's own
// ordering.
// Cost: With() is a look-up under a lock, and two locked instructions for the handle's life.
// Lookup() hashes and compares the values without a locked instruction (bench:
// BM_FamilyLookupIncrement); nothing with recording compiled out. A label set's first use allocates
// and locks, and may wait for a scrape of the same family. So does every look-up with a value over
// label_value_bytes_max.
// Errors: the compiler refuses another number of values than there are labels where the labels were
// registered as Labels{…}. Otherwise such a call gets a sink, which the metrics of the core count
// by family (refused_lookups). A lack of memory for a new series ends the program; the recording
// path does not allocate series.
// fork(): a child may record and look up what exists. With(), a first Lookup() and Remove() may
// never return if a thread of the parent held a lock; register and resolve before the fork, or
// after an exec.
//
//   Family<Counter, 2> requests =
//       *registry.AddCounter({.name = "requests_total", .help = "…"}, Labels{"method", "code"});
//   Counter produced = requests.With("Produce", "OK");       // at set-up
//   produced.Increment();                                    // while recording
//   requests.Lookup(method, code)->Increment();              // while recording, values from outside
//   requests.With("Produce");                                // does not compile
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include "metrics_core/internal/cells/recording.h"
#include "metrics_core/internal/family_core.h"
#include "metrics_core/internal/series/read_section.h"
#include "metrics_core/internal/series/series_ref.h"

namespace streamhouse::metrics {

class Registry;
namespace internal {
struct FamilyAccess;
}  // namespace internal

// A handle for the recordings of one full expression, from Family::Lookup().
template <typename Handle>
class LookedUp {
 public:
  ~LookedUp() {
    if (holds_reference_) {
      handle()->~Handle();
    } else {
      internal::ReadSection::Leave();
    }
  }
  LookedUp(const LookedUp&) = delete;
  LookedUp& operator=(const LookedUp&) = delete;

  const Handle* operator->() const noexcept { return handle(); }

 private:
  template <typename, std::size_t>
  friend class Family;
  friend struct internal::FamilyAccess;

  template <typename LabelValues>
  LookedUp(internal::FamilyCore* family, const LabelValues& values) {
    if constexpr (!internal::kRecordingEnabled) family = nullptr;
    if (family != nullptr && internal::EnsureShard()) {
      internal::ReadSection::Enter();
      const internal::Slot run = family->Find(values);
      if (run != internal::kSinkSlot) {
        // The reference stays the family's: the section keeps it, and this handle is never
        // destroyed.
        new (storage_) Handle(family->template MakeHandle<Handle>(internal::SeriesRef::Adopt(run)));
        return;
      }
      internal::ReadSection::Leave();
    }
    holds_reference_ = true;
    new (storage_) Handle(family == nullptr ? Handle() : family->template MakeHandle<Handle>(family->Resolve(values)));
  }

  const Handle* handle() const noexcept { return std::launder(reinterpret_cast<const Handle*>(storage_)); }

  alignas(Handle) std::byte storage_[sizeof(Handle)];
  bool holds_reference_ = false;
};

// The number of labels that a family has which were given as MetricOptions::labels: the compiler
// does not know it.
inline constexpr std::size_t kAnyNumberOfLabels = SIZE_MAX;

// Handle: Counter, DoubleCounter, Gauge, DoubleGauge, UpDownCounter, Histogram, TickHistogram,
// ExponentialHistogram, StateSet or Info.
// kLabels: how many values each call takes. A family of a known number converts to one of any
// number.
template <typename Handle, std::size_t kLabels = kAnyNumberOfLabels>
class Family {
  template <std::size_t kCount>
  static constexpr bool kTakes = kLabels == kAnyNumberOfLabels || kCount == kLabels;

 public:
  Family() = default;
  explicit Family(std::shared_ptr<internal::FamilyCore> core) : core_(std::move(core)) {}

  template <std::size_t kOther>
  Family(const Family<Handle, kOther>& other) noexcept  // NOLINT(google-explicit-constructor)
      requires(kLabels == kAnyNumberOfLabels)
      : core_(other.core_) {}

  // One value a label, in the order in which the labels were registered; anything that converts to
  // string_view.
  template <typename... Values>
  requires(kTakes<sizeof...(Values)>) Handle With(const Values&... values)
  const {
    if (core_ == nullptr) return Handle();
    return core_->template MakeHandle<Handle>(core_->Resolve(Views<sizeof...(Values)>{std::string_view(values)...}));
  }

  // Not to be kept: it holds up the reuse of memory while it lives, and must not outlive this
  // family.
  template <typename... Values>
  requires(kTakes<sizeof...(Values)>) LookedUp<Handle> Lookup(const Values&... values)
  const { return LookedUp<Handle>(core_.get(), Views<sizeof...(Values)>{std::string_view(values)...}); }

  // False when there is no such series. The overflow series cannot be removed.
  template <typename... Values>
  requires(kTakes<sizeof...(Values)>) bool Remove(const Values&... values) const {
    return core_ != nullptr && core_->Remove(Views<sizeof...(Values)>{std::string_view(values)...});
  }

  // With() and Lookup() calls that got the overflow series, or, where the process has no cells
  // left, a sink.
  std::uint64_t OverflowedLookups() const { return core_ == nullptr ? 0 : core_->overflowed_lookups(); }

 private:
  friend class Registry;
  friend struct internal::FamilyAccess;
  template <typename, std::size_t>
  friend class Family;

  template <std::size_t kCount>
  using Views = std::array<std::string_view, kCount>;

  std::shared_ptr<internal::FamilyCore> core_;
};

}  // namespace streamhouse::metrics
