#include "exporters/encoding/openmetrics_encoder.h"

#include <string>
#include <string_view>

#include "exporters/encoding/help_text.h"
#include "exporters/encoding/number_format.h"
#include "metrics_core/name_escaping.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilyInfo;
using metrics::MetricType;

std::string_view TypeName(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return "counter";
    case MetricType::kGauge:
      return "gauge";
    case MetricType::kHistogram:
      return "histogram";
  }
  return "unknown";
}

// The suffix belongs to a counter's sample, not to its family.
std::string_view FamilyName(const FamilyInfo& info) {
  std::string_view name = info.name;
  constexpr std::string_view kCounterSuffix = "_total";
  if (info.type == MetricType::kCounter && name.ends_with(kCounterSuffix)) name.remove_suffix(kCounterSuffix.size());
  return name;
}

void AppendMetadata(const FamilyInfo& info, std::string& out) {
  const std::string name = metrics::QuotedMetricName(FamilyName(info));
  out.append("# TYPE ").append(name).append(" ").append(TypeName(info.type)).append("\n");
  // Also where there is no unit, its last blank included: Prometheus with `type-and-unit-labels` takes a family without
  // this line to have the unit of the family before it.
  out.append("# UNIT ").append(name).append(" ").append(info.unit).append("\n");
  out.append("# HELP ").append(name).append(" ");
  AppendOpenMetricsHelp(info.help, out);
  out.append("\n");
}

constexpr TextDialect kOpenMetricsText = {
    .append_metadata = AppendMetadata,
    .write_double = WriteOpenMetricsDouble,
    .exemplars = ExemplarUse::kShown,
    .end_of_page = "# EOF\n",
};

}  // namespace

OpenMetricsEncoder::OpenMetricsEncoder(std::span<const metrics::FamilySnapshot> families, CreatedUse created)
    : TextPage(families, kOpenMetricsText, created) {}

}  // namespace streamhouse::exporters
