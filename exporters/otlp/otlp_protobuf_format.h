// OtlpProtobufFormat: how OTLP messages stand in protobuf, for OtlpRequests.
//
// When to use something else: protobuf_writer.h for messages whose length is known before they
// begin.
// Guarantees:
// 1. What OtlpProtobufOut<ProtobufSize> counts for a description, that of ProtobufWriter writes.
// 2. A message that stays open while others are written into it has a length of four bytes, filled
//    up with zero bits: every reader of protobuf takes such a varint.
// Thread safety: values.
// Cost: each message is counted and then written.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <protozero/types.hpp>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "exporters/encoding/encoded_labels.h"
#include "exporters/encoding/label_reader.h"
#include "exporters/encoding/protobuf_writer.h"
#include "exporters/encoding/text_copy.h"
#include "exporters/otlp/otlp_schema.h"
#include "metrics_core/exemplar.h"

namespace streamhouse::exporters {

// `Out` is ProtobufSize or ProtobufWriter. OtlpJsonWriter has the same functions.
template <typename Out>
class OtlpProtobufOut {
 public:
  explicit OtlpProtobufOut(Out out) : out_(out) {}

  const Out& out() const { return out_; }

  void Fixed64(const OtlpField& field, std::uint64_t value) {
    PutTag(out_, field.number(), protozero::pbf_wire_type::fixed64);
    out_.Fixed64(value);
  }
  void Sfixed64(const OtlpField& field, std::int64_t value) { Fixed64(field, static_cast<std::uint64_t>(value)); }
  void Time(const OtlpField& field, std::uint64_t unix_nanoseconds) { Fixed64(field, unix_nanoseconds); }
  void Double(const OtlpField& field, double value) { PutDouble(out_, field.number(), value); }
  void Sint32(const OtlpField& field, std::int32_t value) { PutSint64(out_, field.number(), value); }
  void Enum(const OtlpField& field, unsigned value) { PutUint64(out_, field.number(), value); }
  void True(const OtlpField& field) { PutUint64(out_, field.number(), 1); }
  void String(const OtlpField& field, std::string_view text) { PutString(out_, field.number(), text); }

  void Fixed64s(const OtlpField& field, std::span<const std::uint64_t> values) {
    Begin(field, values.size_bytes());
    for (const std::uint64_t value : values) out_.Fixed64(value);
  }
  void Varints(const OtlpField& field, std::span<const std::uint64_t> values) {
    ProtobufSize size;
    for (const std::uint64_t value : values) size.Varint(value);
    Begin(field, size.bytes());
    for (const std::uint64_t value : values) out_.Varint(value);
  }
  // A field whose content is the same for many messages: Doubles() has made it.
  void Made(const OtlpField& field, const std::string& content) { String(field, content); }

  template <typename Body>
  void Message(const OtlpField& field, const Body& body) {
    OtlpProtobufOut<ProtobufSize> size{ProtobufSize()};
    body(size);
    Begin(field, size.out().bytes());
    if constexpr (std::is_same_v<Out, ProtobufSize>) {
      out_.Add(size.out().bytes());
    } else {
      body(*this);
    }
  }

  // The messages of a repeated field: `items(list)` calls list.Message(body) for each.
  template <typename Items>
  void List(const OtlpField& field, const Items& items) {
    const ListOut list = {*this, field};
    items(list);
  }

  // Each label has the tag of the field. In a point, more than EncodedLabels::kCopyBytes follow.
  void Attributes(const OtlpField& /*field*/, const EncodedLabels& labels) {
    if constexpr (std::is_same_v<Out, ProtobufSize>) {
      out_.Add(labels.bytes());
    } else {
      out_ = ProtobufWriter(labels.CopyTo(out_.end()));
    }
  }

  // Their first bytes are the high ones.
  void TraceAndSpan(const metrics::TraceContext& trace) {
    char bytes[3 * sizeof(std::uint64_t)];
    const std::uint64_t words[] = {trace.trace_id_high, trace.trace_id_low, trace.span_id};
    for (std::size_t i = 0; i < sizeof(bytes); ++i) bytes[i] = static_cast<char>(words[i / 8] >> (56 - 8 * (i % 8)));
    String(otlp::exemplar::kTraceId, {bytes, 16});
    if (trace.span_id != 0) String(otlp::exemplar::kSpanId, {bytes + 16, 8});
  }

 private:
  struct ListOut {
    OtlpProtobufOut& out;
    const OtlpField& field;

    template <typename Body>
    void Message(const Body& body) const {
      out.Message(field, body);
    }
  };

  void Begin(const OtlpField& field, std::size_t bytes) {
    PutTag(out_, field.number(), protozero::pbf_wire_type::length_delimited);
    out_.Varint(bytes);
  }

  template <typename Other>
  friend class OtlpProtobufOut;

  Out out_;
};

struct OtlpProtobufFormat {
  using Size = OtlpProtobufOut<ProtobufSize>;
  using Writer = OtlpProtobufOut<ProtobufWriter>;

  // A time as points have it.
  class Time {
   public:
    void Assign(std::uint64_t unix_nanoseconds) { unix_nanoseconds_ = unix_nanoseconds; }
    operator std::uint64_t() const { return unix_nanoseconds_; }  // NOLINT(google-explicit-constructor)

   private:
    std::uint64_t unix_nanoseconds_ = 0;
  };

  // The beginning of two messages, one in the other, that stay open.
  struct Head {
    std::string text;
    std::size_t outer_length = 0;  // where their lengths stand in the text
    std::size_t inner_length = 0;
  };

  static constexpr std::size_t kEndBytes = 0;  // that it takes to close what is open

  // Of a request, where metrics follow.
  template <typename Resource, typename Scope>
  static Head RequestHead(const Resource& resource, const Scope& scope) {
    Head head;
    head.outer_length = Open(otlp::request::kResourceMetrics, head.text);
    Append(head.text, [&](auto& out) { out.Message(otlp::resource_metrics::kResource, resource); });
    head.inner_length = Open(otlp::resource_metrics::kScopeMetrics, head.text);
    Append(head.text, [&](auto& out) { out.Message(otlp::scope_metrics::kScope, scope); });
    return head;
  }

  // Of a metric, whose `data` is a Sum or the like, where points follow.
  template <typename Metric, typename Data>
  static Head MetricHead(const Metric& metric, const OtlpField& data_field, const Data& data) {
    Head head;
    head.outer_length = Open(otlp::scope_metrics::kMetrics, head.text);
    Append(head.text, metric);
    head.inner_length = Open(data_field, head.text);
    Append(head.text, data);
    return head;
  }

  static char* CloseRequest(const Head& head, char* begin, char* end) { return Close(head, begin, end); }
  static char* CloseMetric(const Head& head, char* begin, char* end) { return Close(head, begin, end); }

  // Of a point with its tag and its length; also of its body alone.
  template <typename Body>
  static std::size_t ItemBytes(const Body& body, std::size_t& body_bytes) {
    Size size{ProtobufSize()};
    body(size);
    body_bytes = size.out().bytes();
    ProtobufSize length;
    length.Varint(body_bytes);
    return 1 + length.bytes() + body_bytes;
  }
  template <typename Body>
  static char* PutItem(char* out, const Body& body, std::size_t body_bytes) {
    ProtobufWriter writer(out);
    PutTag(writer, otlp::data::kDataPoints.number(), protozero::pbf_wire_type::length_delimited);
    writer.Varint(body_bytes);
    Writer point(writer);
    body(point);
    return point.out().end();
  }

  // What stands before the value of a label: KeyValue with its key, and AnyValue with the tag of
  // the string. The lengths are those of an empty value, and have one byte each.
  static std::string LabelHead(std::string_view name, ProtobufField field) {
    std::string key;
    Append(key, [&](auto& out) { out.String(otlp::key_value::kKey, name); });
    std::string head{TagOf(field), '\0'};
    head += key;
    head += {TagOf(otlp::key_value::kValue.number()), '\0', TagOf(otlp::any_value::kStringValue.number()), '\0'};
    return head;
  }

  [[gnu::always_inline]] static void SetLabel(EncodedLabels& labels, std::size_t place, const std::string& name,
                                              ProtobufField field, const EscapedText& value) {
    const std::string_view text = value.text();
    if (value.has_escapes() || name.size() + text.size() + kPairBytes >= kTwoBytes) [[unlikely]]
      return SetAnyLabel(labels, place, name, field, value);
    labels.SetValue(
        place, text.size(), [text](char* begin, char* out) __attribute__((always_inline)) {
          const auto size = static_cast<char>(text.size());
          begin[1] = static_cast<char>(out - begin - 2 + size);
          out[-3] = static_cast<char>(size + 2);
          out[-1] = size;
          return PutText(out, text);
        });
  }

  static std::string Doubles(std::span<const double> values) {
    static_assert(std::endian::native == std::endian::little);
    std::string content(values.size_bytes(), '\0');
    if (!values.empty()) std::memcpy(content.data(), values.data(), values.size_bytes());
    return content;
  }

 private:
  static constexpr std::size_t kLengthBytes = 4;
  static constexpr std::size_t kTwoBytes = 128;      // the least length that takes two
  static constexpr std::size_t kPairBytes = 6;       // in KeyValue: tags and lengths
  static constexpr std::size_t kTagsBytes = 4 * 11;  // of a longer label: tags and lengths

  static constexpr char TagOf(ProtobufField field) {
    return static_cast<char>(field << 3U | static_cast<unsigned>(protozero::pbf_wire_type::length_delimited));
  }

  [[gnu::noinline]] static void SetAnyLabel(EncodedLabels& labels, std::size_t place, const std::string& name,
                                            ProtobufField field, const EscapedText& value) {
    labels.SetAll(place, kTagsBytes + name.size() + value.size(), [&](char* out) {
      ProtobufWriter writer(out);
      PutMessage(writer, field, [&](auto& pair) {
        PutString(pair, otlp::key_value::kKey.number(), std::string_view(name));
        PutMessage(pair, otlp::key_value::kValue.number(),
                   [&](auto& any) { PutString(any, otlp::any_value::kStringValue.number(), value); });
      });
      return writer.end();
    });
  }

  template <typename Body>
  static void Append(std::string& text, const Body& body) {
    Size size{ProtobufSize()};
    body(size);
    const std::size_t begin = text.size();
    text.resize(begin + size.out().bytes());
    Writer writer{ProtobufWriter(text.data() + begin)};
    body(writer);
  }

  // Returns where the length of the message will stand.
  static std::size_t Open(const OtlpField& field, std::string& text) {
    text += static_cast<char>(field.number() << 3U | 2U);
    text.append(kLengthBytes, '\0');
    return text.size() - kLengthBytes;
  }

  static char* Close(const Head& head, char* begin, char* end) {
    PutLength(begin + head.outer_length, end);
    PutLength(begin + head.inner_length, end);
    return end;
  }

  static void PutLength(char* at, const char* end) {
    auto length = static_cast<std::uint64_t>(end - at) - kLengthBytes;
    for (std::size_t i = 0; i < kLengthBytes; ++i, length >>= 7U) {
      at[i] = static_cast<char>((length & 0x7FU) | (i + 1 < kLengthBytes ? 0x80U : 0U));
    }
  }
};

}  // namespace streamhouse::exporters
