#include "exporters/http/scrape_page.h"

#include "exporters/encoding/openmetrics_encoder.h"
#include "exporters/encoding/text_encoder.h"

namespace streamhouse::exporters {
namespace {

std::unique_ptr<PageSource> MakeEncoder(PageFormat format, const metrics::Snapshot& snapshot) {
  if (format == PageFormat::kOpenMetrics) return std::make_unique<OpenMetricsEncoder>(snapshot.families());
  return std::make_unique<TextEncoder>(snapshot.families());
}

}  // namespace

PageSource::Progress ScrapePage::Fill(Chunk& chunk) {
  if (encoder_ == nullptr) {
    snapshot_ = registry_.TakeSnapshot();
    encoder_ = MakeEncoder(format_, snapshot_);
  }
  return encoder_->Fill(chunk);
}

}  // namespace streamhouse::exporters
