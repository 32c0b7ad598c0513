#include "exporters/select/selected_view.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "exporters/select/family_selection.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/reading/family_builder.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot_builder.h"

namespace streamhouse::exporters {
namespace {

using metrics::CounterValues;
using metrics::Exemplar;
using metrics::ExemplarTable;
using metrics::ExponentialHistogramValues;
using metrics::FamilySnapshot;
using metrics::GaugeValues;
using metrics::HistogramValue;
using metrics::HistogramValues;
using metrics::InfoValues;
using metrics::SeriesBuilder;
using metrics::SnapshotBuilder;
using metrics::StateSetValues;
using metrics::SummaryValue;
using metrics::SummaryValues;
using metrics::UpDownCounterValues;

// Copy() has an overload for each kind of values.
class ChosenSeries {
 public:
  ChosenSeries(const FamilySnapshot& family, std::span<const std::size_t> chosen, SnapshotBuilder& builder)
      : family_(family), chosen_(chosen), builder_(builder) {}

  template <typename Number>
  void Copy(const CounterValues<Number>& counters) {
    CopyNumbers<CounterValues<Number>>(counters.numbers, counters.exemplars);
  }
  void Copy(const UpDownCounterValues& counters) { CopyNumbers<UpDownCounterValues>(counters.numbers, {}); }
  template <typename Number>
  void Copy(const GaugeValues<Number>& gauges) {
    CopyNumbers<GaugeValues<Number>>(gauges.numbers, {});
  }
  void Copy(const StateSetValues& sets) { CopyNumbers<StateSetValues>(sets.bit_masks, {}); }

  void Copy(const InfoValues& /*infos*/) {
    auto copies = builder_.BeginFamily<InfoValues>(family_.info(), chosen_.size());
    for (const std::size_t i : chosen_) copies.Add(family_.label_text(i));
    CopyExtras({}, copies);
  }

  void Copy(const HistogramValues& histograms) {
    auto copies = builder_.BeginFamily<HistogramValues>(family_.info(), chosen_.size());
    for (const std::size_t i : chosen_) {
      const HistogramValue value = histograms[i];
      CopyAll(value.bucket_counts, copies.Add(family_.label_text(i)));
      copies.SetTotals(value.sum, value.count);
    }
    CopyExtras(histograms.exemplars, copies);
  }

  void Copy(const ExponentialHistogramValues& histograms) {
    auto copies = builder_.BeginFamily<ExponentialHistogramValues>(family_.info(), chosen_.size());
    for (const std::size_t i : chosen_) {
      CopyAll(histograms.classic[i].bucket_counts, copies.Add(family_.label_text(i), histograms[i]));
    }
    CopyExtras(histograms.classic.exemplars, copies);
  }

  void Copy(const SummaryValues& summaries) {
    auto copies = builder_.BeginFamily<SummaryValues>(family_.info(), chosen_.size());
    for (const std::size_t i : chosen_) {
      const SummaryValue value = summaries[i];
      CopyAll(value.quantile_values, copies.Add(family_.label_text(i), value.sum, value.count));
    }
    CopyExtras({}, copies);
  }

 private:
  template <typename Values, typename Number>
  void CopyNumbers(std::span<const Number> numbers, const ExemplarTable& exemplars) {
    auto copies = builder_.BeginFamily<Values>(family_.info(), chosen_.size());
    for (const std::size_t i : chosen_) copies.Add(family_.label_text(i), numbers[i]);
    CopyExtras(exemplars, copies);
  }

  template <typename T>
  static void CopyAll(std::span<const T> from, std::span<T> to) {
    std::copy(from.begin(), from.end(), to.begin());
  }

  void CopyExtras(const ExemplarTable& exemplars, SeriesBuilder& copies) const {
    for (const std::size_t i : chosen_) {
      if (family_.info().has_created) copies.AddCreated(family_.created_unix_milliseconds(i));
      if (!family_.info().has_exemplars) continue;
      for (std::size_t bucket = 0; bucket < exemplars.buckets; ++bucket) {
        const Exemplar* const found = exemplars.At(i, bucket);
        copies.AddExemplar(found == nullptr ? std::nullopt : std::optional(*found));
      }
    }
  }

  const FamilySnapshot& family_;
  const std::span<const std::size_t> chosen_;
  SnapshotBuilder& builder_;
};

bool IsPast(SelectionDeadline deadline) {
  return std::chrono::steady_clock::now() >= deadline;
}

// The places of the series that are chosen, in `chosen`; false where it is too late.
bool Choose(const FamilySnapshot& family, FamilySelection& selection, SelectionDeadline deadline,
            std::vector<std::size_t>& chosen) {
  chosen.clear();
  for (std::size_t i = 0; i < family.size(); ++i) {
    const bool reads_clock = i % kSeriesPerClockReading == 0;
    if (selection.is_late() || (reads_clock && IsPast(deadline))) return false;
    if (selection.Chooses(family.label_text(i))) chosen.push_back(i);
  }
  return !selection.is_late();
}

}  // namespace

std::optional<metrics::Snapshot> SelectedView(std::span<const FamilySnapshot> families, const Selection& selection,
                                              metrics::NameEscaping escaping, SelectionDeadline deadline) {
  auto buffers = std::make_shared<metrics::SnapshotBuffers>();
  SnapshotBuilder builder(*buffers);
  std::vector<std::size_t> chosen;
  for (const FamilySnapshot& family : families) {
    if (IsPast(deadline)) return std::nullopt;
    FamilySelection of_family(selection, family.info(), escaping, deadline);
    if (of_family.is_late()) return std::nullopt;
    if (of_family.part() == FamilySelection::Part::kNone) continue;
    if (of_family.part() == FamilySelection::Part::kAll) {
      builder.AddFamily(family);
      continue;
    }
    if (!Choose(family, of_family, deadline, chosen)) return std::nullopt;
    if (chosen.empty()) continue;
    if (chosen.size() == family.size()) {
      builder.AddFamily(family);
      continue;
    }
    ChosenSeries series(family, chosen, builder);
    family.Visit([&](const auto& values) { series.Copy(values); });
  }
  return builder.Finish(std::move(buffers));
}

}  // namespace streamhouse::exporters
