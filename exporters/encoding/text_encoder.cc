#include "exporters/encoding/text_encoder.h"

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
  return "untyped";
}

void AppendMetadata(const FamilyInfo& info, std::string& out) {
  const std::string name = metrics::QuotedMetricName(info.name);
  out.append("# HELP ").append(name).append(" ");
  AppendTextHelp(info.help, out);
  out.append("\n# TYPE ").append(name).append(" ").append(TypeName(info.type)).append("\n");
}

constexpr TextDialect kPrometheusText = {
    .append_metadata = AppendMetadata,
    .write_double = WriteTextDouble,
    .exemplars = ExemplarUse::kLeftOut,
    .end_of_page = "",
};

}  // namespace

TextEncoder::TextEncoder(std::span<const metrics::FamilySnapshot> families) : TextPage(families, kPrometheusText) {}

}  // namespace streamhouse::exporters
