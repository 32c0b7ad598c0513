#include "exporters/http/scrape_page.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

#include "exporters/encoding/openmetrics2_encoder.h"
#include "exporters/encoding/openmetrics_encoder.h"
#include "exporters/encoding/protobuf_encoder.h"
#include "exporters/encoding/text_encoder.h"
#include "exporters/view/escaped_view.h"
#include "metrics_core/reading/family_info.h"

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

// Whether `name` is the family's or that of one of its samples.
bool IsNameIn(std::string_view name, const metrics::FamilyInfo& info) {
  return name == info.name || metrics::HasSampleNamed(info, name);
}

}  // namespace

PageSource::Progress ScrapePage::Fill(PageChunk& chunk) {
  if (encoder_ == nullptr) Collect();
  return encoder_->Fill(chunk);
}

void ScrapePage::Collect() {
  snapshot_ = collection_.Take();
  escaped_ = EscapedView(snapshot_->families(), format_.escaping);
  std::span<const FamilySnapshot> families = escaped_.families();
  if (!names_.empty()) {
    for (std::size_t i = 0; i < families.size(); ++i) {
      const auto is_meant = [&](const std::string& name) {
        return IsNameIn(name, families[i].info()) || IsNameIn(name, snapshot_->families()[i].info());
      };
      if (std::any_of(names_.begin(), names_.end(), is_meant)) chosen_.push_back(families[i]);
    }
    families = chosen_;
  }
  encoder_ = MakeEncoder(format_.format, families, created_);
}

}  // namespace streamhouse::exporters
