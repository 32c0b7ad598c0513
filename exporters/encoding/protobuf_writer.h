// Protobuf messages written once, straight to where they are sent from.
//
// A message stands behind its length, so that its size must be known first. A message is described
// by a function of where it goes: ProtobufSize only counts, ProtobufWriter writes; PutMessage()
// asks for the one and then the other. So there is one description of each, and no copy.
// When to use something else: protozero's writer, where a copy does no harm.
// Guarantees: ProtobufWriter writes as many bytes as ProtobufSize counts for the same description.
// Thread safety: values.
// Cost: nested messages are counted once for each level that is written.
//
//   PutMessage(out, 1, [&](auto& label) { PutString(label, 1, name); PutString(label, 2, value); });
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <protozero/types.hpp>
#include <protozero/varint.hpp>
#include <string_view>
#include <type_traits>

#include "exporters/encoding/label_reader.h"

namespace streamhouse::exporters {

using ProtobufField = protozero::pbf_tag_type;

class ProtobufSize {
 public:
  void Varint(std::uint64_t value) { bytes_ += static_cast<std::size_t>(protozero::length_of_varint(value)); }
  void Fixed64(std::uint64_t /*bits*/) { bytes_ += sizeof(std::uint64_t); }
  void Text(std::string_view text) { bytes_ += text.size(); }
  void Text(const EscapedText& text) { bytes_ += text.size(); }
  void Add(std::size_t bytes) { bytes_ += bytes; }

  std::size_t bytes() const { return bytes_; }

 private:
  std::size_t bytes_ = 0;
};

class ProtobufWriter {
 public:
  // There is room for all that is put.
  explicit ProtobufWriter(char* out) : out_(out) {}

  void Varint(std::uint64_t value) { out_ += protozero::add_varint_to_buffer(out_, value); }
  void Fixed64(std::uint64_t bits) {
    static_assert(std::endian::native == std::endian::little);
    std::memcpy(out_, &bits, sizeof(bits));
    out_ += sizeof(bits);
  }
  void Text(std::string_view text) { out_ = std::copy(text.begin(), text.end(), out_); }
  void Text(const EscapedText& text) { out_ = text.CopyTo(out_); }

  char* end() const { return out_; }

 private:
  char* out_;
};

template <typename Out>
void PutTag(Out& out, ProtobufField field, protozero::pbf_wire_type type) {
  out.Varint((std::uint64_t{field} << 3U) | static_cast<std::uint64_t>(type));
}

template <typename Out>
void PutUint64(Out& out, ProtobufField field, std::uint64_t value) {
  PutTag(out, field, protozero::pbf_wire_type::varint);
  out.Varint(value);
}

template <typename Out>
void PutInt64(Out& out, ProtobufField field, std::int64_t value) {
  PutUint64(out, field, static_cast<std::uint64_t>(value));
}

template <typename Out>
void PutSint64(Out& out, ProtobufField field, std::int64_t value) {
  PutUint64(out, field, protozero::encode_zigzag64(value));
}

template <typename Out>
void PutFixed64(Out& out, ProtobufField field, std::uint64_t bits) {
  PutTag(out, field, protozero::pbf_wire_type::fixed64);
  out.Fixed64(bits);
}

template <typename Out>
void PutDouble(Out& out, ProtobufField field, double value) {
  PutFixed64(out, field, std::bit_cast<std::uint64_t>(value));
}

// A std::string_view or an EscapedText.
template <typename Out, typename String>
void PutString(Out& out, ProtobufField field, const String& text) {
  PutTag(out, field, protozero::pbf_wire_type::length_delimited);
  out.Varint(text.size());
  out.Text(text);
}

// `body(out)` puts the fields, to an out of either kind.
template <typename Out, typename Body>
void PutMessage(Out& out, ProtobufField field, const Body& body) {
  ProtobufSize size;
  body(size);
  PutTag(out, field, protozero::pbf_wire_type::length_delimited);
  out.Varint(size.bytes());
  if constexpr (std::is_same_v<Out, ProtobufSize>) {
    out.Add(size.bytes());
  } else {
    body(out);
  }
}

}  // namespace streamhouse::exporters
