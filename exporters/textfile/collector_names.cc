#include "exporters/textfile/collector_names.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "metrics_core/reading/snapshot_builder.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilySnapshot;
using metrics::Snapshot;

constexpr std::array<std::string_view, 6> kOwnPrefixes = {
    "process_", "go_", "promhttp_", "node_scrape_", "node_textfile_", "node_exporter_"};

struct Chosen {
  Snapshot source;
  metrics::SnapshotBuffers buffers;
};

}  // namespace

bool IsCollectorsOwn(std::string_view family) {
  return std::any_of(kOwnPrefixes.begin(), kOwnPrefixes.end(),
                     [family](std::string_view prefix) { return family.starts_with(prefix); });
}

Snapshot WithoutCollectorsOwn(Snapshot snapshot) {
  auto owner = std::make_shared<Chosen>();
  owner->source = std::move(snapshot);
  metrics::SnapshotBuilder builder(owner->buffers);
  builder.SetOriginOf(owner->source);
  for (const FamilySnapshot& family : owner->source.families()) {
    if (!IsCollectorsOwn(family.info().name)) builder.AddFamily(family);
  }
  return builder.Finish(std::move(owner));
}

}  // namespace streamhouse::exporters
