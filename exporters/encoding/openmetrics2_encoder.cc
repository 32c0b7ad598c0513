#include "exporters/encoding/openmetrics2_encoder.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "exporters/encoding/exemplar_text.h"
#include "exporters/encoding/number_format.h"
#include "exporters/encoding/start_time_text.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/metric_kind.h"
#include "metrics_core/text/text_escaping.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilyInfo;
using metrics::FamilySnapshot;

// A page with a help text that ends with a carriage return is legal, but Prometheus 3.16 refuses
// it.
std::string_view WithoutReturnsAtItsEnd(std::string_view help) {
  while (help.ends_with('\r')) help.remove_suffix(1);
  return help;
}

void AppendMetadata(const FamilyInfo& info, std::string& out) {
  const std::string name = metrics::QuotedMetricName(info.name);
  out.append("# TYPE ").append(name).append(" ").append(metrics::Describe(info.kind).open_metrics_type).append("\n");
  if (!info.unit.empty()) out.append("# UNIT ").append(name).append(" ").append(info.unit).append("\n");
  out.append("# HELP ").append(name).append(" ");
  metrics::AppendEscaped(WithoutReturnsAtItsEnd(info.help), metrics::QuoteEscaping::kEscaped, out);
  out.append("\n");
}

constexpr TextDialect kOpenMetrics2Text = {
    .append_metadata = AppendMetadata,
    .write_double = WriteOpenMetricsDouble,
    .exemplars = ExemplarUse::kShown,
    .created = CreatedPlace::kLine,
    .end_of_page = "# EOF\n",
};

}  // namespace

OpenMetrics2Encoder::OpenMetrics2Encoder(std::span<const FamilySnapshot> families)
    : TextPage(families, kOpenMetrics2Text, CreatedUse::kShown) {}

void OpenMetrics2Encoder::BeginLines(const FamilySnapshot& family) {
  is_composite_ = composites_.Begin(family);
  if (!is_composite_) return TextPage::BeginLines(family);
  name_ = SampleName(family.info().name);
}

bool OpenMetrics2Encoder::FillLines(const FamilySnapshot& family, PageChunk& chunk) {
  if (!is_composite_) return TextPage::FillLines(family, chunk);
  for (; series() < family.size(); NextSeries()) {
    if (!FillComposite(family, chunk)) return false;
  }
  return true;
}

bool OpenMetrics2Encoder::FillComposite(const FamilySnapshot& family, PageChunk& chunk) {
  const std::string_view labels = family.label_text(series());
  const metrics::ExemplarTable& exemplars = composites_.exemplars();
  const std::size_t exemplars_max = exemplars.places.empty() ? 0 : exemplars.buckets;
  char* out = chunk.Reserve(name_.labelled.size() + labels.size() + kPunctuationBytes + composites_.BytesMax(series()) +
                            StartTimeText::kBytesMax + exemplars_max * kExemplarBytesMax);
  if (out == nullptr) return false;
  out = composites_.Write(PutSeries(out, name_, labels), series());
  out = WriteExemplars(WriteStart(out, family));
  *out++ = '\n';
  chunk.Commit(out);
  return true;
}

char* OpenMetrics2Encoder::WriteExemplars(char* out) const {
  const metrics::ExemplarTable& exemplars = composites_.exemplars();
  if (exemplars.places.empty()) return out;
  for (std::size_t i = 0; i < exemplars.buckets; ++i) {
    const metrics::Exemplar* const exemplar = exemplars.At(series(), i);
    if (exemplar != nullptr) out = WriteExemplar(out, *exemplar);
  }
  return out;
}

}  // namespace streamhouse::exporters
