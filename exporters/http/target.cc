#include "exporters/http/target.h"

#include <charconv>
#include <cstddef>
#include <utility>

namespace streamhouse::exporters {
namespace {

std::string_view StripOrigin(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const std::size_t end_of_host = target.find_first_of("/?", scheme.size());
    return end_of_host == std::string_view::npos ? std::string_view("/") : target.substr(end_of_host);
  }
  return target;
}

}  // namespace

std::optional<std::string> PercentDecode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    unsigned char byte = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return std::nullopt;
    decoded += static_cast<char>(byte);
    i += 2;
  }
  return decoded;
}

std::optional<Target> ParseTarget(std::string_view target) {
  target = StripOrigin(target);
  const std::size_t question = target.find('?');
  std::optional<std::string> path = PercentDecode(target.substr(0, question));
  if (!path || !path->starts_with('/')) return std::nullopt;
  return Target{.path = *std::move(path),
                .query = question == std::string_view::npos ? std::string_view() : target.substr(question + 1)};
}

}  // namespace streamhouse::exporters
