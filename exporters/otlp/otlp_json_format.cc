#include "exporters/otlp/otlp_json_format.h"

#include "exporters/encoding/number_format.h"

namespace streamhouse::exporters {

std::string OtlpJsonFormat::LabelHead(std::string_view name, ProtobufField /*field*/) {
  std::string key = "{";
  Append(key, [&](auto& out) { out.String(otlp::key_value::kKey, name); });
  key += otlp::key_value::kValue.json_key();
  key += "{";
  key += otlp::any_value::kStringValue.json_key();
  return key + "\"";
}

std::string OtlpJsonFormat::Doubles(std::span<const double> values) {
  std::string content = "[";
  for (const double value : values) {
    char number[kNumberBytesMax];
    if (content.size() > 1) content += ',';
    content.append(number, OtlpJsonWriter::WriteDouble(number, value));
  }
  return content + "]";
}

}  // namespace streamhouse::exporters
