#include "metrics_core/metric_name.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "metrics_core/internal/label_text.h"

namespace streamhouse::metrics {
namespace {

constexpr std::string_view kCounterSuffix = "_total";

bool IsAsciiLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool IsAsciiDigit(char c) {
  return c >= '0' && c <= '9';
}

Status Refuse(const FamilyInfo& info, std::string why) {
  return Status(StatusCode::kInvalidArgument, "metric \"" + info.name + "\": " + std::move(why));
}

std::string_view WithoutTotal(std::string_view name) {
  if (name.ends_with(kCounterSuffix)) name.remove_suffix(kCounterSuffix.size());
  return name;
}

Status CheckName(const FamilyInfo& info) {
  if (!IsLegalMetricName(info.name)) return Refuse(info, "a name matches [a-zA-Z_:][a-zA-Z0-9_:]*");
  const bool is_counter = info.type == MetricType::kCounter;
  const bool ends_with_total = info.name.ends_with(kCounterSuffix);
  if (is_counter && !ends_with_total) return Refuse(info, "a counter ends with \"_total\"");
  if (is_counter && info.name == kCounterSuffix) return Refuse(info, "a name has more than a suffix");
  if (!is_counter && ends_with_total) return Refuse(info, "only a counter ends with \"_total\"");
  for (const std::string_view suffix : {"_bucket", "_count", "_sum", "_created"}) {
    if (WithoutTotal(info.name).ends_with(suffix)) {
      return Refuse(info, "the suffix \"" + std::string(suffix) + "\" is reserved for samples of other types");
    }
  }
  if (info.help.empty()) return Refuse(info, "help is missing");
  // A scraper would refuse the whole page.
  if (!internal::IsValidUtf8(info.help)) return Refuse(info, "help is not UTF-8");
  return Status::Ok();
}

Status CheckUnit(const FamilyInfo& info) {
  if (info.unit.empty()) return Status::Ok();
  if (!IsLegalLabelName(info.unit)) return Refuse(info, "unit \"" + info.unit + "\" is not a legal name");
  if (!WithoutTotal(info.name).ends_with("_" + info.unit)) {
    return Refuse(info, "a name ends with its unit, here \"_" + info.unit + "\" (before \"_total\")");
  }
  return Status::Ok();
}

Status CheckLabels(const FamilyInfo& info) {
  for (auto name = info.label_names.begin(); name != info.label_names.end(); ++name) {
    if (!IsLegalLabelName(*name)) {
      return Refuse(info, "label \"" + *name + "\" does not match [a-zA-Z_][a-zA-Z0-9_]* or starts with \"__\"");
    }
    if (std::find(info.label_names.begin(), name, *name) != name) {
      return Refuse(info, "label \"" + *name + "\" stands twice");
    }
    if (info.type == MetricType::kHistogram && *name == "le") {
      return Refuse(info, "label \"le\" is the histogram's own");
    }
  }
  return Status::Ok();
}

}  // namespace

bool IsLegalMetricName(std::string_view name) {
  if (name.empty() || IsAsciiDigit(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '_' || c == ':'; });
}

bool IsLegalLabelName(std::string_view name) {
  if (name.starts_with("__")) return false;
  return IsLegalMetricName(name) && name.find(':') == std::string_view::npos;
}

Status CheckFamily(const FamilyInfo& info) {
  if (info.aggregation != Aggregation::kSum && info.type != MetricType::kGauge) {
    return Refuse(info, "only gauges aggregate by another rule than their sum");
  }
  if (Status name = CheckName(info); !name.ok()) return name;
  if (Status unit = CheckUnit(info); !unit.ok()) return unit;
  return CheckLabels(info);
}

std::vector<std::string> OccupiedNames(const FamilyInfo& info) {
  const std::string base(WithoutTotal(info.name));
  switch (info.type) {
    case MetricType::kCounter:
      return {base, base + "_total", base + "_created"};
    case MetricType::kGauge:
      return {base};
    case MetricType::kHistogram:
      return {base, base + "_bucket", base + "_count", base + "_sum", base + "_created"};
  }
  return {};
}

}  // namespace streamhouse::metrics
