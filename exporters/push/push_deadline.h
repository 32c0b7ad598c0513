// PushDeadline: the time at which a push gives up.
//
// When to use something else: StopSignal, to give up because the exporter stops.
// Guarantees: of a clock that is never set.
// Thread safety: a value.
// Cost: none.
#pragma once

#include <chrono>

namespace streamhouse::exporters {

using PushDeadline = std::chrono::steady_clock::time_point;

}  // namespace streamhouse::exporters
