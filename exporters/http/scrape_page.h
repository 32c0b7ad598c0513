// ScrapePage: a page of a registry's metrics, collected when its first chunk is asked for, or
// before, to select series.
//
// Guarantees: all of it comes from one snapshot, which lives as long as the page and may be shared
// with other pages that select other series.
// Thread safety: one thread at a time.
// Cost: of collecting, see SharedCollection; of selecting, see SelectedView; of encoding, see the
// encoders. A page that shows some series of a family holds a copy of their values.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "exporters/encoding/content_negotiation.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/encoding/text_page.h"
#include "exporters/http/shared_collection.h"
#include "exporters/select/selection.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

class ScrapePage : public PageSource {
 public:
  // `collection` must outlive the page.
  ScrapePage(SharedCollection& collection, NegotiatedFormat format, CreatedUse created = CreatedUse::kLeftOut)
      : collection_(collection), format_(format), created_(created) {}

  // Takes the snapshot, unless that is done.
  void Collect();
  // Leaves out what is not selected; before the first Fill(). False where the deadline passes
  // first: such a page has no use.
  bool Select(const Selection& selection, SelectionDeadline deadline);

  Progress Fill(PageChunk& chunk) override;

 private:
  std::span<const metrics::FamilySnapshot> families() const {
    return selected_ ? selected_->families() : snapshot_->families();
  }

  SharedCollection& collection_;
  const NegotiatedFormat format_;
  const CreatedUse created_;  // of OpenMetrics 1.0; 2.0 and protobuf have all
  std::shared_ptr<const metrics::Snapshot> snapshot_;
  std::optional<metrics::Snapshot> selected_;  // of snapshot_, unless all of it is shown
  metrics::Snapshot escaped_;                  // of the snapshot before
  std::unique_ptr<PageSource> encoder_;        // null until the page is first filled
};

}  // namespace streamhouse::exporters
