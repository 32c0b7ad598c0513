// FileSizeLimit: while it lives, no file of the process can grow beyond this size.
//
// A write beyond it fails with an error that is neither ENOSPC nor EDQUOT. SQLite reports it as it
// reports EDQUOT: as a write that failed.
// When to use something else: FaultyFileSystem for the files of a log.
// Guarantees: the limit that was there before is back afterwards.
// Thread safety: one at a time; it holds for all threads.
#pragma once

#include <sys/resource.h>

#include <csignal>

#include "metrics_core/status.h"

namespace streamhouse {

class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    metrics::Check(::getrlimit(RLIMIT_FSIZE, &before_) == 0, "no limit of this kind");
    const rlimit limit = {.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    metrics::Check(::setrlimit(RLIMIT_FSIZE, &limit) == 0, "the limit was not taken");
  }
  ~FileSizeLimit() {
    metrics::Check(::setrlimit(RLIMIT_FSIZE, &before_) == 0, "the limit was not taken back");
    std::signal(SIGXFSZ, action_before_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  // Its default ends the process.
  const sighandler_t action_before_ = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before_ = {};
};

}  // namespace streamhouse
