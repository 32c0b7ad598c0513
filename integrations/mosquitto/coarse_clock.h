// CoarseNow: a time that costs little, and is some milliseconds old.
//
// When to use something else: metrics::Clock (metrics_core/clock.h) for durations below a second.
// Guarantees: never runs backwards, and does not jump with the wall clock.
// Thread safety: any thread.
// Cost: a read of memory that the kernel updates.
#pragma once

#include <cstdint>

namespace streamhouse::mosquitto_plugin {

// Gives nanoseconds since some start. Tests give one that they advance.
using NowFunction = std::int64_t (*)();

std::int64_t CoarseNow();

}  // namespace streamhouse::mosquitto_plugin
