#include "integrations/mosquitto/topic_filter.h"

#include <string>

#include "metrics_core/metric_options.h"

namespace streamhouse::mosquitto_plugin {

using metrics::Status;
using metrics::StatusCode;

namespace {

// The levels of a text, one after another.
class Levels {
 public:
  explicit Levels(std::string_view text) : rest_(text) {}

  bool ended() const { return ended_; }
  std::string_view Next() {
    const std::size_t slash = rest_.find('/');
    const std::string_view level = rest_.substr(0, slash);
    ended_ = slash == std::string_view::npos;
    if (!ended_) rest_.remove_prefix(slash + 1);
    return level;
  }

 private:
  std::string_view rest_;
  bool ended_ = false;
};

Status Refuse(std::string_view filter, std::string_view why) {
  return Status(StatusCode::kInvalidArgument, "\"" + std::string(filter) + "\" " + std::string(why));
}

}  // namespace

Status CheckTopicFilter(std::string_view filter) {
  if (filter.empty()) return Refuse(filter, "is empty");
  if (filter == "#") return Refuse(filter, "is the label of all topics without a series of their own");
  if (filter == metrics::kOverflowLabelValue) {
    return Refuse(filter,
                  "is the label that a family keeps for itself; \"" + std::string(filter) + "/#\" matches it too");
  }
  if (filter.size() > kPrefixBytesMax) {
    return Refuse(filter, "has more than " + std::to_string(kPrefixBytesMax) + " bytes");
  }
  Levels levels(filter);
  while (!levels.ended()) {
    const std::string_view level = levels.Next();
    if (level.find_first_of("+#") == std::string_view::npos) continue;
    if (level.size() > 1) return Refuse(filter, "has a + or # that is not a whole level");
    if (level == "#" && !levels.ended()) return Refuse(filter, "has a # that is not the last level");
  }
  return Status::Ok();
}

bool MatchesFilter(std::string_view filter, std::string_view topic) {
  if (topic.starts_with('$') && !filter.starts_with('$')) return false;
  Levels wanted(filter);
  Levels given(topic);
  while (true) {
    const std::string_view level = wanted.Next();
    if (level == "#") return true;
    if (const std::string_view found = given.Next(); level != "+" && level != found) return false;
    if (wanted.ended()) return given.ended();
    if (given.ended()) return wanted.Next() == "#";
  }
}

std::string_view FirstLevels(std::string_view topic, std::uint32_t levels) {
  if (levels == 0) return {};
  std::size_t begin = topic.starts_with('/') ? 1 : 0;
  for (std::uint32_t level = 1;; ++level) {
    const std::size_t slash = topic.find('/', begin);
    if (slash == std::string_view::npos) return topic;
    if (level == levels) return topic.substr(0, slash);
    begin = slash + 1;
  }
}

}  // namespace streamhouse::mosquitto_plugin
