// ResidentBytes: the memory that this process has at the moment, for tests of what something costs.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <fstream>

namespace streamhouse {

inline std::size_t ResidentBytes() {
  std::size_t total = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace streamhouse
