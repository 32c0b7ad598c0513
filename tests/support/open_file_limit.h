// OpenFileLimit: while it lives, the process may open few files, or none.
//
// What is open stays open. A new file takes the lowest free number, which has to be below the
// limit.
// When to use something else: FaultyFileSystem, where one file is to fail.
// Guarantees: the limit that was there before is back afterwards.
// Thread safety: one at a time; it holds for all threads.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include "metrics_core/status.h"

namespace streamhouse {

class OpenFileLimit {
 public:
  // Numbers of files are below this.
  explicit OpenFileLimit(rlim_t number) {
    metrics::Check(::getrlimit(RLIMIT_NOFILE, &before_) == 0, "no limit of this kind");
    const rlimit limit = {.rlim_cur = number, .rlim_max = before_.rlim_max};
    metrics::Check(::setrlimit(RLIMIT_NOFILE, &limit) == 0, "the limit was not taken");
  }
  // The process may open so many more, if no file above the lowest free number is open.
  static OpenFileLimit Left(rlim_t count) {
    const int lowest_free = ::dup(STDERR_FILENO);
    metrics::Check(::close(lowest_free) == 0, "no file can be opened");
    return OpenFileLimit(static_cast<rlim_t>(lowest_free) + count);
  }
  ~OpenFileLimit() { metrics::Check(::setrlimit(RLIMIT_NOFILE, &before_) == 0, "the limit was not taken back"); }
  OpenFileLimit(const OpenFileLimit&) = delete;
  OpenFileLimit& operator=(const OpenFileLimit&) = delete;

 private:
  rlimit before_ = {};
};

}  // namespace streamhouse
