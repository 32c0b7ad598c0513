// OtlpJsonWriter: the members of OTLP messages in JSON, for OtlpJsonFormat.
//
// When to use something else: JsonText (metrics_core/text/json_text.h) for a document of its own.
// Guarantees: the JSON mapping of protobuf, with the exceptions of OTLP:
// 1. Integers of 64 bits are strings. Enums are numbers.
// 2. Numbers that are not finite are "NaN", "Infinity" and "-Infinity".
// 3. Ids of traces are hexadecimal.
// 4. It writes at most the bytes that OtlpJsonBound has for the same description.
// Thread safety: one thread at a time.
// Cost: one pass over the values, without an allocation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "exporters/encoding/encoded_labels.h"
#include "exporters/encoding/number_format.h"
#include "exporters/encoding/text_copy.h"
#include "exporters/otlp/otlp_field.h"
#include "exporters/otlp/otlp_json_time.h"
#include "metrics_core/exemplar.h"

namespace streamhouse::exporters {

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

}  // namespace streamhouse::exporters
