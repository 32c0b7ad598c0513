// PushDeadline: the time at which a push gives up.
//
// Thread safety: a value.
#pragma once

#include <chrono>

namespace streamhouse::exporters {

using PushDeadline = std::chrono::steady_clock::time_point;

}  // namespace streamhouse::exporters
