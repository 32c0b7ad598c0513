#include "integrations/mosquitto/coarse_clock.h"

#include <time.h>

namespace streamhouse::mosquitto_plugin {

std::int64_t CoarseNow() {
  constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
  timespec now = {};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return now.tv_sec * kNanosecondsPerSecond + now.tv_nsec;
}

}  // namespace streamhouse::mosquitto_plugin
