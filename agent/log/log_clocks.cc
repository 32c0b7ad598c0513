#include "agent/log/log_clocks.h"

#include <chrono>

namespace streamhouse::agent {

std::int64_t SteadyMilliseconds() {
  const auto since_origin = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::floor<std::chrono::milliseconds>(since_origin).count();
}

}  // namespace streamhouse::agent
