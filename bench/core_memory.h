// What series weigh: their labels, index and cells, and the buffers of a snapshot, as resident
// memory of a process.
//
// Thread safety: one thread.
// Errors: a process that cannot be started or read ends the program.
#pragma once

#include <cstdint>

#include "metrics_core/registry.h"

namespace streamhouse::metrics {

// `count` counters with two labels, as a broker has them, each recorded once by each of `threads`
// threads that live at the same time.
void MakeCounters(Registry& registry, std::int64_t count, std::int64_t threads);

struct SeriesWeight {
  double bytes;               // a series
  double bytes_when_scraped;  // with a snapshot beside it
};

// `kind`: "counter", "counter without start" (CreationTimes::kNotKept) or "histogram" (13 bounds,
// ticks).
SeriesWeight WeighInAnotherProcess(const char* kind, std::int64_t series, std::int64_t threads);

// The other process: does what it was started for and returns true, if it was.
bool WeighIfAsked(int argc, char** argv);

}  // namespace streamhouse::metrics
