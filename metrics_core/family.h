// Family: one metric name with one series for each set of label values.
//
// With() resolves a handle once, at set-up; recording through it looks nothing up. Lookup() is for label values that
// are known only on the way: it finds the series without a lock and without allocating, for one recording.
// When to use something else: a family without labels has one series; keep With()'s handle and forget the family.
// Guarantees: the same values give the same series. Values that are not UTF-8 are repaired, each bad byte becoming
// U+FFFD. A series is on the page from its first With() or Lookup() on, until Remove() or expiry
// (MetricOptions::expire_after), at once. What is recorded after that through a handle that is still held is counted
// nowhere, and never in another series, and so is a Lookup() at the very moment of the removal; a later With() starts a
// new series at zero. Beyond MetricOptions::series_max, a new label set gets the overflow series instead, and
// OverflowedLookups() counts it. A default-constructed family gives sinks, and so does Lookup() with recording compiled
// out. A family and its handles may outlive the registry; nobody sees them then.
// Thread safety: all methods from any thread; assigning to a family needs the caller's own ordering.
// Cost: With() is a look-up under a lock, and two locked instructions for the handle's life. Lookup() hashes and
// compares the values, 15 to 17 ns for two short ones (bench: BM_FamilyLookupIncrement), without a locked instruction;
// nothing with recording compiled out. A label set's first use allocates and locks, and may wait for a scrape of the
// same family.
// Errors: another number of values than the family has labels ends the program, as it is a programmer's error; so does
// a lack of memory for a new series, which leaves the recording path untouched.
// fork(): a child may record and look up what exists. With(), a first Lookup() and Remove() may wait for ever for a
// lock that a thread of the parent held; register and resolve before the fork, or after an exec.
//
//   Family<Counter> requests =
//       *registry.AddCounter({.name = "requests_total", .help = "…", .labels = {"method", "code"}});
//   Counter produced = requests.With("Produce", "OK");       // at set-up
//   produced.Increment();                                    // on the way
//   requests.Lookup(method, code)->Increment();              // on the way, values from outside
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include "metrics_core/internal/family_core.h"
#include "metrics_core/internal/read_section.h"
#include "metrics_core/internal/recording.h"
#include "metrics_core/internal/series_ref.h"

namespace streamhouse::metrics {

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
  template <typename>
  friend class Family;

  template <std::size_t kCount>
  LookedUp(internal::FamilyCore* family, const std::array<std::string_view, kCount>& values) {
    if constexpr (!internal::kRecordingEnabled) family = nullptr;
    if (family != nullptr && internal::EnsureShard()) {
      internal::ReadSection::Enter();
      const internal::Slot run = family->Find(values);
      if (run != internal::kSinkSlot) {
        // The reference stays the family's: the section keeps it, and this handle is never destroyed.
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

// Handle: Counter, DoubleCounter, Gauge, DoubleGauge, UpDownCounter, Histogram, TickHistogram or ExponentialHistogram.
template <typename Handle>
class Family {
 public:
  Family() = default;
  explicit Family(std::shared_ptr<internal::FamilyCore> core) : core_(std::move(core)) {}

  // One value a label, in the order in which the labels were registered; anything that converts to string_view.
  template <typename... Values>
  Handle With(const Values&... values) const {
    if (core_ == nullptr) return Handle();
    return core_->template MakeHandle<Handle>(core_->Resolve(Views<sizeof...(Values)>{std::string_view(values)...}));
  }

  // Not to be kept: it holds up the reuse of memory while it lives, and must not outlive this family.
  template <typename... Values>
  LookedUp<Handle> Lookup(const Values&... values) const {
    return LookedUp<Handle>(core_.get(), Views<sizeof...(Values)>{std::string_view(values)...});
  }

  // False when there is no such series. The overflow series cannot be removed.
  template <typename... Values>
  bool Remove(const Values&... values) const {
    return core_ != nullptr && core_->Remove(Views<sizeof...(Values)>{std::string_view(values)...});
  }

  // With() and Lookup() calls that got the overflow series, or, where the process has no cells left, a sink.
  std::uint64_t OverflowedLookups() const { return core_ == nullptr ? 0 : core_->overflowed_lookups(); }

 private:
  template <std::size_t kCount>
  using Views = std::array<std::string_view, kCount>;

  std::shared_ptr<internal::FamilyCore> core_;
};

}  // namespace streamhouse::metrics
