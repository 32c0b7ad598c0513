#include "metrics_core/internal/series/series.h"

namespace streamhouse::metrics::internal {

const char* Series::MakeKey(std::span<const std::string_view> values, std::string_view text) {
  const std::size_t lengths_size = values.size() * sizeof(std::uint16_t);
  char* const key = new char[lengths_size + text.size()];
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool stands_as_it_is = values[i].find_first_of("\\\"\n") == std::string_view::npos;
    const auto length =
        static_cast<std::uint16_t>(stands_as_it_is && values[i].size() < kEscaped ? values[i].size() : kEscaped);
    std::memcpy(key + i * sizeof(length), &length, sizeof(length));
  }
  std::memcpy(key + lengths_size, text.data(), text.size());
  return key + lengths_size;
}

void Series::FreeKey(const Series& series, std::size_t labels) noexcept {
  if (series.text_data != nullptr) delete[](series.text_data - labels * sizeof(std::uint16_t));
}

const char* Series::SkipEscaped(const char* at, std::string_view value) const noexcept {
  for (const char wanted : value) {
    if (*at == '"') return nullptr;
    const bool escaped = *at == '\\';
    if (escaped) ++at;
    const char meant = escaped && *at == 'n' ? '\n' : *at;
    if (meant != wanted) return nullptr;
    ++at;
  }
  return *at == '"' ? at : nullptr;
}

}  // namespace streamhouse::metrics::internal
