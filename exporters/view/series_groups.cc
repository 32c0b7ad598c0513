#include "exporters/view/series_groups.h"

#include <algorithm>

#include "exporters/encoding/label_reader.h"

namespace streamhouse::exporters {

std::size_t SeriesGroups::Find(std::string_view label_text) {
  CutTo(label_text);
  if (!numbers_.empty() && cut_ == last_text_) return last_;
  auto found = numbers_.find(cut_);
  if (found == numbers_.end()) {
    // A deque's strings do not move.
    texts_.push_back(cut_);
    found = numbers_.emplace(texts_.back(), numbers_.size()).first;
  }
  last_text_ = found->first;
  last_ = found->second;
  return last_;
}

void SeriesGroups::CutTo(std::string_view label_text) {
  cut_.clear();
  LabelReader labels(label_text);
  while (labels.Next()) {
    if (std::find(left_out_.begin(), left_out_.end(), labels.name()) != left_out_.end()) continue;
    if (!cut_.empty()) cut_ += ',';
    cut_ += labels.text();
  }
}

}  // namespace streamhouse::exporters
