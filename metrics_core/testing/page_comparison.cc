#include "metrics_core/testing/page_comparison.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "metrics_core/reading/snapshot.h"

namespace streamhouse::metrics::testing {
namespace {

// Samples by name and labels, as on a page.
using Samples = std::map<std::string, double>;

std::string Number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char text[32];
  return {text, std::to_chars(text, text + sizeof(text), value).ptr};
}

std::optional<double> ParseNumber(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string Key(std::string_view name, std::string_view labels, std::string_view more = "") {
  std::string key(name);
  if (labels.empty() && more.empty()) return key;
  key += '{';
  key += labels;
  if (!labels.empty() && !more.empty()) key += ',';
  return key.append(more) + '}';
}

std::string NumberLabel(std::string_view name, double value) {
  return std::string(name) + "=\"" + Number(value) + '"';
}

// The samples of one family, kind by kind.
class FamilySamples {
 public:
  FamilySamples(const FamilySnapshot& family, Samples& samples)
      : family_(family), names_(SampleNames(family.info())), samples_(samples) {}

  template <typename Number>
  void Add(const CounterValues<Number>& counters) {
    AddNumbers(counters.numbers);
  }
  void Add(const UpDownCounterValues& counters) { AddNumbers(counters.numbers); }
  template <typename Number>
  void Add(const GaugeValues<Number>& gauges) {
    AddNumbers(gauges.numbers);
  }
  void Add(const InfoValues& /*infos*/) {
    for (std::size_t i = 0; i < family_.size(); ++i) Put(0, i, 1);
  }
  void Add(const StateSetValues& sets) {
    for (std::size_t i = 0; i < family_.size(); ++i) {
      for (std::size_t s = 0; s < sets.states.size(); ++s) {
        Put(0, i, sets.IsOn(i, s) ? 1 : 0, family_.info().name + "=\"" + sets.states[s] + '"');
      }
    }
  }
  void Add(const HistogramValues& histograms) {
    for (std::size_t i = 0; i < family_.size(); ++i) {
      const HistogramValue value = histograms[i];
      std::uint64_t cumulative = 0;
      for (std::size_t b = 0; b < value.bucket_counts.size(); ++b) {
        const bool is_last = b == histograms.bounds.size();
        const double bound = is_last ? std::numeric_limits<double>::infinity() : histograms.bounds[b];
        cumulative += value.bucket_counts[b];
        Put(0, i, static_cast<double>(cumulative), NumberLabel(kBoundLabel, bound));
      }
      PutTotals(i, value.sum, value.count);
    }
  }
  void Add(const ExponentialHistogramValues& histograms) { Add(histograms.classic); }
  void Add(const SummaryValues& summaries) {
    for (std::size_t i = 0; i < family_.size(); ++i) {
      const SummaryValue value = summaries[i];
      for (std::size_t q = 0; q < summaries.quantiles.size(); ++q) {
        Put(0, i, value.quantile_values[q], NumberLabel(kQuantileLabel, summaries.quantiles[q]));
      }
      PutTotals(i, value.sum, value.count);
    }
  }

 private:
  template <typename Number>
  void AddNumbers(std::span<const Number> numbers) {
    for (std::size_t i = 0; i < numbers.size(); ++i) Put(0, i, static_cast<double>(numbers[i]));
  }
  void PutTotals(std::size_t i, double sum, std::uint64_t count) {
    Put(1, i, sum);
    Put(2, i, static_cast<double>(count));
  }
  // `sample` counts as KindDescription::sample_suffixes does.
  void Put(std::size_t sample, std::size_t i, double value, std::string_view more_labels = "") {
    samples_[Key(names_[sample], family_.label_text(i), more_labels)] = value;
  }

  const FamilySnapshot& family_;
  const std::vector<std::string> names_;
  Samples& samples_;
};

Samples SamplesOf(const Snapshot& snapshot, std::initializer_list<std::string_view> families) {
  Samples samples;
  for (const FamilySnapshot& family : snapshot.families()) {
    const bool is_wanted = std::find(families.begin(), families.end(), family.info().name) != families.end();
    if (families.size() > 0 && !is_wanted) continue;
    FamilySamples of_family(family, samples);
    family.Visit([&](const auto& values) { of_family.Add(values); });
  }
  return samples;
}

// `le="1.0"` and `le="1"` are one bound.
std::string WithPlainNumber(std::string key, std::string_view name) {
  const std::string label = std::string(name) + "=\"";
  const std::size_t at = key.rfind(label);
  if (at == std::string::npos || at == 0 || (key[at - 1] != '{' && key[at - 1] != ',')) return key;
  const std::size_t begin = at + label.size();
  const std::size_t end = key.find('"', begin);
  const std::optional<double> number = ParseNumber(std::string_view(key).substr(begin, end - begin));
  return number ? key.replace(at, end + 1 - at, NumberLabel(name, *number)) : key;
}

std::string WithPlainNumbers(std::string key) {
  return WithPlainNumber(WithPlainNumber(std::move(key), kBoundLabel), kQuantileLabel);
}

std::string_view Trimmed(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(" \t") + 1 - begin);
}

bool AreSame(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

}  // namespace

std::string PageDifference(Registry& registry, std::string_view expected_page,
                           std::initializer_list<std::string_view> families) {
  Samples found = SamplesOf(registry.TakeSnapshot(), families);
  std::string difference;
  while (!expected_page.empty()) {
    const std::size_t end = std::min(expected_page.find('\n'), expected_page.size());
    const std::string_view line = Trimmed(expected_page.substr(0, end));
    expected_page.remove_prefix(std::min(end + 1, expected_page.size()));
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t space = line.rfind(' ');
    const auto value = space == std::string_view::npos ? std::nullopt : ParseNumber(line.substr(space + 1));
    const auto sample = value ? found.find(WithPlainNumbers(std::string(line.substr(0, space)))) : found.end();
    if (sample != found.end() && AreSame(sample->second, *value)) {
      found.erase(sample);
    } else {
      difference += "- " + std::string(line) + '\n';
    }
  }
  for (const auto& [key, value] : found) difference += "+ " + key + ' ' + Number(value) + '\n';
  return difference;
}

}  // namespace streamhouse::metrics::testing
