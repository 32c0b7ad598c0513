#include "apps/open_file_limit.h"

#include <sys/resource.h>

namespace streamhouse::apps {

void RaiseOpenFileLimit() {
  struct rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  // Refused, it stays as it was: whoever then cannot open a file says so.
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

}  // namespace streamhouse::apps
