#include "metrics_core/internal/definition.h"

#include <vector>

#include "metrics_core/internal/number_text.h"

namespace streamhouse::metrics::internal {
namespace {

// No two texts read the same, whatever is in them.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

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
  text_ += " " + Quoted(info.name) + ", help " + Quoted(info.help);
  if (!info.unit.empty()) text_ += ", unit " + Quoted(info.unit);
  if (!info.label_names.empty()) {
    std::vector<std::string> names;
    for (const std::string& name : info.label_names) names.push_back(Quoted(name));
    text_ += ", labels {" + Joined(names) + "}";
  }
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
