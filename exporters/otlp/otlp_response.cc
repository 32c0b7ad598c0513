#include "exporters/otlp/otlp_response.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <exception>
#include <protozero/pbf_reader.hpp>
#include <system_error>

#include "metrics_core/text/utf8.h"

namespace streamhouse::exporters {
namespace {

// The numbers of the fields, from opentelemetry/proto/collector/metrics/v1/metrics_service.proto.
constexpr protozero::pbf_tag_type kPartialSuccess = 1;
constexpr protozero::pbf_tag_type kRejectedDataPoints = 1;
constexpr protozero::pbf_tag_type kErrorMessage = 2;

std::uint64_t CountOf(std::int64_t rejected) {
  return rejected > 0 ? static_cast<std::uint64_t>(rejected) : 0;
}

std::string LineOf(std::string_view message) {
  std::string storage;
  std::string line(metrics::ToValidUtf8(message.substr(0, kOtlpMessageBytesMax), storage));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return (c >= 0 && c < ' ') || c == '\x7F'; }, ' ');
  return line;
}

// Throws where the body is no message.
OtlpResponse ParseProtobuf(std::string_view body) {
  OtlpResponse response;
  protozero::pbf_reader fields(protozero::data_view(body.data(), body.size()));
  while (fields.next(kPartialSuccess, protozero::pbf_wire_type::length_delimited)) {
    protozero::pbf_reader partial = fields.get_message();
    while (partial.next()) {
      if (partial.tag_and_type() == protozero::tag_and_type(kRejectedDataPoints, protozero::pbf_wire_type::varint)) {
        response.rejected_points = CountOf(partial.get_int64());
      } else if (partial.tag_and_type() ==
                 protozero::tag_and_type(kErrorMessage, protozero::pbf_wire_type::length_delimited)) {
        const protozero::data_view message = partial.get_view();
        response.message = LineOf({message.data(), message.size()});
      } else {
        partial.skip();
      }
    }
  }
  return response;
}

// An integer of 64 bits may be a number or a string.
std::int64_t IntegerOf(const boost::json::value& value) {
  if (value.is_int64()) return value.get_int64();
  std::int64_t number = 0;
  if (!value.is_string()) return number;
  const boost::json::string& text = value.get_string();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

OtlpResponse ParseJson(std::string_view body) {
  boost::system::error_code error;
  const boost::json::value document = boost::json::parse({body.data(), body.size()}, error);
  if (error || !document.is_object()) return {};
  const boost::json::value* const partial = document.get_object().if_contains("partialSuccess");
  if (partial == nullptr || !partial->is_object()) return {};
  OtlpResponse response;
  const boost::json::value* const rejected = partial->get_object().if_contains("rejectedDataPoints");
  if (rejected != nullptr) response.rejected_points = CountOf(IntegerOf(*rejected));
  const boost::json::value* const message = partial->get_object().if_contains("errorMessage");
  if (message != nullptr && message->is_string()) response.message = LineOf(std::string_view(message->get_string()));
  return response;
}

}  // namespace

OtlpResponse ParseOtlpResponse(std::string_view body, OtlpEncoding encoding) {
  try {
    return encoding == OtlpEncoding::kJson ? ParseJson(body) : ParseProtobuf(body);
  } catch (const std::exception&) {
    return {};  // not a message, or memory for it is missing
  }
}

}  // namespace streamhouse::exporters
