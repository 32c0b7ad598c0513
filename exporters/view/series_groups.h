// SeriesGroups: which series of a family are one when some of its labels are left out.
//
// Guarantees: groups are numbered in the order of their first series; a group's text is that of its
// series without those labels, the others in their order.
// Thread safety: one thread.
// Cost: a walk over the text, a hash and a look-up a series; memory for the text of each group.
#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace streamhouse::exporters {

class SeriesGroups {
 public:
  // Keeps the text of groups in `texts`. Both must outlive it.
  SeriesGroups(std::span<const std::string> left_out, std::deque<std::string>& texts)
      : left_out_(left_out), texts_(texts) {}

  // The number of the group, a new one if need be.
  std::size_t Find(std::string_view label_text);

  std::size_t size() const { return numbers_.size(); }

 private:
  void CutTo(std::string_view label_text);

  const std::span<const std::string> left_out_;
  std::deque<std::string>& texts_;
  std::unordered_map<std::string_view, std::size_t> numbers_;
  std::string cut_;             // the text of the series last looked for
  std::string_view last_text_;  // the group that was found last, which the next series is often of
  std::size_t last_ = 0;
};

}  // namespace streamhouse::exporters
