#include "exporters/encoding/help_text.h"

namespace streamhouse::exporters {
namespace {

enum class Quotes { kPlain, kEscaped };

void AppendEscaped(std::string_view help, Quotes quotes, std::string& out) {
  for (const char c : help) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '"':
        out += quotes == Quotes::kEscaped ? "\\\"" : "\"";
        break;
      default:
        out += c;
    }
  }
}

}  // namespace

void AppendTextHelp(std::string_view help, std::string& out) {
  AppendEscaped(help, Quotes::kPlain, out);
}
void AppendOpenMetricsHelp(std::string_view help, std::string& out) {
  AppendEscaped(help, Quotes::kEscaped, out);
}

}  // namespace streamhouse::exporters
