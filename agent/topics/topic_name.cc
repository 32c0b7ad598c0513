#include "agent/topics/topic_name.h"

#include <algorithm>
#include <string>
#include <utility>

namespace streamhouse::agent {
namespace {

bool IsLegal(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

metrics::Status CheckTopicName(std::string_view name) {
  const auto refused = [](std::string why) {
    return metrics::Status(metrics::StatusCode::kInvalidArgument, "a topic's name " + std::move(why));
  };
  if (name.empty()) return refused("must not be empty");
  if (name.size() > kTopicNameBytesMax) {
    return refused("has at most " + std::to_string(kTopicNameBytesMax) + " bytes, not " + std::to_string(name.size()));
  }
  if (!std::all_of(name.begin(), name.end(), IsLegal)) return refused("consists of [A-Za-z0-9._-]");
  if (name == "." || name == "..") return refused("must not be \".\" or \"..\"");
  return metrics::Status::Ok();
}

}  // namespace streamhouse::agent
