// ResidentBytes: what the kernel says this process has in memory, for benches that weigh series.
#pragma once

#include <cstdint>

namespace streamhouse::metrics {

// After giving freed memory back to the kernel.
std::uint64_t ResidentBytes();

}  // namespace streamhouse::metrics
