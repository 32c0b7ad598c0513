// Names that are any UTF-8: how a text page quotes them, and how they are escaped for readers that
// know legacy names only.
//
// The schemes are those of Prometheus, by the rules of its own library.
// When to use something else: text_escaping.h for help texts and label values.
// Guarantees:
// 1. A name that is legal anyway stays as it is.
// 2. Two names may become one: a registry refuses them together (OccupiedNames in metric_name.h).
// Thread safety: pure functions.
// Cost: linear in the name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace streamhouse::metrics {

enum class NameEscaping : std::uint8_t {
  kUnderscores,  // a.b-c is a_b_c
  kDots,         // a.b-c is a_dot_b__c, and an underscore in such a name two
  kValues,       // a.b-c is U__a_2e_b_2d_c, which can be taken back
  kNone,         // for readers that know any UTF-8
};

// `name` is UTF-8.
std::string EscapeMetricName(std::string_view name, NameEscaping escaping);
std::string EscapeLabelName(std::string_view name, NameEscaping escaping);

// As the name stands on a text page: in quotes, with \ " and newline escaped, where it is no legacy
// name.
std::string QuotedMetricName(std::string_view name);
std::string QuotedLabelName(std::string_view name);

}  // namespace streamhouse::metrics
