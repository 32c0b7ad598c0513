// LabelChanges: which label values of a series differ from those of the series before it.
//
// Series that stand behind each other often share the values of their first labels. A label that is
// the same is compared, and neither taken apart nor looked up.
// When to use something else: LabelReader, where the names are not known.
// Guarantees: after ForEachChange() the caller was told of every value that the series has. Other
// text than that of the family ends the reading early, never beyond its end.
// Thread safety: one thread at a time.
// Cost: linear in the text.
//
//   LabelChanges changes;
//   changes.Begin(layout.value_prefixes());
//   changes.ForEachChange(family.label_text(i), [&](std::size_t label, const EscapedText& value) { … });
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/encoding/label_reader.h"
#include "exporters/encoding/short_text.h"

namespace streamhouse::exporters {

class LabelChanges {
 public:
  // For the label texts of another family, or the same one over again: all values of the next
  // series are changes. `prefixes` is SampleLayout::value_prefixes().
  void Begin(std::span<const std::string> prefixes) {
    labels_.clear();
    for (const std::string& prefix : prefixes) labels_.push_back({.prefix_bytes = prefix.size()});
  }

  // Calls `change(place, EscapedText value)` for the labels whose value differs from that of the
  // last call. The text outlives the next call.
  template <typename Change>
  void ForEachChange(std::string_view label_text, const Change& change) {
    const char* at = label_text.data();
    const char* const end = at + label_text.size();
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      Label& label = labels_[i];
      at += std::min(label.prefix_bytes, Distance(at, end));
      if (label.bytes != 0 && label.bytes <= Distance(at, end) && AreSame(at, label.value, label.bytes)) {
        at += label.bytes;
        continue;
      }
      const char* const value = at;
      std::size_t escapes = 0;
      for (; at != end && *at != '"'; ++at) {
        if (*at == '\\' && at + 1 != end) {
          ++at;
          ++escapes;
        }
      }
      const std::size_t size = Distance(value, at);
      // Without its closing quote it has nothing to be compared with.
      label.value = value;
      label.bytes = at == end ? 0 : size + 1;
      if (at != end) ++at;
      change(i, EscapedText({value, size}, escapes));
    }
  }

 private:
  struct Label {
    std::size_t prefix_bytes = 0;
    const char* value = nullptr;  // of the last series, with its closing quote
    std::size_t bytes = 0;        // 0: there is no last series
  };

  static std::size_t Distance(const char* begin, const char* end) { return static_cast<std::size_t>(end - begin); }

  std::vector<Label> labels_;
};

}  // namespace streamhouse::exporters
