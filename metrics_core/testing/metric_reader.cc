#include "metrics_core/testing/metric_reader.h"

#include <string>

#include "metrics_core/internal/series/label_text.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics::testing {
namespace {

// Whether one of the pairs of a label text is this one. Between pairs stands `",`, which a value
// cannot hold unescaped.
bool HasPair(std::string_view text, std::string_view name, std::string_view value) {
  const std::string names[] = {std::string(name)};
  const std::string_view values[] = {value};
  const std::string pair = internal::MakeLabelText(names, values);
  for (std::size_t at = text.find(pair); at != std::string_view::npos; at = text.find(pair, at + 1)) {
    const std::string_view before = text.substr(0, at);
    const std::string_view after = text.substr(at + pair.size());
    if ((before.empty() || before.ends_with("\",")) && (after.empty() || after.starts_with(','))) return true;
  }
  return false;
}

bool HasAll(std::string_view text, LabelPairs labels) {
  for (const auto& [name, value] : labels) {
    if (!HasPair(text, name, value)) return false;
  }
  return true;
}

}  // namespace

std::optional<double> NumberOf(const FamilySnapshot& family, std::size_t series) {
  using Number = std::optional<double>;
  return family.Visit(Overloaded{
      [&]<typename T>(const CounterValues<T>& counters) -> Number { return static_cast<double>(counters[series]); },
      [&](const UpDownCounterValues& counters) -> Number { return static_cast<double>(counters[series]); },
      [&]<typename T>(const GaugeValues<T>& gauges) -> Number { return static_cast<double>(gauges[series]); },
      [](const InfoValues&) -> Number { return 1; },
      [](const StateSetValues&) -> Number { return std::nullopt; },
      [](const HistogramValues&) -> Number { return std::nullopt; },
      [](const ExponentialHistogramValues&) -> Number { return std::nullopt; },
      [](const SummaryValues&) -> Number { return std::nullopt; },
  });
}

const HistogramValues* HistogramsOf(const FamilySnapshot& family) {
  using Histograms = const HistogramValues*;
  return family.Visit(Overloaded{
      []<typename T>(const CounterValues<T>&) -> Histograms { return nullptr; },
      [](const UpDownCounterValues&) -> Histograms { return nullptr; },
      []<typename T>(const GaugeValues<T>&) -> Histograms { return nullptr; },
      [](const InfoValues&) -> Histograms { return nullptr; },
      [](const StateSetValues&) -> Histograms { return nullptr; },
      [](const HistogramValues& histograms) -> Histograms { return &histograms; },
      [](const ExponentialHistogramValues& histograms) -> Histograms { return &histograms.classic; },
      [](const SummaryValues&) -> Histograms { return nullptr; },
  });
}

const FamilySnapshot* MetricReader::FindFamily(std::string_view name) const {
  for (const FamilySnapshot& family : snapshot_.families()) {
    if (family.info().name == name) return &family;
  }
  return nullptr;
}

std::optional<MetricReader::SeriesPosition> MetricReader::Find(std::string_view name, LabelPairs labels) const {
  const FamilySnapshot* const family = FindFamily(name);
  if (family == nullptr) return std::nullopt;
  std::optional<SeriesPosition> found;
  for (std::size_t i = 0; i < family->size(); ++i) {
    if (!HasAll(family->label_text(i), labels)) continue;
    Check(!found, "several series of \"" + std::string(name) + "\" have the labels asked for");
    found = SeriesPosition{family, i};
  }
  return found;
}

std::optional<double> MetricReader::Value(std::string_view family, LabelPairs labels) const {
  const std::optional<SeriesPosition> position = Find(family, labels);
  if (!position) return std::nullopt;
  return NumberOf(*position->family, position->series);
}

std::optional<HistogramValue> MetricReader::Histogram(std::string_view family, LabelPairs labels) const {
  const std::optional<SeriesPosition> position = Find(family, labels);
  if (!position) return std::nullopt;
  const HistogramValues* const histograms = HistogramsOf(*position->family);
  if (histograms == nullptr) return std::nullopt;
  return (*histograms)[position->series];
}

std::size_t MetricReader::SeriesCount(std::string_view family) const {
  const FamilySnapshot* const found = FindFamily(family);
  return found == nullptr ? 0 : found->size();
}

}  // namespace streamhouse::metrics::testing
