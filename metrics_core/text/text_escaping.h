// How a text stands on a page and in a label text: with \ and newline escaped.
//
// When to use something else: EscapeMetricName (name_escaping.h) for readers that know legacy names
// only.
// Guarantees: the escaped text has no newline; with QuoteEscaping::kEscaped it can stand between
// quotes.
// Thread safety: pure functions.
// Cost: linear in the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace streamhouse::metrics {

enum class QuoteEscaping : std::uint8_t {
  kPlain,    // help texts of the Prometheus text format
  kEscaped,  // label values, quoted names, help texts of OpenMetrics
};

void AppendEscaped(std::string_view text, QuoteEscaping quotes, std::string& out);

// name="value", with the value escaped. `name` is quoted already where it has to be
// (QuotedLabelName).
std::string LabelPairText(std::string_view name, std::string_view value);

}  // namespace streamhouse::metrics
