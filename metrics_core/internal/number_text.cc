#include "metrics_core/internal/number_text.h"

#include <array>
#include <charconv>

namespace streamhouse::metrics::internal {

std::string NumberText(double value) {
  std::array<char, 32> text;
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), written.ptr};
}

}  // namespace streamhouse::metrics::internal
