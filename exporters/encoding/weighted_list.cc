#include "exporters/encoding/weighted_list.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "exporters/encoding/ascii_case.h"

namespace streamhouse::exporters {
namespace {

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Takes from `rest` what stands before the next `separator` outside of quotes, and the separator.
std::string_view TakeUntil(char separator, std::string_view& rest) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < rest.size(); ++at) {
    if (quoted && rest[at] == '\\') {
      ++at;
    } else if (rest[at] == '"') {
      quoted = !quoted;
    } else if (!quoted && rest[at] == separator) {
      break;
    }
  }
  const std::string_view taken = Trim(rest.substr(0, at));
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return taken;
}

std::string_view Unquote(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
  return text;
}

double ParseWeight(std::string_view text) {
  double weight = 1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), weight, std::chars_format::fixed);
  const bool sensible = error == std::errc() && end == text.data() + text.size() && weight >= 0 && weight <= 1;
  return sensible ? weight : 1;
}

WeightedElement ParseElement(std::string_view text) {
  WeightedElement element;
  element.name = TakeUntil(';', text);
  while (!text.empty()) {
    std::string_view value = TakeUntil(';', text);
    const std::string_view name = TakeUntil('=', value);
    value = Unquote(Trim(value));
    if (EqualsIgnoringCase(name, "q")) {
      element.weight = ParseWeight(value);
    } else if (!name.empty()) {
      element.parameters.emplace_back(name, value);
    }
  }
  return element;
}

}  // namespace

std::string_view WeightedElement::Parameter(std::string_view parameter) const {
  for (const auto& [name, value] : parameters) {
    if (EqualsIgnoringCase(name, parameter)) return value;
  }
  return {};
}

std::vector<WeightedElement> ParseWeightedList(std::string_view header) {
  std::vector<WeightedElement> elements;
  while (!header.empty()) {
    WeightedElement element = ParseElement(TakeUntil(',', header));
    if (!element.name.empty()) elements.push_back(std::move(element));
  }
  std::stable_sort(elements.begin(), elements.end(),
                   [](const WeightedElement& a, const WeightedElement& b) { return a.weight > b.weight; });
  return elements;
}

}  // namespace streamhouse::exporters
