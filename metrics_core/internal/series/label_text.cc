#include "metrics_core/internal/series/label_text.h"

#include <cstddef>

#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/text/text_escaping.h"
#include "metrics_core/text/utf8.h"

namespace streamhouse::metrics::internal {

std::vector<std::string> QuotedLabelNames(std::span<const std::string> names) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back(QuotedLabelName(name));
  return quoted;
}

std::string MakeLabelText(std::span<const std::string> names, std::span<const std::string_view> values) {
  std::string text;
  std::string repaired;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += ',';
    text += names[i];
    text += "=\"";
    AppendEscaped(ToValidUtf8(values[i], repaired), QuoteEscaping::kEscaped, text);
    text += '"';
  }
  return text;
}

}  // namespace streamhouse::metrics::internal
