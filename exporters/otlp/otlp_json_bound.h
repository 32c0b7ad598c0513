// OtlpJsonBound: what a description takes at most in JSON.
//
// When to use something else: OtlpJsonWriter writes it.
// Guarantees: bytes() is an upper bound of what OtlpJsonWriter writes for the same description.
// Thread safety: a value.
// Cost: additions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "exporters/encoding/encoded_labels.h"
#include "exporters/encoding/number_format.h"
#include "exporters/otlp/otlp_field.h"
#include "exporters/otlp/otlp_json_time.h"
#include "metrics_core/exemplar.h"

namespace streamhouse::exporters {

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

}  // namespace streamhouse::exporters
