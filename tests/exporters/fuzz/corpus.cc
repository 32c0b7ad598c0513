#include "tests/exporters/fuzz/corpus.h"

#include <charconv>
#include <cstddef>
#include <fstream>
#include <system_error>

#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

using metrics::Check;

// Takes what stands behind a backslash.
char TakeEscaped(std::string_view& text) {
  Check(!text.empty(), "a line of a corpus ends with a backslash");
  const char kind = text.front();
  text.remove_prefix(1);
  if (kind == 'n') return '\n';
  if (kind == 'r') return '\r';
  if (kind == 't') return '\t';
  if (kind == '\\') return '\\';
  unsigned char byte = 0;
  const std::string_view digits = text.substr(0, 2);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
  Check(kind == 'x' && error == std::errc() && end == digits.data() + 2, "an unknown escape in a corpus");
  text.remove_prefix(2);
  return static_cast<char>(byte);
}

std::string Unescaped(std::string_view line) {
  std::string input;
  while (!line.empty()) {
    const char c = line.front();
    line.remove_prefix(1);
    input += c == '\\' ? TakeEscaped(line) : c;
  }
  return input;
}

}  // namespace

std::vector<std::string> ReadCorpus(const std::string& path) {
  std::ifstream file(path);
  Check(file.is_open(), "cannot read a corpus");
  std::vector<std::string> inputs;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && !line.starts_with('#')) inputs.push_back(Unescaped(line));
  }
  return inputs;
}

}  // namespace streamhouse::exporters
