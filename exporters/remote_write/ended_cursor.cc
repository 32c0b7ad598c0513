#include "exporters/remote_write/ended_cursor.h"

#include <algorithm>

#include "metrics_core/dcheck.h"
#include "metrics_core/reading/metric_kind.h"

namespace streamhouse::exporters {

using metrics::FamilySnapshot;

const EndedSeries* EndedCursor::Next() {
  for (; !is_found_ && kept_family_ < kept_.size(); ++kept_family_) {
    if ((reader_ || BeginFamily()) && FindInFamily()) break;
    reader_.reset();
    match_.reset();
  }
  // Invariant 2.
  metrics::DCheck([&] { return reader_ || !match_; }, "a match belongs to a reader");
  return is_found_ ? &found_ : nullptr;
}

bool EndedCursor::BeginFamily() {
  const KeptTexts& texts = kept_[kept_family_].texts;
  const FamilySnapshot* const family = FamilyOfPush();
  if (family != nullptr) match_.emplace(texts, *family);
  if (match_ && match_->HasAll()) return false;
  reader_.emplace(texts);
  series_ = 0;
  return true;
}

bool EndedCursor::FindInFamily() {
  while (reader_->Next()) {
    const std::string_view text = reader_->text();
    const std::size_t series = series_++;
    if (match_ && match_->Has(series, text)) continue;
    text_ = 1 - text_;
    texts_[text_] = text;
    found_ = {.info = &kept_[kept_family_].info, .label_text = texts_[text_], .exponential = ended_exponential_};
    is_found_ = true;
    return true;
  }
  return false;
}

const FamilySnapshot* EndedCursor::FamilyOfPush() const {
  const metrics::FamilyInfo& kept = kept_[kept_family_].info;
  const bool is_exponential = kept.kind == metrics::MetricKind::kExponentialHistogram;
  if (is_exponential && ended_exponential_ != exponential_) return nullptr;
  const auto is_same = [&](const FamilySnapshot& family) { return family.info().name == kept.name; };
  // Families keep their places, unless one comes or goes.
  if (kept_family_ < families_.size() && is_same(families_[kept_family_])) return &families_[kept_family_];
  const auto found = std::find_if(families_.begin(), families_.end(), is_same);
  return found == families_.end() ? nullptr : &*found;
}

}  // namespace streamhouse::exporters
