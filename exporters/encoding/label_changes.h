// LabelChanges: which label values of a series differ from those of the series before it.
//
// Series that stand behind each other often share the values of their first labels. Such labels are
// compared, and neither taken apart nor encoded again.
// When to use something else: LabelReader, where the names are not known.
// Guarantees:
// 1. After ForEachChange() the caller was told of every value that the series has.
// 2. Of other text than that of the family, values are undefined; nothing beyond its end is read.
// Invariants:
// 1. Between calls, a label whose end is known has its value, with the quote that closes it, from
//    begin to end in the text of the last series. Known ends ascend. But the end of the last label
//    is that of the text where last_value_ is known: the fast path leaves it as it was.
// 2. last_value_, if known, is where the last value begins, and only a quote stands behind it.
// Thread safety: one thread at a time.
// Cost: a comparison of the text up to the first difference; from there on, linear in the text.
//
//   LabelChanges changes;
//   changes.Begin(family.info().label_names);
//   changes.ForEachChange(family.label_text(i), [&](std::size_t label, const EscapedText& value) { … });
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/encoding/label_reader.h"
#include "exporters/encoding/short_text.h"
#include "metrics_core/naming/name_escaping.h"

namespace streamhouse::exporters {

class LabelChanges {
 public:
  // For the label texts of another family, or the same one over again: all values of the next
  // series are changes.
  void Begin(std::span<const std::string> label_names) {
    labels_.clear();
    last_ = {};
    last_value_ = kUnknown;
    for (const std::string& name : label_names) {
      const std::size_t comma = labels_.empty() ? 0 : 1;
      labels_.push_back({.prefix_bytes = comma + metrics::QuotedLabelName(name).size() + 2});  // =" as well
    }
    last_label_ = labels_.size() - 1;
  }

  // Calls `change(place, EscapedText value)` for the labels whose value differs from that of the
  // last call; it may call it for the last label anyway. The text outlives the next call.
  template <typename Change>
  [[gnu::always_inline]] void ForEachChange(std::string_view label_text, const Change& change) {
    const std::size_t begin = last_value_;
    // Most often, no other value than the last one differs.
    if (begin < label_text.size() && label_text.back() == '"' && AreSame(label_text.data(), last_.data(), begin))
        [[likely]] {
      const std::string_view value = label_text.substr(begin, label_text.size() - 1 - begin);
      if (!HasByte(value, '\\')) [[likely]] {
        last_ = label_text;
        return change(last_label_, EscapedText(value, 0));
      }
    }
    ForEachChangeBehind(label_text, change);
  }

 private:
  static constexpr std::size_t kUnknown = std::numeric_limits<std::size_t>::max();

  struct Label {
    std::size_t prefix_bytes = 0;  // what stands before the value: ,topic="
    // In the text of the last series: the value with its closing quote.
    std::size_t begin = kUnknown;
    std::size_t end = kUnknown;
  };

  template <typename Change>
  [[gnu::noinline]] void ForEachChangeBehind(std::string_view label_text, const Change& change) {
    if (labels_.empty()) return;
    const std::string_view before = std::exchange(last_, label_text);
    // What the other function has left out.
    if (last_value_ != kUnknown) labels_.back().end = before.size();
    const std::size_t same = CommonPrefix(label_text, before);
    std::size_t place = 0;
    while (place < labels_.size() && labels_[place].end <= same) ++place;
    std::size_t at = place == 0 ? 0 : labels_[place - 1].end;
    for (; place < labels_.size(); ++place) {
      Label& label = labels_[place];
      at = std::min(at + label.prefix_bytes, label_text.size());
      const std::string_view rest = label_text.substr(at);
      if (BeginsWithLast(rest, label, before)) {
        label.end = label.end - label.begin + at;
        label.begin = std::exchange(at, label.end);
        continue;
      }
      const EscapedText value = ReadValue(rest);
      label.begin = at;
      at += value.text().size();
      // Without its closing quote it has nothing to be compared with.
      label.end = at < label_text.size() ? ++at : kUnknown;
      change(place, value);
    }
    const Label& last = labels_.back();
    last_value_ = last.end == label_text.size() ? last.begin : kUnknown;
  }

  // Whether the last value of the label stands there too.
  static bool BeginsWithLast(std::string_view rest, const Label& label, std::string_view before) {
    if (label.end == kUnknown) return false;
    const std::size_t bytes = label.end - label.begin;
    return bytes <= rest.size() && AreSame(rest.data(), before.data() + label.begin, bytes);
  }

  // Up to the quote that closes it.
  static EscapedText ReadValue(std::string_view rest) {
    std::size_t escapes = 0;
    std::size_t size = FindQuoteOrBackslash(rest, 0);
    while (size + 1 < rest.size() && rest[size] == '\\') {
      ++escapes;
      size = FindQuoteOrBackslash(rest, size + 2);
    }
    return {rest.substr(0, std::min(size, rest.size())), escapes};
  }

  std::vector<Label> labels_;
  std::size_t last_label_ = 0;
  std::string_view last_;              // the text of the last series
  std::size_t last_value_ = kUnknown;  // where its last value begins, behind which stands only a quote
};

}  // namespace streamhouse::exporters
