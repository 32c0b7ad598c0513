#include "apps/topic_spec.h"

#include <CLI/Error.hpp>
#include <charconv>
#include <system_error>
#include <utility>

namespace streamhouse::apps {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

Result<TopicSpec> ParseTopicSpec(std::string_view text) {
  const Status refused(StatusCode::kInvalidArgument,
                       "\"" + std::string(text) + "\" is not NAME:PARTITIONS with at least one partition");
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return refused;
  TopicSpec spec = {.name = std::string(text.substr(0, colon)), .partitions = 0};
  const char* const end = text.data() + text.size();
  const auto [parsed_to, error] = std::from_chars(text.data() + colon + 1, end, spec.partitions);
  if (error != std::errc() || parsed_to != end || spec.partitions == 0) return refused;
  return spec;
}

CLI::Option* AddTopicSpecs(CLI::App& parser, const std::string& flag, std::vector<TopicSpec>& target,
                           const std::string& help) {
  const auto add = [flag, &target](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      Result<TopicSpec> spec = ParseTopicSpec(text);
      if (!spec.ok()) throw CLI::ValidationError(flag, spec.status().message());
      target.push_back(*std::move(spec));
    }
  };
  return parser.add_option_function<std::vector<std::string>>(flag, add, help)
      ->type_name("NAME:PARTITIONS")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

}  // namespace streamhouse::apps
