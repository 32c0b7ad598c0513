// A registry to fill, and its pages as strings.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "exporters/encoding/page_chunk.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"

namespace streamhouse::exporters {

// The page of `registry` as `Encoder` writes it.
template <typename Encoder>
std::string PageOf(metrics::Registry& registry) {
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  Encoder encoder(snapshot.families());
  return ReadPage(encoder).value();
}

// The whole page, read by chunks of so many bytes.
inline std::string ReadPageBy(PageSource& source, std::size_t chunk_bytes) {
  std::string page;
  PageSource::Progress progress;
  do {
    PageChunk chunk(chunk_bytes);
    progress = source.Fill(chunk);
    page += chunk.view();
  } while (progress == PageSource::Progress::kMore);
  return page;
}

// The same, chunk by chunk, with chunks of so many bytes.
template <typename Encoder>
std::vector<std::string> ChunksOf(metrics::Registry& registry, std::size_t chunk_bytes) {
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  Encoder encoder(snapshot.families());
  std::vector<std::string> chunks;
  PageSource::Progress progress;
  do {
    PageChunk chunk(chunk_bytes);
    progress = encoder.Fill(chunk);
    chunks.emplace_back(chunk.view());
  } while (progress == PageSource::Progress::kMore);
  return chunks;
}

inline metrics::BucketBounds Bounds(std::vector<double> bounds) {
  return metrics::BucketBounds::From(std::move(bounds)).value();
}

}  // namespace streamhouse::exporters
