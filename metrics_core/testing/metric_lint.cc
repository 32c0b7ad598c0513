#include "metrics_core/testing/metric_lint.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>

#include "metrics_core/reading/metric_kind.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::metrics::testing {
namespace {

struct Unit {
  std::string_view name;
  std::string_view base;
};

constexpr Unit kUnits[] = {
    {"amperes", "amperes"}, {"bytes", "bytes"},     {"celsius", "celsius"}, {"grams", "grams"},
    {"joules", "joules"},   {"kelvin", "kelvin"},   {"meters", "meters"},   {"metres", "metres"},
    {"seconds", "seconds"}, {"volts", "volts"},     {"minutes", "seconds"}, {"hours", "seconds"},
    {"days", "seconds"},    {"weeks", "seconds"},   {"kelvins", "kelvin"},  {"fahrenheit", "celsius"},
    {"rankine", "celsius"}, {"inches", "meters"},   {"yards", "meters"},    {"miles", "meters"},
    {"bits", "bytes"},      {"calories", "joules"}, {"pounds", "grams"},    {"ounces", "grams"},
};

constexpr std::string_view kUnitPrefixes[] = {"",     "pico",  "nano", "micro", "milli", "centi", "deci",
                                              "deca", "hecto", "kilo", "kibi",  "mega",  "mibi",  "giga",
                                              "gibi", "tera",  "tebi", "peta",  "pebi"};

constexpr std::string_view kAbbreviatedUnits[] = {"s",  "ms", "us", "ns", "sec", "b", "kb",
                                                  "mb", "gb", "tb", "pb", "m",   "h", "d"};

// Each type word of the text format, once.
std::set<std::string_view> TypeWords() {
  std::set<std::string_view> words;
  for (const KindDescription& kind : kKindDescriptions) words.insert(kind.text_type);
  return words;
}

// The words between underscores.
std::vector<std::string> WordsOf(std::string_view name) {
  std::vector<std::string> words;
  while (true) {
    const std::size_t end = name.find('_');
    words.emplace_back(name.substr(0, end));
    if (end == std::string_view::npos) return words;
    name.remove_prefix(end + 1);
  }
}

bool IsCamelCase(std::string_view name) {
  return std::adjacent_find(name.begin(), name.end(),
                            [](char a, char b) { return a >= 'a' && a <= 'z' && b >= 'A' && b <= 'Z'; }) != name.end();
}

// After the first word, as promlint matches "_word_" and "_word" at the end.
bool HasWord(const std::vector<std::string>& words, std::string_view wanted) {
  return std::find(words.begin() + 1, words.end(), wanted) != words.end();
}

std::optional<std::string> FindNonBaseUnit(const std::vector<std::string>& words) {
  for (const Unit& unit : kUnits) {
    for (const std::string_view prefix : kUnitPrefixes) {
      const std::string prefixed = std::string(prefix) + std::string(unit.name);
      if (std::find(words.begin(), words.end(), prefixed) == words.end() || prefixed == unit.base) continue;
      return "use base unit \"" + std::string(unit.base) + "\" instead of \"" + prefixed + '"';
    }
  }
  return std::nullopt;
}

std::vector<std::string> LintFamily(const FamilyInfo& info) {
  std::vector<std::string> problems;
  std::string lower = info.name;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const std::vector<std::string> words = WordsOf(lower);
  if (const auto unit = FindNonBaseUnit(WordsOf(info.name))) problems.push_back(*unit);
  if (info.name.find(':') != std::string::npos) problems.emplace_back("metric names should not contain ':'");
  if (IsCamelCase(info.name)) problems.emplace_back("metric names should be written in 'snake_case' not 'camelCase'");
  for (const std::string_view type : TypeWords()) {
    if (HasWord(words, type)) problems.push_back("metric name should not include type '" + std::string(type) + '\'');
  }
  if (std::any_of(std::begin(kAbbreviatedUnits), std::end(kAbbreviatedUnits),
                  [&](std::string_view unit) { return HasWord(words, unit); })) {
    problems.emplace_back("metric names should not contain abbreviated units");
  }
  const auto& labels = info.label_names;
  if (std::any_of(labels.begin(), labels.end(), IsCamelCase)) {
    problems.emplace_back("label names should be written in 'snake_case' not 'camelCase'");
  }
  const auto has_label_of_others = [&](std::string_view label) {
    return AddedLabel(info) != label && std::find(labels.begin(), labels.end(), label) != labels.end();
  };
  if (has_label_of_others(kBoundLabel)) {
    problems.emplace_back("non-histogram metrics should not have \"le\" label");
  }
  if (has_label_of_others(kQuantileLabel)) {
    problems.emplace_back("non-summary metrics should not have \"quantile\" label");
  }
  return problems;
}

}  // namespace

std::vector<std::string> Lint(Registry& registry) {
  std::vector<std::string> problems;
  const Snapshot snapshot = registry.TakeSnapshot();
  for (const FamilySnapshot& family : snapshot.families()) {
    for (const std::string& problem : LintFamily(family.info())) problems.push_back(family.info().name + ' ' + problem);
  }
  std::sort(problems.begin(), problems.end());
  return problems;
}

}  // namespace streamhouse::metrics::testing
