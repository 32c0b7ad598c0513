// ScrapePage: a page of a registry's metrics, collected when its first chunk is asked for.
//
// Guarantees: all of it comes from one snapshot, which lives as long as the page and may be shared
// with other pages.
// Thread safety: one thread at a time.
// Cost: of collecting, see SharedCollection; of encoding, see the encoders.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exporters/encoding/content_negotiation.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/encoding/text_page.h"
#include "exporters/http/shared_collection.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

// Only families of these names, escaped or not, or with a sample of one of them; all where there
// are none.
using FamilyNames = std::vector<std::string>;

class ScrapePage : public PageSource {
 public:
  // `collection` must outlive the page.
  ScrapePage(SharedCollection& collection, NegotiatedFormat format, FamilyNames names = {},
             CreatedUse created = CreatedUse::kLeftOut)
      : collection_(collection), format_(format), names_(std::move(names)), created_(created) {}

  Progress Fill(PageChunk& chunk) override;

 private:
  void Collect();

  SharedCollection& collection_;
  const NegotiatedFormat format_;
  const FamilyNames names_;
  const CreatedUse created_;  // of OpenMetrics 1.0; 2.0 and protobuf have all
  std::shared_ptr<const metrics::Snapshot> snapshot_;
  metrics::Snapshot escaped_;                    // of snapshot_
  std::vector<metrics::FamilySnapshot> chosen_;  // where there are names
  std::unique_ptr<PageSource> encoder_;          // null until the snapshot is taken
};

}  // namespace streamhouse::exporters
