#include "exporters/http/limits.h"

#include <string>
#include <string_view>
#include <utility>

namespace streamhouse::exporters {

metrics::Status Limits::Validate() const {
  const std::chrono::milliseconds least(1);
  const std::pair<std::string_view, bool> all[] = {
      {"head_bytes", head_bytes > 0},
      {"target_bytes", target_bytes > 0},
      {"head_time", head_time >= least},
      {"idle_time", idle_time >= least},
      {"write_time", write_time >= least},
      {"page_time", page_time >= least},
      {"selection_time", selection_time >= least},
      {"scrapes", scrapes > 0},
      {"connections", connections > 0},
  };
  for (const auto& [name, is_good] : all) {
    if (is_good) continue;
    return metrics::InvalidField(name, "must be more than 0");
  }
  return metrics::Status::Ok();
}

}  // namespace streamhouse::exporters
