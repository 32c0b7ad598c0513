// OtlpLabels: the labels of a series as the attributes of a point, in the bytes of a format.
//
// When to use something else: ProtobufLabels for the formats of Prometheus.
// Guarantees: attributes stand in the order of the label text, and the label of a state behind
// them.
// Thread safety: one thread at a time.
// Cost: a label whose value is that of the series before is neither read nor encoded again.
//
//   OtlpLabels<OtlpProtobufFormat> labels;
//   labels.Begin(info.label_names, otlp::number_point::kAttributes);
//   labels.Read(family.label_text(i));
//   out.Attributes(otlp::number_point::kAttributes, labels.encoded());
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/encoding/encoded_labels.h"
#include "exporters/encoding/label_changes.h"
#include "exporters/encoding/label_reader.h"
#include "exporters/otlp/otlp_schema.h"

namespace streamhouse::exporters {

// `Format` writes labels: OtlpProtobufFormat or OtlpJsonFormat.
template <typename Format>
class OtlpLabels {
 public:
  // For another family. `field` is that of the attributes in its points. The label texts that were
  // read until now outlive the next Read().
  void Begin(std::span<const std::string> label_names, const OtlpField& field) {
    // Many families have the labels of the one before. Behind a state set, the last name is the
    // label of its states, which Read() does not read.
    const bool are_read = label_names.size() == read_ && std::ranges::equal(label_names, names_);
    if (are_read && field.number() == field_) return;
    BeginWith(std::vector<std::string>(label_names.begin(), label_names.end()), label_names, field);
  }

  // The same for a state set of this name, which is the label of its states.
  void BeginStateSet(std::span<const std::string> label_names, const std::string& name, const OtlpField& field) {
    std::vector<std::string> names(label_names.begin(), label_names.end());
    names.push_back(name);
    BeginWith(std::move(names), label_names, field);
  }

  [[gnu::always_inline]] void Read(std::string_view label_text) {
    const auto set = [this](std::size_t label, const EscapedText& value) __attribute__((always_inline)) {
      Format::SetLabel(encoded_, label, names_[label], field_, value);
    };
    changes_.ForEachChange(label_text, set);
  }

  // `label_text` is that of the state alone.
  void ReadState(std::string_view label_text) {
    LabelReader state(label_text);
    if (state.Next()) Format::SetLabel(encoded_, names_.size() - 1, names_.back(), field_, state.value());
  }

  const EncodedLabels& encoded() const { return encoded_; }

 private:
  void BeginWith(std::vector<std::string> names, std::span<const std::string> label_names, const OtlpField& field) {
    names_ = std::move(names);
    read_ = label_names.size();
    field_ = field.number();
    std::vector<std::string> heads;
    for (const std::string& name : names_) heads.push_back(Format::LabelHead(name, field_));
    encoded_.Begin(heads);
    changes_.Begin(label_names);
  }

  std::vector<std::string> names_;
  std::size_t read_ = 0;  // of them; one less for a state set
  ProtobufField field_ = 0;
  LabelChanges changes_;
  EncodedLabels encoded_;
};

}  // namespace streamhouse::exporters
