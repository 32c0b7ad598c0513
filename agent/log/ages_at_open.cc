#include "agent/log/ages_at_open.h"

#include <algorithm>
#include <cstddef>

namespace streamhouse::agent {

std::vector<std::int64_t> AgesAtOpen(std::vector<std::int64_t> append_times_ms, std::int64_t now_ms) {
  const auto can_be = [now_ms](std::int64_t time) { return time >= kCredibleFromMs && time <= now_ms; };
  std::int64_t latest = 0;
  for (std::int64_t& time : append_times_ms) {
    time = std::max(time, latest);
    if (can_be(time)) latest = time;
  }
  std::int64_t next = now_ms;
  for (std::size_t i = append_times_ms.size(); i-- > 0;) {
    if (can_be(append_times_ms[i])) next = append_times_ms[i];
    append_times_ms[i] = now_ms - next;
  }
  return append_times_ms;
}

}  // namespace streamhouse::agent
