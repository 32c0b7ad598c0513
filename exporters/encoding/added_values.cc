#include "exporters/encoding/added_values.h"

#include <string_view>

#include "exporters/encoding/number_format.h"
#include "metrics_core/reading/metric_kind.h"

namespace streamhouse::exporters {
namespace {

std::string Printed(double number) {
  char text[kNumberBytesMax];
  return {text, WriteOpenMetricsDouble(text, number)};
}

}  // namespace

std::vector<std::string> AddedValues(const metrics::FamilyInfo& info) {
  const std::string_view added = metrics::Describe(info.kind).added_label;
  std::vector<std::string> values;
  if (added == metrics::kBoundLabel) {
    for (const double bound : info.bounds) values.push_back(Printed(bound));
    values.emplace_back("+Inf");
  } else if (added == metrics::kQuantileLabel) {
    for (const double quantile : info.quantiles) values.push_back(Printed(quantile));
  } else if (added == metrics::kOwnNameLabel) {
    values = info.states;
  }
  return values;
}

}  // namespace streamhouse::exporters
