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
  if (!has_passed && silence < kLoopSilenceMax) {
    return Status(StatusCode::kUnavailable, "the broker's main loop has not begun");
  }
  if (has_passed && silence >= kLoopSilenceMax) {
    return Status(StatusCode::kUnavailable,
                  "the broker's main loop has not passed for " + std::to_string(silence.count()) + " s");
  }
  return Status::Ok();
}

}  // namespace streamhouse::mosquitto_plugin
