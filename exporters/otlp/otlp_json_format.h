// OtlpJsonFormat: how OTLP messages stand in JSON, for OtlpRequests.
//
// When to use something else: otlp_json_writer.h, for the members of a message.
// Guarantees: those of OtlpJsonWriter.
// Thread safety: values.
// Cost: what is the same for many messages is made into text once.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "exporters/encoding/encoded_labels.h"
#include "exporters/encoding/label_reader.h"
#include "exporters/encoding/text_copy.h"
#include "exporters/otlp/otlp_field.h"
#include "exporters/otlp/otlp_json_bound.h"
#include "exporters/otlp/otlp_json_time.h"
#include "exporters/otlp/otlp_json_writer.h"
#include "exporters/otlp/otlp_schema.h"

namespace streamhouse::exporters {

struct OtlpJsonFormat {
  using Size = OtlpJsonBound;
  using Writer = OtlpJsonWriter;
  using Time = OtlpJsonTime;

  struct Head {
    std::string text;
  };

  // Of a metric and of a request.
  static constexpr std::string_view kMetricEnd = "]}}";
  static constexpr std::string_view kRequestEnd = "]}]}]}";
  static constexpr std::size_t kEndBytes = kMetricEnd.size() + 1 + kRequestEnd.size();

  template <typename Resource, typename Scope>
  static Head RequestHead(const Resource& resource, const Scope& scope) {
    std::string text = "{";
    text += otlp::request::kResourceMetrics.json_key();
    text += "[{";
    Append(text, [&](auto& out) { out.Message(otlp::resource_metrics::kResource, resource); });
    text += otlp::resource_metrics::kScopeMetrics.json_key();
    text += "[{";
    Append(text, [&](auto& out) { out.Message(otlp::scope_metrics::kScope, scope); });
    text += otlp::scope_metrics::kMetrics.json_key();
    return {text + "["};
  }

  template <typename Metric, typename Data>
  static Head MetricHead(const Metric& metric, const OtlpField& data_field, const Data& data) {
    std::string text = "{";
    Append(text, metric);
    text += data_field.json_key();
    text += "{";
    Append(text, data);
    text += otlp::data::kDataPoints.json_key();
    return {text + "["};
  }

  // Behind the last item stands a comma.
  static char* CloseRequest(const Head& /*head*/, char* /*begin*/, char* end) { return PutText(end - 1, kRequestEnd); }
  static char* CloseMetric(const Head& /*head*/, char* /*begin*/, char* end) {
    end = PutText(end - 1, kMetricEnd);
    *end++ = ',';
    return end;
  }

  template <typename Body>
  static std::size_t ItemBytes(const Body& body, std::size_t& body_bytes) {
    Size size;
    size.Message(body);
    return body_bytes = size.bytes();
  }
  template <typename Body>
  static char* PutItem(char* out, const Body& body, std::size_t /*body_bytes*/) {
    Writer writer(out);
    writer.Message(body);
    return writer.end();
  }

  // What stands before the value of a label: {"key":"NAME","value":{"stringValue":"
  static std::string LabelHead(std::string_view name, ProtobufField field);

  static void SetLabel(EncodedLabels& labels, std::size_t place, std::string_view /*name*/, ProtobufField /*field*/,
                       const EscapedText& value) {
    constexpr std::string_view kEnd = "\"}},";
    const std::string_view text = value.text();
    labels.SetValue(place, OtlpJsonWriter::kPageByteSize * text.size() + kEnd.size(), [&](char* /*begin*/, char* out) {
      return PutText(OtlpJsonWriter::WritePageText(out, text), kEnd);
    });
  }

  static std::string Doubles(std::span<const double> values);

 private:
  template <typename Body>
  static void Append(std::string& text, const Body& body) {
    Size size;
    body(size);
    const std::size_t begin = text.size();
    text.resize(begin + size.bytes());
    Writer writer(text.data() + begin);
    body(writer);
    text.resize(static_cast<std::size_t>(writer.end() - text.data()));
  }
};

}  // namespace streamhouse::exporters
