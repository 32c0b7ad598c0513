// ParseWeightedList(): the elements of an Accept or Accept-Encoding header, the most wanted first.
//
// Lenient, as HTTP asks of servers: an element that makes no sense is left out, and a weight that
// makes none counts as 1.
// Guarantees:
// 1. Elements of equal weight keep their order; those of weight 0 stand at the end, as refusals.
// 2. Views point into the header.
// Thread safety: pure functions.
// Cost: linear in the header, and a sort of its elements.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace streamhouse::exporters {

struct WeightedElement {
  std::string_view name;                                                  // "text/plain", "gzip"
  std::vector<std::pair<std::string_view, std::string_view>> parameters;  // without q; values without their quotes
  double weight = 1;                                                      // [0, 1]

  // The value of a parameter, or an empty view.
  std::string_view Parameter(std::string_view parameter) const;
};

std::vector<WeightedElement> ParseWeightedList(std::string_view header);

}  // namespace streamhouse::exporters
