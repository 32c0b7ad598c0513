// NegotiateFormat(): which format a reader gets, from its Accept header.
//
// The reader's most wanted format that can be produced wins.
// When to use something else: compressed_page.h, which chooses the coding from Accept-Encoding.
// Guarantees:
// 1. There is always a result. A reader that asks for nothing, for anything or for what does not
//    exist gets Prometheus text 0.0.4, which every reader knows.
// 2. OpenMetrics 2.0 is only for readers that name this version; one that names no version gets
//    1.0.
// 3. Names that are no legacy names are escaped: as the reader asks by `escaping`, else with
//    underscores.
// Thread safety: pure functions.
// Cost: see ParseWeightedList.
#pragma once

#include <cstdint>
#include <string_view>

#include "metrics_core/naming/name_escaping.h"

namespace streamhouse::exporters {

enum class PageFormat : std::uint8_t { kText, kOpenMetrics, kOpenMetrics2, kProtobuf };

struct NegotiatedFormat {
  PageFormat format = PageFormat::kText;
  std::string_view content_type;  // of the response; lives until the process ends
  metrics::NameEscaping escaping = metrics::NameEscaping::kUnderscores;
};

// For labels of metrics: "text", "openmetrics", "openmetrics2", "protobuf".
std::string_view PageFormatName(PageFormat format);

NegotiatedFormat NegotiateFormat(std::string_view accept);

}  // namespace streamhouse::exporters
