#include "agent/metadata/row_checksum.h"

#include <string>

#include "agent/log/crc32.h"

namespace streamhouse::agent {

void RowChecksum::Add(ValueType type, std::string_view text) {
  std::string prefix = {'\0', static_cast<char>(type)};
  prefix.append(std::to_string(text.size())).append({':'});
  value_ = ExtendCrc32(ExtendCrc32(value_, prefix), text);
}

}  // namespace streamhouse::agent
