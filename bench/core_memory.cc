#include "bench/core_memory.h"

#include <malloc.h>
#include <unistd.h>

#include <fstream>

namespace streamhouse::metrics {

std::uint64_t ResidentBytes() {
  malloc_trim(0);
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total_pages = 0;
  std::uint64_t resident_pages = 0;
  statm >> total_pages >> resident_pages;
  return resident_pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace streamhouse::metrics
