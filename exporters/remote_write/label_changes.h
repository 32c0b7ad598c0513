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
#include "exporters/remote_write/short_text.h"

namespace streamhouse::exporters {

class LabelChanges {
 public:
  // For the label texts of another family, or the same one over again: all values of the next
  // series are changes. `prefixes` is SampleLayout::value_prefixes().
  void Begin(std::span<const std::string> prefixes) {
    prefixes_ = prefixes;
    values_.assign(prefixes.size(), std::string_view());
  }

  // Calls `change(place, EscapedText value)` for the labels whose value differs from that of the
  // last call. The text outlives the next call.
  template <typename Change>
  void ForEachChange(std::string_view label_text, const Change& change) {
    const char* at = label_text.data();
    std::size_t left = label_text.size();
    const auto skip = [&](std::size_t bytes) {
      at += std::min(bytes, left);
      left -= std::min(bytes, left);
    };
    for (std::size_t i = 0; i < values_.size(); ++i) {
      skip(prefixes_[i].size());
      std::string_view& value = values_[i];
      // With the closing quote.
      if (value.data() != nullptr && value.size() < left && AreSame(at, value.data(), value.size() + 1)) {
        skip(value.size() + 1);
        continue;
      }
      std::size_t size = 0;
      std::size_t escapes = 0;
      for (; size < left && at[size] != '"'; ++size) {
        if (at[size] == '\\' && size + 1 < left) {
          ++size;
          ++escapes;
        }
      }
      // Without its closing quote it has nothing to be compared with.
      value = size < left ? std::string_view(at, size) : std::string_view();
      change(i, EscapedText({at, size}, escapes));
      skip(size + 1);
    }
  }

 private:
  std::span<const std::string> prefixes_;
  std::vector<std::string_view> values_;  // of the last series; null where there is none
};

}  // namespace streamhouse::exporters
