#include "exporters/encoding/text_encoder.h"

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
  const std::string name = metrics::QuotedMetricName(info.name);
  out.append("# HELP ").append(name).append(" ");
  metrics::AppendEscaped(info.help, metrics::QuoteEscaping::kPlain, out);
  out.append("\n# TYPE ").append(name).append(" ").append(metrics::Describe(info.kind).text_type).append("\n");
}

constexpr TextDialect kPrometheusText = {
    .append_metadata = AppendMetadata,
    .write_double = WriteTextDouble,
    .exemplars = ExemplarUse::kLeftOut,
    .created = CreatedPlace::kOwnSample,
    .end_of_page = "",
};

}  // namespace

TextEncoder::TextEncoder(std::span<const metrics::FamilySnapshot> families) : TextPage(families, kPrometheusText) {}

}  // namespace streamhouse::exporters
