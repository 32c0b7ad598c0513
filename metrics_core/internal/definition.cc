#include "metrics_core/internal/definition.h"

#include <vector>

#include "metrics_core/internal/number_text.h"

namespace streamhouse::metrics::internal {
namespace {

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) {
    if (!joined.empty()) joined += ", ";
    joined += text;
  }
  return joined;
}

}  // namespace

Definition::Definition(std::string_view kind, const FamilyInfo& info) : text_(kind) {
  text_ += " \"" + info.name + "\", help \"" + info.help + "\"";
  if (!info.unit.empty()) text_ += ", unit \"" + info.unit + "\"";
  if (!info.label_names.empty()) text_ += ", labels {" + Joined(info.label_names) + "}";
  if (info.type == MetricType::kHistogram) {
    std::vector<std::string> bounds;
    for (const double bound : info.bounds) bounds.push_back(NumberText(bound));
    text_ += ", bounds {" + Joined(bounds) + "}";
  }
  Add("exemplars", info.has_exemplars);
  Add("aggregation by maximum", info.aggregation == Aggregation::kMax);
}

void Definition::Add(std::string_view name, double value, double default_value) {
  if (value != default_value) text_.append(", ").append(name).append(" ").append(NumberText(value));
}

void Definition::Add(std::string_view name, bool is_set) {
  if (is_set) text_.append(", ").append(name);
}

}  // namespace streamhouse::metrics::internal
