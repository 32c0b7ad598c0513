// Reads a page of Prometheus text or OpenMetrics, byte by byte as the format has it; another
// reading than the encoders' own.
//
// Ends the process with a message where a line is not of the form that it has to have.
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace streamhouse::exporters {

struct TextSample {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;  // values as they are meant
  std::string value;
};

struct TextPageContent {
  std::vector<std::string> helps;  // as they are meant
  std::vector<TextSample> samples;
};

TextPageContent ReadTextPage(std::string_view page);

// Whether all of it is UTF-8: no overlong forms, surrogates or points beyond the last.
bool IsUtf8(std::string_view text);

}  // namespace streamhouse::exporters
