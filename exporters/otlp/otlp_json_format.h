// OtlpJsonFormat: how OTLP messages stand in JSON, for OtlpRequests.
//
// When to use something else: JsonText (metrics_core/text/json_text.h) for a document of its own.
// Guarantees: the JSON mapping of protobuf, with the exceptions of OTLP:
// 1. Integers of 64 bits are strings. Enums are numbers.
// 2. Numbers that are not finite are "NaN", "Infinity" and "-Infinity".
// 3. Ids of traces are hexadecimal.
// OtlpJsonBound is an upper bound of what OtlpJsonWriter writes for the same description.
// Thread safety: values.
// Cost: a time that stands twice is made into text once.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "exporters/encoding/encoded_labels.h"
#include "exporters/encoding/exemplar_text.h"
#include "exporters/encoding/label_reader.h"
#include "exporters/encoding/number_format.h"
#include "exporters/encoding/text_line.h"
#include "exporters/otlp/otlp_schema.h"
#include "metrics_core/exemplar.h"

namespace streamhouse::exporters {

// A time as points have it, with its text.
class OtlpJsonTime {
 public:
  void Assign(std::uint64_t unix_nanoseconds) {
    if (unix_nanoseconds == unix_nanoseconds_) return;
    unix_nanoseconds_ = unix_nanoseconds;
    size_ = static_cast<std::size_t>(WriteInteger(digits_, unix_nanoseconds) - digits_);
  }
  std::string_view digits() const { return {digits_, size_}; }
  // Writes kNumberBytesMax bytes, and returns the end of the digits.
  char* Write(char* out) const {
    CopyBlock<sizeof(digits_)>(out, digits_);
    return out + size_;
  }

 private:
  std::uint64_t unix_nanoseconds_ = 0;
  std::size_t size_ = 1;
  char digits_[kNumberBytesMax] = {'0'};
};

// What a description takes at most.
class OtlpJsonBound {
 public:
  // Keys and times are written in blocks, of which the last may end behind them.
  std::size_t bytes() const { return bytes_ + OtlpField::kBlockBytes; }

  void Fixed64(const OtlpField& field, std::uint64_t /*value*/) { Add(field, kNumberBytesMax); }
  void Sfixed64(const OtlpField& field, std::int64_t /*value*/) { Add(field, kNumberBytesMax); }
  void Time(const OtlpField& field, const OtlpJsonTime& /*time*/) { Add(field, kNumberBytesMax); }
  void Double(const OtlpField& field, double /*value*/) { Add(field, kNumberBytesMax); }
  void Sint32(const OtlpField& field, std::int32_t /*value*/) { Add(field, kNumberBytesMax); }
  void Enum(const OtlpField& field, unsigned /*value*/) { Add(field, kNumberBytesMax); }
  void True(const OtlpField& field) { Add(field, kNumberBytesMax); }
  void String(const OtlpField& field, std::string_view text) { Add(field, kCharacterBytesMax * text.size() + 2); }
  void Fixed64s(const OtlpField& field, std::span<const std::uint64_t> values) {
    Add(field, kBracketBytes + values.size() * (kNumberBytesMax + 1));
  }
  void Varints(const OtlpField& field, std::span<const std::uint64_t> values) { Fixed64s(field, values); }
  void Made(const OtlpField& field, const std::string& content) { Add(field, content.size()); }
  template <typename Body>
  void Message(const OtlpField& field, const Body& body) {
    Add(field, kBracketBytes);
    body(*this);
  }
  template <typename Body>
  void Message(const Body& body) {  // of a list
    bytes_ += kBracketBytes + 1;
    body(*this);
  }
  template <typename Items>
  void List(const OtlpField& field, const Items& items) {
    Add(field, kBracketBytes);
    items(*this);
  }
  void Attributes(const OtlpField& field, const EncodedLabels& labels) { Add(field, kBracketBytes + labels.bytes()); }
  void TraceAndSpan(const metrics::TraceContext& /*trace*/) { bytes_ += 96; }

 private:
  static constexpr std::size_t kBracketBytes = 2;
  static constexpr std::size_t kCharacterBytesMax = 6;  // of \u0000

  void Add(const OtlpField& field, std::size_t bytes) { bytes_ += field.json_key().size() + bytes + 1; }
  std::size_t bytes_ = 0;
};

// Each member and each item ends with a comma, until the bracket that closes its object or list
// takes the place of the last one.
class OtlpJsonWriter {
 public:
  // There is room for all that is put.
  explicit OtlpJsonWriter(char* out) : out_(out) {}

  char* end() const { return out_; }

  void Fixed64(const OtlpField& field, std::uint64_t value) { PutQuoted(field, value); }
  void Sfixed64(const OtlpField& field, std::int64_t value) { PutQuoted(field, value); }
  void Time(const OtlpField& field, const OtlpJsonTime& time) {
    PutKey(field);
    *out_++ = '"';
    out_ = time.Write(out_);
    PutLiteral("\",");
  }
  void Double(const OtlpField& field, double value) {
    PutKey(field);
    out_ = WriteDouble(out_, value);
    *out_++ = ',';
  }
  void Sint32(const OtlpField& field, std::int32_t value) { PutNumber(field, value); }
  void Enum(const OtlpField& field, unsigned value) { PutNumber(field, value); }
  void True(const OtlpField& field) {
    PutKey(field);
    PutLiteral("true,");
  }
  void String(const OtlpField& field, std::string_view text) {
    PutKey(field);
    *out_++ = '"';
    out_ = WriteEscaped(out_, text);
    PutLiteral("\",");
  }
  void Fixed64s(const OtlpField& field, std::span<const std::uint64_t> values) {
    PutKey(field);
    *out_++ = '[';
    for (const std::uint64_t value : values) {
      *out_++ = '"';
      out_ = WriteInteger(out_, value);
      PutLiteral("\",");
    }
    PutEnd(']');
  }
  void Varints(const OtlpField& field, std::span<const std::uint64_t> values) { Fixed64s(field, values); }
  // A field whose content is the same for many messages: Doubles() has made it.
  void Made(const OtlpField& field, const std::string& content) {
    PutKey(field);
    Put(content);
    *out_++ = ',';
  }
  template <typename Body>
  void Message(const OtlpField& field, const Body& body) {
    PutKey(field);
    Message(body);
  }
  template <typename Body>
  void Message(const Body& body) {  // of a list
    *out_++ = '{';
    body(*this);
    PutEnd('}');
  }
  // The messages of a repeated field: `items(list)` calls list.Message(body) for each.
  template <typename Items>
  void List(const OtlpField& field, const Items& items) {
    PutKey(field);
    *out_++ = '[';
    items(*this);
    PutEnd(']');
  }
  void Attributes(const OtlpField& field, const EncodedLabels& labels) {
    if (labels.bytes() == 0) return;
    PutKey(field);
    *out_++ = '[';
    out_ = labels.CopyTo(out_);
    PutEnd(']');
  }
  void TraceAndSpan(const metrics::TraceContext& trace);

  // Where it ends; kNumberBytesMax must have room.
  static char* WriteDouble(char* out, double value);
  // The same of text with \ " and newline escaped as on a page: at most kPageByteSize for a byte.
  static constexpr std::size_t kPageByteSize = 6;  // of \u0000
  static char* WritePageText(char* out, std::string_view text);

 private:
  void Put(std::string_view text) { out_ = PutText(out_, text); }
  template <std::size_t kSize>
  void PutLiteral(const char (&text)[kSize]) {
    CopyBlock<kSize - 1>(out_, text);
    out_ += kSize - 1;
  }
  void PutKey(const OtlpField& field) { out_ = field.WriteJsonKey(out_); }
  template <typename Integer>
  void PutNumber(const OtlpField& field, Integer value) {
    PutKey(field);
    out_ = WriteInteger(out_, value);
    *out_++ = ',';
  }
  template <typename Integer>
  void PutQuoted(const OtlpField& field, Integer value) {
    PutKey(field);
    *out_++ = '"';
    out_ = WriteInteger(out_, value);
    PutLiteral("\",");
  }
  void PutEnd(char bracket) {
    if (out_[-1] == ',') --out_;
    *out_++ = bracket;
    *out_++ = ',';
  }

  // Text that is UTF-8; returns its end.
  static char* WriteEscaped(char* out, std::string_view text);

  char* out_;
};

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
