#include "exporters/encoding/openmetrics_encoder.h"

#include <string>

#include "exporters/encoding/number_format.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/metric_kind.h"
#include "metrics_core/text/text_escaping.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilyInfo;

void AppendMetadata(const FamilyInfo& info, std::string& out) {
  const std::string name = metrics::QuotedMetricName(metrics::BaseName(info.name, info.kind));
  out.append("# TYPE ").append(name).append(" ").append(metrics::Describe(info.kind).open_metrics_type).append("\n");
  // Also where there is no unit, its last blank included: Prometheus with `type-and-unit-labels`
  // takes a family without this line to have the unit of the family before it.
  out.append("# UNIT ").append(name).append(" ").append(info.unit).append("\n");
  out.append("# HELP ").append(name).append(" ");
  metrics::AppendEscaped(info.help, metrics::QuoteEscaping::kEscaped, out);
  out.append("\n");
}

constexpr TextDialect kOpenMetricsText = {
    .append_metadata = AppendMetadata,
    .write_double = WriteOpenMetricsDouble,
    .exemplars = ExemplarUse::kShown,
    .created = CreatedPlace::kOwnSample,
    .end_of_page = "# EOF\n",
};

}  // namespace

OpenMetricsEncoder::OpenMetricsEncoder(std::span<const metrics::FamilySnapshot> families, CreatedUse created)
    : TextPage(families, kOpenMetricsText, created) {}

}  // namespace streamhouse::exporters
