// ScrapePage: a page of a registry's metrics, collected when its first chunk is asked for.
//
// Guarantees: all of it comes from one snapshot, which lives as long as the page.
// Thread safety: one thread at a time. Cost: of collecting, see Registry::TakeSnapshot; of encoding, see TextPage.
#pragma once

#include <memory>

#include "exporters/encoding/chunk.h"
#include "exporters/encoding/content_negotiation.h"
#include "metrics_core/registry.h"
#include "metrics_core/snapshot.h"

namespace streamhouse::exporters {

class ScrapePage : public PageSource {
 public:
  // `registry` must outlive the page.
  ScrapePage(metrics::Registry& registry, PageFormat format) : registry_(registry), format_(format) {}

  Progress Fill(Chunk& chunk) override;

 private:
  metrics::Registry& registry_;
  const PageFormat format_;
  metrics::Snapshot snapshot_;
  std::unique_ptr<PageSource> encoder_;  // null until the snapshot is taken
};

}  // namespace streamhouse::exporters
