#include "tests/exporters/otlp/decoded_requests.h"

#include <google/protobuf/unknown_field_set.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "exporters/otlp/otlp_json_encoder.h"
#include "exporters/otlp/otlp_protobuf_encoder.h"
#include "exporters/otlp/otlp_resource.h"

namespace streamhouse::exporters {
namespace {

using otlp_test::ExportMetricsServiceRequest;

constexpr std::size_t kLargeRequest = std::size_t{16} * 1024 * 1024;

bool HasUnknownFields(const google::protobuf::Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (!reflection.GetUnknownFields(message).empty()) return true;
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const auto& inner = field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                               : reflection.GetMessage(message, field);
      if (HasUnknownFields(inner)) return true;
    }
  }
  return false;
}

std::string Base64OfHexadecimal(const std::string& digits) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char digit : digits) {
    held = (held << 4U) | static_cast<unsigned>(std::stoi(std::string(1, digit), nullptr, 16));
    for (bits += 4; bits >= 6; bits -= 6) text += kAlphabet[held >> (bits - 6) & 0x3FU];
  }
  if (bits > 0) text += kAlphabet[held << (6 - bits) & 0x3FU];
  return text + std::string((4 - text.size() % 4) % 4, '=');
}

std::string OnlyRequest(OtlpEncoder& encoder) {
  const Requests requests = RequestsOf(encoder, kLargeRequest);
  EXPECT_EQ(requests.bodies.size(), 1U);
  return requests.bodies.empty() ? "" : requests.bodies.front();
}

}  // namespace

ExportMetricsServiceRequest FromProtobuf(const std::string& request) {
  ExportMetricsServiceRequest decoded;
  EXPECT_TRUE(decoded.ParseFromString(request));
  EXPECT_FALSE(HasUnknownFields(decoded)) << decoded.DebugString();
  return decoded;
}

// Writes the values of a key in base64, under another name of the same field.
void WriteInBase64(const std::string& key, const std::string& name, std::string& request) {
  const std::string before = "\"" + key + "\":\"";
  for (std::size_t at = request.find(before); at != std::string::npos; at = request.find(before, at)) {
    const std::size_t begin = at + before.size();
    const std::size_t end = request.find('"', begin);
    const std::string written = Base64OfHexadecimal(request.substr(begin, end - begin));
    request.replace(at, end - at, "\"" + name + "\":\"" + written);
  }
}

// OTLP has ids of traces in hexadecimal, where the JSON mapping of protobuf has base64.
ExportMetricsServiceRequest FromJson(std::string request) {
  WriteInBase64("traceId", "trace_id", request);
  WriteInBase64("spanId", "span_id", request);
  ExportMetricsServiceRequest decoded;
  const auto status = google::protobuf::util::JsonStringToMessage(request, &decoded);
  EXPECT_TRUE(status.ok()) << status.ToString() << request;
  return decoded;
}

Requests RequestsOf(OtlpEncoder& encoder, std::size_t request_bytes) {
  Requests requests;
  PageSource::Progress progress;
  do {
    PageChunk chunk(request_bytes);
    progress = encoder.Fill(chunk);
    if (chunk.empty()) break;
    requests.bodies.emplace_back(chunk.view());
    requests.samples.push_back(encoder.samples());
  } while (progress == PageSource::Progress::kMore);
  return requests;
}

std::string ProtobufRequestOf(const metrics::Snapshot& snapshot) {
  OtlpProtobufEncoder encoder(snapshot, OtlpResource(snapshot.target()));
  return OnlyRequest(encoder);
}

std::string JsonRequestOf(const metrics::Snapshot& snapshot) {
  OtlpJsonEncoder encoder(snapshot, OtlpResource(snapshot.target()));
  return OnlyRequest(encoder);
}

const otlp_test::Metric& MetricOf(const ExportMetricsServiceRequest& request, const std::string& name) {
  for (const otlp_test::Metric& metric : request.resource_metrics(0).scope_metrics(0).metrics()) {
    if (metric.name() == name) return metric;
  }
  ADD_FAILURE() << "there is no metric " << name;
  return otlp_test::Metric::default_instance();
}

}  // namespace streamhouse::exporters
