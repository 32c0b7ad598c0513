// DeltaView: a snapshot of what was counted since the values that were delivered last, for formats
// whose counters are deltas.
//
// Deltas are of counters, histograms and exponential histograms. Series of other kinds stay as they
// are: gauges, up-down counters, infos, state sets and summaries. With DeltaFamilies::kRecorded,
// families with a callback stay as they are too.
// When to use something else: readers of cumulative values need no view; they miss nothing when a
// push is lost.
// Invariants:
// 1. What is committed is a part of the last delta, and only grows until the next one.
// Guarantees:
// 1. Values that are not committed are in the next delta again. So the deltas of all commits of a
//    series add up to its value, but for the rounding of doubles. A receiver may get more: what has
//    arrived while its response was lost is not committed, and arrives twice.
// 2. The start time of a delta is the time of the snapshot that was committed last. For a series
//    that began later, it is the time when the series began. Windows have no gaps. The first delta
//    of a family without start times has none.
// 3. A series is known by the name of its family, its label text and its start time. If a number
//    has become lower, the series began again: the delta is its whole value. In a family without
//    start times that is the only sign.
// 4. A recorded series that a snapshot lacks was removed. It is forgotten with the next commit.
//    A callback series may be missing once: its callback threw, or left it out. Its numbers are
//    kept, and its next delta counts from them. A family keeps the numbers of
//    max(kAbsentSeriesMin, P) absent series, where P is the most series that it has shown at once.
//    Those absent longest are forgotten first; if one comes back, its delta is its whole value. A
//    callback series may end and begin again while it is absent. It is taken for the one before, if
//    no number is lower and its start time is the same or unknown. For example, 7 was delivered,
//    and the new one has counted 9: its delta is 2.
// 5. An exponential delta has the resolution of the newer value (exponential_difference.h).
// 6. Exemplars from before the start of a delta are left out.
// Thread safety: one thread at a time.
// Cost: a walk over all series for each snapshot and each commit. Memory: the texts and numbers of
// the series that were committed, of the absent series of guarantee 4, and one snapshot. In a
// steady state it allocates nothing that grows with the number of series. The memory of the source
// returns to its registry with Commit(), if the delta was destroyed before, else with the next
// Of().
//
//   DeltaView view(DoubleDeltas::kExact);
//   {
//     const Snapshot deltas = view.Of(registry.TakeSnapshot());
//     if (!Send(deltas)) return;  // they are in the next deltas again
//   }
//   view.Commit();
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "exporters/view/counted_family.h"
#include "exporters/view/exponential_difference.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/reading/snapshot_builder.h"

namespace streamhouse::exporters {

// What the deltas of double counters and of sums are. Whole deltas are whole numbers; the rest is
// part of a later delta. For example, values of 0.6, 1.2 and 1.8 give deltas of 0, 1 and 0.
enum class DoubleDeltas : std::uint8_t { kExact, kWhole };

// Which counters and histograms are deltas.
enum class DeltaFamilies : std::uint8_t {
  kNone,
  kRecorded,  // of the families that the program records; the values of callbacks stay
  kAll,
};

// Absent series whose numbers a family with a callback keeps, even if it shows fewer at once.
inline constexpr std::size_t kAbsentSeriesMin = 1'000;

bool HasDeltas(const metrics::FamilyInfo& info, DeltaFamilies families);

class DeltaView {
 public:
  explicit DeltaView(DoubleDeltas doubles, DeltaFamilies families = DeltaFamilies::kAll);
  ~DeltaView();
  DeltaView(const DeltaView&) = delete;
  DeltaView& operator=(const DeltaView&) = delete;

  // Families and series stand at their places in `snapshot`.
  metrics::Snapshot Of(metrics::Snapshot snapshot);

  // All deltas of the last snapshot are delivered.
  void Commit();
  // The deltas of the families before `family`, and of the first `series` series of that family,
  // are delivered. A later call may go further.
  void CommitUntil(std::size_t family, std::size_t series);

 private:
  struct Made;
  struct Window;
  class FamilyDeltas;

  void Absorb();
  void Arrange(const metrics::Snapshot& source);
  void Absorb(const metrics::FamilySnapshot& family, std::size_t committed, CountedFamily& counted);
  void KeepAbsent(const CountedFamily& counted);
  CountedFamily* Find(std::size_t place, const metrics::FamilySnapshot& family);
  Window WindowOf(const metrics::FamilySnapshot& family, std::size_t i, CountedFamily* counted);
  bool IsEarlier(const CountedNumbers& before, const CountedNumbers& after);
  double Difference(double after, double before) const;

  const DoubleDeltas doubles_;
  const DeltaFamilies families_;
  std::shared_ptr<Made> made_;  // the last delta, and memory for the next
  std::int64_t taken_at_ = 0;   // of its source; Unix milliseconds
  bool is_pending_ = false;     // its source waits for commits
  std::size_t committed_families_ = 0;
  std::size_t committed_series_ = 0;  // of the family behind them

  std::int64_t committed_at_ = 0;       // the time of the last source that was committed
  std::vector<CountedFamily> counted_;  // by that source
  CountedFamily spare_;
  std::vector<bool> is_present_;  // of the series of one counted family
  ExponentialDifference difference_;
  std::vector<std::uint64_t> counts_;  // the difference of one series
};

}  // namespace streamhouse::exporters
