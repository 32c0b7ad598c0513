#include "metrics_core/text/text_escaping.h"

namespace streamhouse::metrics {

void AppendEscaped(std::string_view text, QuoteEscaping quotes, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '"':
        out += quotes == QuoteEscaping::kEscaped ? "\\\"" : "\"";
        break;
      default:
        out += c;
    }
  }
}

std::string LabelPairText(std::string_view name, std::string_view value) {
  std::string text = std::string(name) + "=\"";
  AppendEscaped(value, QuoteEscaping::kEscaped, text);
  return text + '"';
}

}  // namespace streamhouse::metrics
