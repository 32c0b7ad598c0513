// A protobuf message as protoc reads it, as a tree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace streamhouse::exporters {

struct DecodedField {
  std::string name;
  std::string value;                      // of a scalar: a number as protoc prints it, a string as it is meant
  std::vector<DecodedField> fields = {};  // of a message

  // The value of the first field of that name; empty where there is none.
  std::string_view Value(std::string_view name) const;
  std::vector<const DecodedField*> All(std::string_view name) const;
};

// `schema` is the path of the .proto, `message` its full name. A message that protoc refuses has
// the one field "error".
DecodedField DecodeMessage(const std::string& schema, const std::string& message, std::string_view bytes);

}  // namespace streamhouse::exporters
