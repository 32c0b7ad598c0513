// ProtobufLabels: the labels of a series as LabelPair of Prometheus' protobuf and as Label of
// remote write 1.0. Both have the name in field 1 and the value in field 2, and stand in field 1.
//
// When to use something else: OTLP has values of several types (exporters/otlp).
// Guarantees: labels stand at the places that Begin() gives them.
// Thread safety: one thread at a time.
// Cost: a label whose value is that of the series before is neither read nor encoded again.
//
//   ProtobufLabels labels(EmptyValues::kWritten);
//   labels.Begin(info.label_names, places);
//   labels.Read(family.label_text(i));
//   // CopyTo() may write kCopyBytes behind the end that it returns.
//   if (char* out = chunk.Reserve(labels.bytes() + ProtobufLabels::kCopyBytes)) chunk.Commit(labels.CopyTo(out));
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <protozero/types.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/encoding/encoded_labels.h"
#include "exporters/encoding/label_changes.h"
#include "exporters/encoding/label_reader.h"
#include "exporters/encoding/protobuf_writer.h"
#include "exporters/encoding/text_copy.h"

namespace streamhouse::exporters {

// What becomes of a label with an empty value.
enum class EmptyValues : std::uint8_t { kWritten, kLeftOut };

class ProtobufLabels {
 public:
  // See EncodedLabels.
  static constexpr std::size_t kCopyBytes = EncodedLabels::kCopyBytes;

  explicit ProtobufLabels(EmptyValues empty_values) : empty_values_(empty_values) {}

  // For another family. Label i of its label text stands at places[i]. Behind those of the names,
  // `places` has the places of the labels that Set() brings. The label texts that were read until
  // now outlive the next Read().
  void Begin(std::span<const std::string> label_names, std::span<const std::size_t> places) {
    // Many families have the labels of the one before.
    if (std::ranges::equal(label_names, names_) && std::ranges::equal(places, places_)) return;
    names_.assign(label_names.begin(), label_names.end());
    places_.assign(places.begin(), places.end());
    std::vector<std::string> heads(places.size());
    for (std::size_t i = 0; i < label_names.size(); ++i) heads[places[i]] = HeadOf(label_names[i]);
    changes_.Begin(label_names);
    encoded_.Begin(heads);
  }

  [[gnu::always_inline]] void Read(std::string_view label_text) {
    const auto write = [this](std::size_t label, const EscapedText& value) __attribute__((always_inline)) {
      Write(label, value);
    };
    changes_.ForEachChange(label_text, write);
  }

  // The label at places[i], which no label text has.
  void Set(std::size_t i, std::string_view name, std::string_view value) {
    WriteAny(places_[i], name, EscapedText(value, 0));
  }

  // The same of an encoded label, which may be empty; see EncodedLabels.
  void Borrow(std::size_t i, std::string_view bytes) { encoded_.Borrow(places_[i], bytes); }

  std::size_t bytes() const { return encoded_.bytes(); }
  char* CopyTo(char* out) const { return encoded_.CopyTo(out); }

 private:
  static constexpr ProtobufField kLabel = 1;
  static constexpr ProtobufField kName = 1;
  static constexpr ProtobufField kValue = 2;
  static constexpr std::size_t kTwoBytes = 128;  // the least length that takes two

  static constexpr char TagOf(ProtobufField field) {
    return static_cast<char>(field << 3U | static_cast<unsigned>(protozero::pbf_wire_type::length_delimited));
  }

  // Tag and length of the message, the name, tag and length of the value. The lengths are those of
  // an empty value, and have one byte each.
  static std::string HeadOf(std::string_view name) {
    ProtobufSize size;
    PutString(size, kName, name);
    std::string head(size.bytes() + 4, '\0');
    head[0] = TagOf(kLabel);
    head[head.size() - 2] = TagOf(kValue);
    ProtobufWriter writer(head.data() + 2);
    PutString(writer, kName, name);
    return head;
  }

  [[gnu::always_inline]] void Write(std::size_t label, const EscapedText& value) {
    const std::size_t place = places_[label];
    const std::string_view text = value.text();
    if (text.empty() && empty_values_ == EmptyValues::kLeftOut) return encoded_.Clear(place);
    if (value.has_escapes() || names_[label].size() + text.size() + kPairBytes >= kTwoBytes) [[unlikely]]
      return WriteAny(place, names_[label], value);
    encoded_.SetValue(place, text.size(), [text](char* begin, char* out) {
      begin[1] = static_cast<char>(out - begin - 2 + static_cast<std::ptrdiff_t>(text.size()));
      out[-1] = static_cast<char>(text.size());
      return PutText(out, text);
    });
  }

  [[gnu::noinline]] void WriteAny(std::size_t place, std::string_view name, const EscapedText& value) {
    encoded_.SetAll(place, kLengthBytes + name.size() + value.size(), [&](char* out) {
      ProtobufWriter writer(out);
      PutMessage(writer, kLabel, [&](auto& pair) {
        PutString(pair, kName, name);
        PutString(pair, kValue, value);
      });
      return writer.end();
    });
  }

  static constexpr std::size_t kPairBytes = 4;                      // tags and lengths of name and value
  static constexpr std::size_t kLengthBytes = std::size_t{3} * 11;  // of longer ones, with the tags

  const EmptyValues empty_values_;
  std::vector<std::string> names_;   // in the order of the label text
  std::vector<std::size_t> places_;  // of the names, and then of other labels
  LabelChanges changes_;
  EncodedLabels encoded_;
};

}  // namespace streamhouse::exporters
