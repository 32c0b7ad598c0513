#include "integrations/mosquitto/loop_watch.h"

#include <string>

namespace streamhouse::mosquitto_plugin {

using metrics::Status;
using metrics::StatusCode;

std::chrono::nanoseconds LoopWatch::Silence() const {
  const std::int64_t last = last_pass();
  return std::chrono::nanoseconds(now_() - (last == kNever ? began_ : last));
}

Status LoopWatch::Check() const {
  const bool has_passed = HasPassed();
  const auto silence = std::chrono::duration_cast<std::chrono::seconds>(Silence());
  // Relaxed: as in SawClient().
  if (!has_passed && !has_seen_client_.load(std::memory_order_relaxed)) {
    return Status(StatusCode::kUnavailable,
                  "no event of the broker has reached the plugin: its main loop has not begun, or with "
                  "per_listener_settings true no client has come to the listener of the line `plugin`");
  }
  if (has_passed && silence >= kLoopSilenceMax) {
    return Status(StatusCode::kUnavailable,
                  "the broker's main loop has not passed for " + std::to_string(silence.count()) + " s");
  }
  return Status::Ok();
}

}  // namespace streamhouse::mosquitto_plugin
