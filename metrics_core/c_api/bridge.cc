#include "metrics_core/c_api/bridge.h"

#include <cstring>
#include <span>
#include <string_view>

#include "metrics_core/c_api/objects.h"

namespace streamhouse::metrics {
namespace {

constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

bool IsInsideOfCharacter(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// `to` is all zeros.
void CopyText(std::string_view text, std::span<char> to) {
  const std::size_t room = to.size() - 1;
  if (text.size() <= room) {
    text.copy(to.data(), text.size());
    return;
  }
  std::size_t end = room - kEllipsis.size();
  while (end > 0 && IsInsideOfCharacter(text[end])) --end;
  text.copy(to.data(), end);
  kEllipsis.copy(to.data() + end, kEllipsis.size());
}

}  // namespace

Registry& RegistryOf(streamhouse_registry& registry) {
  return registry.registry;
}

const Health& HealthOf(const streamhouse_health& health) {
  return health.health;
}

streamhouse_status ToC(const Status& status) {
  streamhouse_status in_c = {.code = static_cast<streamhouse_status_code>(status.code()), .field = {}, .message = {}};
  CopyText(status.field(), in_c.field);
  CopyText(status.message(), in_c.message);
  return in_c;
}

}  // namespace streamhouse::metrics
