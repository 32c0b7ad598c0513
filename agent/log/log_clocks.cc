#include "agent/log/log_clocks.h"

#include <chrono>

namespace streamhouse::agent {
namespace {

template <typename Clock>
std::int64_t Milliseconds() {
  return std::chrono::floor<std::chrono::milliseconds>(Clock::now().time_since_epoch()).count();
}

}  // namespace

std::int64_t WallClockMilliseconds() {
  return Milliseconds<std::chrono::system_clock>();
}

std::int64_t SteadyMilliseconds() {
  return Milliseconds<std::chrono::steady_clock>();
}

}  // namespace streamhouse::agent
