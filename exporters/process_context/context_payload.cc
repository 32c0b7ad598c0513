#include "exporters/process_context/context_payload.h"

#include <protozero/pbf_writer.hpp>
#include <utility>

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

// Numbers of fields: of ProcessContext, Resource, KeyValue and AnyValue.
constexpr protozero::pbf_tag_type kResource = 1;
constexpr protozero::pbf_tag_type kAttributes = 1;
constexpr protozero::pbf_tag_type kKey = 1;
constexpr protozero::pbf_tag_type kValue = 2;
constexpr protozero::pbf_tag_type kStringValue = 1;

}  // namespace

Result<std::string> ContextPayload(const metrics::TargetAttributes& attributes) {
  std::string payload;
  {
    protozero::pbf_writer context(payload);
    protozero::pbf_writer resource(context, kResource);
    for (const auto& [key, value] : attributes) {
      if (key.size() > kContextTextBytesMax || value.size() > kContextTextBytesMax) {
        return Status(StatusCode::kInvalidArgument, "the attribute " + key.substr(0, kContextTextBytesMax) +
                                                        " of the target is longer than readers take");
      }
      protozero::pbf_writer attribute(resource, kAttributes);
      attribute.add_string(kKey, key);
      protozero::pbf_writer any(attribute, kValue);
      any.add_string(kStringValue, value);
    }
  }
  if (payload.size() > kContextBytesMax) {
    return Status(StatusCode::kResourceExhausted, "the attributes of the target are more than readers take");
  }
  return payload;
}

}  // namespace streamhouse::exporters
