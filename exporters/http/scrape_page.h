// ScrapePage: a page of a registry's metrics, collected when its first chunk is asked for.
//
// Guarantees: all of it comes from one snapshot, which lives as long as the page and may be shared
// with other pages that select other series.
// Thread safety: one thread at a time.
// Cost: of collecting, see SharedCollection; of selecting, see SelectedView; of encoding, see the
// encoders. A page that shows some series of a family holds a copy of their values. Regular
// expressions are freed before the page is encoded.
// Errors: the page fails before its first byte where selecting takes longer than `selection_time`.
#pragma once

#include <chrono>
#include <memory>
#include <utility>

#include "exporters/encoding/content_negotiation.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/encoding/text_page.h"
#include "exporters/http/shared_collection.h"
#include "exporters/select/selection.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

// For all series of a page. The server answers no other request meanwhile.
inline constexpr std::chrono::milliseconds kSelectionTime = std::chrono::seconds(1);

class ScrapePage : public PageSource {
 public:
  // `collection` must outlive the page.
  ScrapePage(SharedCollection& collection, NegotiatedFormat format, Selection selection = {},
             CreatedUse created = CreatedUse::kLeftOut, std::chrono::milliseconds selection_time = kSelectionTime)
      : collection_(collection),
        format_(format),
        created_(created),
        selection_time_(selection_time),
        selection_(std::move(selection)) {}

  Progress Fill(PageChunk& chunk) override;

 private:
  bool Collect();
  bool Select();

  SharedCollection& collection_;
  const NegotiatedFormat format_;
  const CreatedUse created_;  // of OpenMetrics 1.0; 2.0 and protobuf have all
  const std::chrono::milliseconds selection_time_;
  Selection selection_;  // chooses all once it was used
  std::shared_ptr<const metrics::Snapshot> snapshot_;
  metrics::Snapshot selected_;           // of snapshot_, unless all of it is selected
  metrics::Snapshot escaped_;            // of the snapshot before
  std::unique_ptr<PageSource> encoder_;  // null until the snapshot is taken
};

}  // namespace streamhouse::exporters
