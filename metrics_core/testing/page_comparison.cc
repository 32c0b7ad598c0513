#include "metrics_core/testing/page_comparison.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "metrics_core/snapshot.h"

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

std::string BoundLabel(double bound) {
  return "le=\"" + Number(bound) + '"';
}

double ScalarOf(const FamilySnapshot& family, std::size_t i) {
  switch (family.info().number) {
    case NumberKind::kUint64:
      return static_cast<double>(family.uint64_value(i));
    case NumberKind::kInt64:
      return static_cast<double>(family.int64_value(i));
    case NumberKind::kDouble:
      break;
  }
  return family.double_value(i);
}

void AddHistogram(const FamilySnapshot& family, std::size_t i, Samples& samples) {
  const std::string& name = family.info().name;
  const std::string_view labels = family.label_text(i);
  const HistogramValue value = family.histogram_value(i);
  std::uint64_t cumulative = 0;
  for (std::size_t b = 0; b < value.bucket_counts.size(); ++b) {
    const bool is_last = b == family.info().bounds.size();
    const double bound = is_last ? std::numeric_limits<double>::infinity() : family.info().bounds[b];
    cumulative += value.bucket_counts[b];
    samples[Key(name + "_bucket", labels, BoundLabel(bound))] = static_cast<double>(cumulative);
  }
  samples[Key(name + "_sum", labels)] = value.sum;
  samples[Key(name + "_count", labels)] = static_cast<double>(value.count);
}

Samples SamplesOf(const Snapshot& snapshot, std::initializer_list<std::string_view> families) {
  Samples samples;
  for (const FamilySnapshot& family : snapshot.families()) {
    const bool is_wanted = std::find(families.begin(), families.end(), family.info().name) != families.end();
    if (families.size() > 0 && !is_wanted) continue;
    for (std::size_t i = 0; i < family.size(); ++i) {
      if (family.info().type == MetricType::kHistogram) {
        AddHistogram(family, i, samples);
      } else {
        samples[Key(family.info().name, family.label_text(i))] = ScalarOf(family, i);
      }
    }
  }
  return samples;
}

// `le="1.0"` and `le="1"` are one bound.
std::string WithPlainBound(std::string key) {
  constexpr std::string_view kLabel = "le=\"";
  std::size_t at = key.rfind(kLabel);
  if (at == std::string::npos || at == 0 || (key[at - 1] != '{' && key[at - 1] != ',')) return key;
  const std::size_t begin = at + kLabel.size();
  const std::size_t end = key.find('"', begin);
  const std::optional<double> bound = ParseNumber(std::string_view(key).substr(begin, end - begin));
  return bound ? key.replace(at, end + 1 - at, BoundLabel(*bound)) : key;
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
    const auto sample = value ? found.find(WithPlainBound(std::string(line.substr(0, space)))) : found.end();
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
