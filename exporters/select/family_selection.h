// FamilySelection: which series of one family a selection chooses.
//
// When to use something else: SelectedView (selected_view.h) for a whole snapshot.
// Guarantees:
// 1. What depends on the family alone is decided once: its names, the labels that it lacks, and the
//    label that its kind adds (le, quantile, a state).
// 2. A name may be written as the program has it or as it is escaped; != and !~ mean neither of the
//    two.
// Thread safety: one thread at a time.
// Cost: of an expression, a reading of the clock each time. Of Chooses(), a walk over the label
// text up to the last label that a selector names. A value that is that of the series before is not
// looked at again.
// Errors: after the deadline no expression is tried, and is_late() says so: no choice is valid
// then.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/select/label_matcher.h"
#include "exporters/select/selection.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/family_info.h"

namespace streamhouse::exporters {

// Tries matchers until a deadline.
class TimedMatches {
 public:
  explicit TimedMatches(SelectionDeadline deadline) : deadline_(deadline) {}

  // False for an expression after the deadline, which is not tried.
  template <typename... Values>
  bool Matches(const LabelMatcher& matcher, const Values&... values) {
    if (!matcher.has_expression()) return matcher.Matches(values...);
    is_late_ = is_late_ || std::chrono::steady_clock::now() >= deadline_;
    return !is_late_ && matcher.Matches(values...);
  }

  // Whether an expression was not tried.
  bool is_late() const { return is_late_; }

 private:
  const SelectionDeadline deadline_;
  bool is_late_ = false;
};

class FamilySelection {
 public:
  // Of its series, without a look at them.
  enum class Part : std::uint8_t { kNone, kSome, kAll };

  // `selection` and `info` must outlive it.
  FamilySelection(const Selection& selection, const metrics::FamilyInfo& info, metrics::NameEscaping escaping,
                  SelectionDeadline deadline = SelectionDeadline::max());

  Part part() const { return part_; }
  bool is_late() const { return matches_.is_late(); }

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

  TimedMatches matches_;
  Part part_ = Part::kNone;
  std::vector<Conditions> alternatives_;  // empty but for kSome
  std::vector<Column> columns_;
  bool chose_last_ = false;  // the series before
  std::string meant_;        // a value without its escapes
};

}  // namespace streamhouse::exporters
