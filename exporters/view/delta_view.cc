#include "exporters/view/delta_view.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <functional>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "metrics_core/dcheck.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/reading/family_builder.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/metric_kind.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilyInfo;
using metrics::FamilySnapshot;
using metrics::MetricKind;
using metrics::Snapshot;

std::int64_t CreatedOf(const FamilySnapshot& family, std::size_t i) {
  return family.info().has_created ? family.created_unix_milliseconds(i) : 0;
}

}  // namespace

// What a delta points at.
struct DeltaView::Made {
  Snapshot source;
  std::deque<FamilyInfo> infos;  // of the families of deltas, by their places
  metrics::SnapshotBuffers buffers;
};

// What a delta of one series is the difference of.
struct DeltaView::Window {
  std::int64_t start = 0;                // Unix milliseconds; 0: unknown
  std::optional<CountedNumbers> before;  // none: it counts from zero
};

// Appends the deltas of one family to a snapshot.
class DeltaView::FamilyDeltas {
 public:
  FamilyDeltas(DeltaView& view, const FamilySnapshot& family, FamilyInfo& info, CountedFamily* counted,
               metrics::SnapshotBuilder& builder)
      : view_(view), family_(family), info_(info), counted_(counted), builder_(builder) {}

  template <typename Number>
  void operator()(const metrics::CounterValues<Number>& counters) const {
    auto builder = Begin<metrics::CounterValues<Number>>();
    ForEach(builder, counters.exemplars, [&](std::size_t i, const Window& window) {
      builder.Add(family_.label_text(i), Difference(counters[i], window));
    });
  }

  void operator()(const metrics::HistogramValues& histograms) const {
    auto builder = Begin<metrics::HistogramValues>();
    ForEach(builder, histograms.exemplars, [&](std::size_t i, const Window& window) {
      std::uint64_t count = 0;
      const auto buckets = builder.Add(family_.label_text(i));
      for (std::size_t j = 0; j < buckets.size(); ++j) {
        buckets[j] = histograms[i].bucket_counts[j] - (window.before ? window.before->counts[j] : 0);
        count += buckets[j];
      }
      builder.SetTotals(Difference(histograms[i].sum, window), count);
    });
  }

  void operator()(const metrics::ExponentialHistogramValues& histograms) const {
    auto builder = Begin<metrics::ExponentialHistogramValues>();
    ForEach(builder, histograms.classic.exemplars, [&](std::size_t i, const Window& window) {
      metrics::ExponentialValue value = histograms[i];
      // It worked when the window was made.
      if (window.before && view_.difference_.Subtract(value, window.before->exponential)) {
        value = view_.difference_.value();
      }
      value.sum = Difference(histograms[i].sum, window);
      const auto buckets = builder.Add(family_.label_text(i), value);
      for (std::size_t j = 0; j < buckets.size(); ++j) {
        buckets[j] = histograms.classic[i].bucket_counts[j] - (window.before ? window.before->counts[j] : 0);
      }
    });
  }

  void operator()(const metrics::UpDownCounterValues& /*counters*/) const { builder_.AddFamily(family_); }
  template <typename Number>
  void operator()(const metrics::GaugeValues<Number>& /*gauges*/) const {
    builder_.AddFamily(family_);
  }
  void operator()(const metrics::InfoValues& /*infos*/) const { builder_.AddFamily(family_); }
  void operator()(const metrics::StateSetValues& /*sets*/) const { builder_.AddFamily(family_); }
  void operator()(const metrics::SummaryValues& /*summaries*/) const { builder_.AddFamily(family_); }

 private:
  template <typename Values>
  metrics::FamilyBuilder<Values> Begin() const {
    info_ = family_.info();
    info_.has_created = true;
    return builder_.BeginFamily<Values>(info_, family_.size());
  }

  template <typename Add>
  void ForEach(metrics::SeriesBuilder& builder, const metrics::ExemplarTable& exemplars, const Add& add) const {
    for (std::size_t i = 0; i < family_.size(); ++i) {
      const Window window = view_.WindowOf(family_, i, counted_);
      add(i, window);
      builder.AddCreated(window.start);
      if (exemplars.places.empty()) continue;
      for (std::size_t j = 0; j < exemplars.buckets; ++j) {
        const metrics::Exemplar* const exemplar = exemplars.At(i, j);
        const bool is_new = exemplar != nullptr && exemplar->unix_milliseconds >= window.start;
        builder.AddExemplar(is_new ? std::optional(*exemplar) : std::nullopt);
      }
    }
  }

  static std::uint64_t Difference(std::uint64_t after, const Window& window) {
    return after - (window.before ? window.before->counts[0] : 0);
  }
  double Difference(double after, const Window& window) const {
    return view_.Difference(after, window.before ? window.before->total : 0);
  }

  DeltaView& view_;
  const FamilySnapshot& family_;
  FamilyInfo& info_;
  CountedFamily* const counted_;
  metrics::SnapshotBuilder& builder_;
};

bool HasDeltas(const FamilyInfo& info, DeltaFamilies families) {
  if (families == DeltaFamilies::kNone || (families == DeltaFamilies::kRecorded && info.has_callback)) return false;
  return metrics::Describe(info.kind).deltas == metrics::Has::kYes;
}

DeltaView::DeltaView(DoubleDeltas doubles, DeltaFamilies families)
    : doubles_(doubles), families_(families), made_(std::make_shared<Made>()) {}

DeltaView::~DeltaView() = default;

Snapshot DeltaView::Of(Snapshot snapshot) {
  Absorb();
  if (made_.use_count() > 1) made_ = std::make_shared<Made>();
  made_->source = std::move(snapshot);
  is_pending_ = true;
  const Snapshot& source = made_->source;
  taken_at_ = std::chrono::floor<std::chrono::milliseconds>(source.taken_at().time_since_epoch()).count();
  if (made_->infos.size() < source.families().size()) made_->infos.resize(source.families().size());
  metrics::SnapshotBuilder builder(made_->buffers);
  builder.SetOriginOf(source);
  for (std::size_t i = 0; i < source.families().size(); ++i) {
    const FamilySnapshot& family = source.families()[i];
    if (!HasDeltas(family.info(), families_)) {
      builder.AddFamily(family);
      continue;
    }
    family.Visit(FamilyDeltas(*this, family, made_->infos[i], Find(i, family), builder));
  }
  return builder.Finish(made_);
}

void DeltaView::Commit() {
  CommitUntil(made_->source.families().size(), 0);
  Absorb();
}

void DeltaView::CommitUntil(std::size_t family, std::size_t series) {
  // Invariant 1.
  metrics::DCheck([&] { return family <= made_->source.families().size(); }, "a commit lies within the last delta");
  const std::pair present(committed_families_, committed_series_);
  std::tie(committed_families_, committed_series_) = std::max(present, std::pair(family, series));
}

// The deltas that are committed become part of what was counted, and the source is released.
void DeltaView::Absorb() {
  const bool is_committed = committed_families_ > 0 || committed_series_ > 0;
  if (is_pending_ && is_committed) {
    const Snapshot& source = made_->source;
    Arrange(source);
    for (std::size_t i = 0; i < counted_.size(); ++i) {
      const FamilySnapshot& family = source.families()[i];
      const std::size_t behind = i == committed_families_ ? std::min(committed_series_, family.size()) : 0;
      Absorb(family, i < committed_families_ ? family.size() : behind, counted_[i]);
    }
    committed_at_ = taken_at_;
  }
  is_pending_ = false;
  committed_families_ = committed_series_ = 0;
  if (made_.use_count() == 1) made_->source = Snapshot();
}

// Brings the families into the order of the source, and forgets families that it lacks.
void DeltaView::Arrange(const Snapshot& source) {
  const auto families = source.families();
  const bool is_arranged =
      std::equal(families.begin(), families.end(), counted_.begin(), counted_.end(),
                 [](const FamilySnapshot& family, const CountedFamily& c) { return family.info().name == c.name(); });
  if (is_arranged) return;
  std::vector<CountedFamily> arranged(families.size());
  for (std::size_t i = 0; i < families.size(); ++i) {
    CountedFamily* const found = Find(i, families[i]);
    found == nullptr ? arranged[i].Clear(families[i].info().name) : arranged[i].Assign(*found);
  }
  counted_ = std::move(arranged);
}

void DeltaView::Absorb(const FamilySnapshot& family, std::size_t committed, CountedFamily& counted) {
  spare_.Clear(family.info().name);
  spare_.set_peak(std::max(counted.peak(), family.size()));
  is_present_.assign(counted.size(), false);
  const bool keeps_absent = family.info().has_callback;
  for (std::size_t i = 0; i < family.size() && HasDeltas(family.info(), families_); ++i) {
    const std::string_view text = family.label_text(i);
    const std::int64_t created = CreatedOf(family, i);
    if (keeps_absent) {
      if (const auto found = counted.Find(i, text, created)) is_present_[*found] = true;
    }
    if (i < committed) {
      spare_.Add(text, created, taken_at_, CountedNumbersOf(family, i));
      continue;
    }
    const Window window = WindowOf(family, i, &counted);
    if (window.before) {
      spare_.Add(text, created, window.start, *window.before);
    } else {
      spare_.AddZero(text, created, window.start, CountedNumbersOf(family, i));
    }
  }
  if (keeps_absent) KeepAbsent(counted);
  counted.Assign(spare_);
}

// Adds the series that the source lacks to the present ones: first the newly absent ones.
void DeltaView::KeepAbsent(const CountedFamily& counted) {
  std::size_t room = std::max(kAbsentSeriesMin, spare_.peak());
  for (std::size_t i = 0; i < counted.size() && room > 0; ++i) {
    if (is_present_[i]) continue;
    const CountedNumbers numbers = counted.numbers(i);
    // A family of this name with other bounds, or of another kind.
    if (spare_.size() > 0 && spare_.numbers(0).counts.size() != numbers.counts.size()) return;
    spare_.Add(counted.text(i), counted.created(i), counted.counted_at(i), numbers);
    --room;
  }
}

CountedFamily* DeltaView::Find(std::size_t place, const FamilySnapshot& family) {
  const std::string& name = family.info().name;
  if (place < counted_.size() && counted_[place].name() == name) return &counted_[place];
  const auto found =
      std::find_if(counted_.begin(), counted_.end(), [&](const CountedFamily& c) { return c.name() == name; });
  return found == counted_.end() ? nullptr : &*found;
}

DeltaView::Window DeltaView::WindowOf(const FamilySnapshot& family, std::size_t i, CountedFamily* counted) {
  const std::int64_t created = CreatedOf(family, i);
  const auto found = counted == nullptr ? std::nullopt : counted->Find(i, family.label_text(i), created);
  if (!found) return {.start = std::min(created == 0 ? committed_at_ : created, taken_at_), .before = std::nullopt};
  Window window = {.start = std::min(counted->counted_at(*found), taken_at_), .before = counted->numbers(*found)};
  if (!IsEarlier(*window.before, CountedNumbersOf(family, i))) window.before.reset();
  return window;
}

// Whether no number is lower in `after`, but for sums, to which values below zero may be added.
bool DeltaView::IsEarlier(const CountedNumbers& before, const CountedNumbers& after) {
  if (after.counts.empty()) return before.counts.empty() && before.total <= after.total;
  return before.counts.size() == after.counts.size() &&
         std::equal(before.counts.begin(), before.counts.end(), after.counts.begin(), std::less_equal()) &&
         difference_.Subtract(after.exponential, before.exponential);
}

double DeltaView::Difference(double after, double before) const {
  return doubles_ == DoubleDeltas::kWhole ? std::floor(after) - std::floor(before) : after - before;
}

}  // namespace streamhouse::exporters
