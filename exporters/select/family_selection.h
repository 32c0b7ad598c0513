// FamilySelection: which series of one family a selection chooses.
//
// When to use something else: SelectedView (selected_view.h) for a whole snapshot.
// Guarantees: what depends on the family alone is decided once: its names, the labels that it
// lacks, and the label that its kind adds (le, quantile, a state). A name may be written as the
// program has it or as it is escaped; != and !~ mean neither of the two.
// Thread safety: one thread at a time.
// Cost: of Chooses(), a walk over the label text up to the last label that a selector names. A
// value that is that of the series before is not looked at again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/select/selection.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/family_info.h"

namespace streamhouse::exporters {

class FamilySelection {
 public:
  // Of its series, without a look at them.
  enum class Part : std::uint8_t { kNone, kSome, kAll };

  // `selection` and `info` must outlive it.
  FamilySelection(const Selection& selection, const metrics::FamilyInfo& info, metrics::NameEscaping escaping);

  Part part() const { return part_; }

  // Whether a series with these labels is chosen, where the part is kSome.
  bool Chooses(std::string_view label_text);

 private:
  // A label up to which the texts are read.
  struct Column {
    std::size_t name_bytes;     // of name="
    std::string text = {};      // of the series before: the value as it is escaped, and the closing quote
    std::uint64_t changes = 0;  // of the text
  };
  // A matcher, and the place of its label in the label text.
  struct Condition {
    const LabelMatcher* matcher;
    std::size_t label;
    std::uint64_t changes = 0;  // of the label's text when it was decided; 0: not yet
    bool is_met = false;
  };
  // Those of one selector that depend on the series.
  using Conditions = std::vector<Condition>;

  void Add(Conditions conditions, const metrics::FamilyInfo& info);
  bool IsMet(Condition& condition);
  static bool Read(Column& column, std::string_view& text);

  Part part_ = Part::kNone;
  std::vector<Conditions> alternatives_;  // empty but for kSome
  std::vector<Column> columns_;
  bool chose_last_ = false;  // the series before
  std::string meant_;        // a value without its escapes
};

}  // namespace streamhouse::exporters
