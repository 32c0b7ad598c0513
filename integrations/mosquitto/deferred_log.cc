#include "integrations/mosquitto/deferred_log.h"

#include <utility>

namespace streamhouse::mosquitto_plugin {

void DeferredLog::Add(std::string_view line) {
  const metrics::MutexLock lock(mutex_);
  if (lines_.size() < kDeferredLinesMax) {
    lines_.emplace_back(line);
  } else {
    ++dropped_;
  }
  // Relaxed: a hint, see HasLines().
  has_lines_.store(true, std::memory_order_relaxed);
}

void DeferredLog::Write(const std::function<void(const std::string& line)>& write) {
  std::vector<std::string> lines;
  std::size_t dropped = 0;
  {
    const metrics::MutexLock lock(mutex_);
    lines = std::exchange(lines_, {});
    dropped = std::exchange(dropped_, 0);
    // Relaxed: a hint, see HasLines().
    has_lines_.store(false, std::memory_order_relaxed);
  }
  for (const std::string& line : lines) write(line);
  if (dropped > 0) write(std::to_string(dropped) + " further lines were dropped");
}

}  // namespace streamhouse::mosquitto_plugin
