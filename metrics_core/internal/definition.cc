#include "metrics_core/internal/definition.h"

#include <vector>

#include "metrics_core/internal/number_text.h"
#include "metrics_core/reading/metric_kind.h"
#include "metrics_core/text/text_escaping.h"

namespace streamhouse::metrics::internal {
namespace {

// Different texts stay different, because quotes and backslashes are escaped.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  AppendEscaped(text, QuoteEscaping::kEscaped, quoted);
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

std::string NumbersText(const std::vector<double>& numbers) {
  std::vector<std::string> texts;
  texts.reserve(numbers.size());
  for (const double number : numbers) texts.push_back(NumberText(number));
  return " {" + Joined(texts) + "}";
}

std::string NamesText(const std::vector<std::string>& names) {
  std::vector<std::string> texts;
  texts.reserve(names.size());
  for (const std::string& name : names) texts.push_back(Quoted(name));
  return " {" + Joined(texts) + "}";
}

}  // namespace

Definition::Definition(std::string_view kind, const FamilyInfo& info) : text_(kind) {
  text_ += " " + Quoted(info.name) + ", help " + Quoted(info.help);
  if (!info.unit.empty()) text_ += ", unit " + Quoted(info.unit);
  if (!info.label_names.empty()) text_ += ", labels" + NamesText(info.label_names);
  const std::string_view added_label = Describe(info.kind).added_label;
  if (added_label == kBoundLabel) text_ += ", bounds" + NumbersText(info.bounds);
  if (added_label == kQuantileLabel) text_ += ", quantiles" + NumbersText(info.quantiles);
  if (added_label == kOwnNameLabel) text_ += ", states" + NamesText(info.states);
  if (info.has_exemplars) Add("exemplars");
  if (info.aggregation == Aggregation::kMax) Add("aggregation by maximum");
}

void Definition::Add(std::string_view name, double value, double default_value) {
  if (value != default_value) text_.append(", ").append(name).append(" ").append(NumberText(value));
}

void Definition::Add(std::string_view name) {
  text_.append(", ").append(name);
}

}  // namespace streamhouse::metrics::internal
