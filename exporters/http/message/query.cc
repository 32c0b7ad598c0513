#include "exporters/http/message/query.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "metrics_core/text/percent_encoding.h"

namespace streamhouse::exporters {
namespace {

// Takes the next parameter off the query: its key as sent, and its value as sent.
std::pair<std::string_view, std::string_view> TakeParameter(std::string_view& query) {
  const std::string_view parameter = query.substr(0, query.find('&'));
  query.remove_prefix(std::min(parameter.size() + 1, query.size()));
  const std::size_t equals = parameter.find('=');
  if (equals == std::string_view::npos) return {parameter, {}};
  return {parameter.substr(0, equals), parameter.substr(equals + 1)};
}

}  // namespace

metrics::Result<std::vector<std::string>> QueryValues(std::string_view query, std::string_view key,
                                                      std::size_t values_max) {
  const auto refuse = [](const std::string& why) {
    return metrics::Status(metrics::StatusCode::kInvalidArgument, why);
  };
  std::vector<std::string> values;
  while (!query.empty()) {
    const auto [sent_key, sent_value] = TakeParameter(query);
    if (metrics::PercentDecode(sent_key) != key) continue;
    // As forms are sent: a blank is a plus.
    std::string form(sent_value);
    std::replace(form.begin(), form.end(), '+', ' ');
    std::optional<std::string> value = metrics::PercentDecode(form);
    if (!value) return refuse("a " + std::string(key) + " has a % without two hexadecimal digits behind it");
    if (values.size() == values_max) {
      return refuse("there are more than " + std::to_string(values_max) + " " + std::string(key));
    }
    values.push_back(*std::move(value));
  }
  return values;
}

bool HasQueryKey(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    if (TakeParameter(query).first == key) return true;
  }
  return false;
}

}  // namespace streamhouse::exporters
