// RaiseOpenFileLimit: lets this process open as many files as the system allows it.
//
// The soft limit of many systems is 1,024 for the sake of programs that use select(2); a partition
// takes a descriptor, and so does a client.
// Guarantees: the soft limit is the hard one afterwards, or as it was where the system refuses.
// Thread safety: any thread; for the whole process, so before others need it.
// Cost: two system calls.
#pragma once

#include <sys/resource.h>

namespace streamhouse::apps {

inline void RaiseOpenFileLimit() {
  struct rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  // A system that refuses keeps the old limit. The next open() that fails reports it.
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

}  // namespace streamhouse::apps
