#include "exporters/statsd/dogstatsd_fields.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "exporters/statsd/statsd_names.h"

namespace streamhouse::exporters {
namespace {

void AppendField(std::string_view name, std::string_view value, std::string& out) {
  if (value.empty()) return;
  out.append("|").append(name).append(":");
  const auto ends_field = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '|' || c == 0x7f; };
  std::replace_copy_if(value.begin(), value.end(), std::back_inserter(out), ends_field, '_');
}

}  // namespace

DogStatsdFields FindDogStatsdOrigin(const DogStatsdOrigin& origin) {
  DogStatsdFields fields;
  AppendStatsdLabel("dd.internal.entity_id", origin.entity_id, StatsdDialect::kDogStatsd, fields.tags);
  AppendField("c", FindContainerId(origin.files), fields.origin);
  AppendField("e", origin.external_data, fields.origin);
  return fields;
}

}  // namespace streamhouse::exporters
