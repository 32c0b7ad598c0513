// The two clocks of a log: WallClock for times that other machines read, SteadyClock for ages.
//
// When to use something else: metrics::Clock, for durations that are measured often.
// Guarantees: the wall clock may step in both directions; the steady clock never does.
// Thread safety: any thread.
// Cost: one reading of a clock.
#pragma once

#include <cstdint>
#include <functional>

namespace streamhouse::agent {

// Milliseconds since the Unix epoch, such as metrics::Clock::UnixMilliseconds.
using WallClock = std::function<std::int64_t()>;

// Milliseconds since any moment before the process.
using SteadyClock = std::function<std::int64_t()>;
std::int64_t SteadyMilliseconds();

}  // namespace streamhouse::agent
