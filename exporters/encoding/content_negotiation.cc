#include "exporters/encoding/content_negotiation.h"

#include <optional>

#include "exporters/encoding/weighted_list.h"

namespace streamhouse::exporters {
namespace {

constexpr NegotiatedFormat kText = {PageFormat::kText, "text/plain; version=0.0.4; charset=utf-8"};
constexpr NegotiatedFormat kOpenMetrics = {PageFormat::kOpenMetrics,
                                           "application/openmetrics-text; version=1.0.0; charset=utf-8"};
// The same page for readers of the draft, who look for their version in the answer.
constexpr NegotiatedFormat kOpenMetricsDraft = {PageFormat::kOpenMetrics,
                                                "application/openmetrics-text; version=0.0.1; charset=utf-8"};

std::optional<NegotiatedFormat> FormatFor(const WeightedElement& range) {
  const std::string_view version = range.Parameter("version");
  if (EqualsIgnoringCase(range.name, "application/openmetrics-text")) {
    if (version == "1.0.0") return kOpenMetrics;
    if (version == "0.0.1" || version.empty()) return kOpenMetricsDraft;
    return std::nullopt;
  }
  if (EqualsIgnoringCase(range.name, "text/plain")) {
    if (version == "0.0.4" || version.empty()) return kText;
    return std::nullopt;
  }
  if (range.name == "*/*" || EqualsIgnoringCase(range.name, "text/*")) return kText;
  return std::nullopt;
}

}  // namespace

std::string_view PageFormatName(PageFormat format) {
  switch (format) {
    case PageFormat::kText:
      return "text";
    case PageFormat::kOpenMetrics:
      return "openmetrics";
  }
  return "text";
}

NegotiatedFormat NegotiateFormat(std::string_view accept) {
  for (const WeightedElement& range : ParseWeightedList(accept)) {
    if (range.weight == 0) break;
    if (const auto format = FormatFor(range)) return *format;
  }
  return kText;
}

}  // namespace streamhouse::exporters
