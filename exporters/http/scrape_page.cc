#include "exporters/http/scrape_page.h"

#include "exporters/encoding/openmetrics2_encoder.h"
#include "exporters/encoding/openmetrics_encoder.h"
#include "exporters/encoding/protobuf_encoder.h"
#include "exporters/encoding/text_encoder.h"
#include "exporters/select/selected_view.h"
#include "exporters/view/escaped_view.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilySnapshot;

std::unique_ptr<PageSource> MakeEncoder(PageFormat format, std::span<const FamilySnapshot> families,
                                        CreatedUse created) {
  switch (format) {
    case PageFormat::kOpenMetrics:
      return std::make_unique<OpenMetricsEncoder>(families, created);
    case PageFormat::kOpenMetrics2:
      return std::make_unique<OpenMetrics2Encoder>(families);
    case PageFormat::kProtobuf:
      return std::make_unique<ProtobufEncoder>(families);
    case PageFormat::kText:
      return std::make_unique<TextEncoder>(families);
  }
  return std::make_unique<TextEncoder>(families);
}

}  // namespace

PageSource::Progress ScrapePage::Fill(PageChunk& chunk) {
  if (encoder_ == nullptr) {
    Collect();
    escaped_ = EscapedView(families(), format_.escaping);
    encoder_ = MakeEncoder(format_.format, escaped_.families(), created_);
  }
  return encoder_->Fill(chunk);
}

void ScrapePage::Collect() {
  if (snapshot_ == nullptr) snapshot_ = collection_.Take();
}

bool ScrapePage::Select(const Selection& selection, SelectionDeadline deadline) {
  Collect();
  if (selection.chooses_all()) return true;
  selected_ = SelectedView(snapshot_->families(), selection, format_.escaping, deadline);
  return selected_.has_value();
}

}  // namespace streamhouse::exporters
