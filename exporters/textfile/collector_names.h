// WithoutCollectorsOwn: a snapshot without the families that node_exporter, which reads text files,
// has of itself.
//
// It exposes them by default: process_* and go_* of its client library, promhttp_* of its server,
// node_scrape_*, node_textfile_* and node_exporter_* of its collectors. Of a family that both have
// it drops the file's series, with an error in its log at each scrape.
// Other names with "node_" stay: which of them node_exporter has depends on the machine.
// Guarantees: the other families stay as they are, in their order, as of the same moment.
// Thread safety: pure.
// Cost: a look at the names. The values are not copied; the new snapshot keeps the old one.
#pragma once

#include <string_view>

#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

bool IsCollectorsOwn(std::string_view family);

metrics::Snapshot WithoutCollectorsOwn(metrics::Snapshot snapshot);

}  // namespace streamhouse::exporters
