// OtlpField: the number and the name of a field of OTLP, for both encodings.
//
// When to use something else: otlp_schema.h has the fields that this project writes.
// Guarantees: the key in JSON is the name in lowerCamelCase, as the JSON mapping of protobuf makes
// it.
// Thread safety: constants.
// Cost: none at run time, but for the copy of a key.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

#include "exporters/encoding/protobuf_writer.h"

namespace streamhouse::exporters {

class OtlpField {
 public:
  // `name` as the .proto spells it, such as start_time_unix_nano.
  consteval OtlpField(ProtobufField number, std::string_view name) : number_(number) {
    Append('"');
    for (std::size_t i = 0; i < name.size(); ++i) {
      const bool is_upper = i > 0 && name[i - 1] == '_';
      if (name[i] != '_') Append(is_upper ? static_cast<char>(name[i] - 'a' + 'A') : name[i]);
    }
    Append('"');
    Append(':');
  }

  constexpr ProtobufField number() const { return number_; }
  // "startTimeUnixNano": with quotes and colon.
  constexpr std::string_view json_key() const { return {json_key_, json_key_bytes_}; }
  // The same, written by one block: kBlockBytes must have room. Returns its end.
  char* WriteJsonKey(char* out) const {
    std::memcpy(out, json_key_, sizeof(json_key_));
    return out + json_key_bytes_;
  }

  static constexpr std::size_t kBlockBytes = 32;

 private:
  constexpr void Append(char c) { json_key_[json_key_bytes_++] = c; }

  ProtobufField number_;
  std::size_t json_key_bytes_ = 0;
  char json_key_[kBlockBytes] = {};
};

}  // namespace streamhouse::exporters
