// BlockedSignals: while it lives, the calling thread takes no signals, and no thread that it starts
// ever takes one.
//
// Signals are for the program's own threads.
// Guarantees:
// 1. A signal that comes meanwhile is taken by another thread, or waits.
// 2. Afterwards the calling thread takes the signals that it took before.
// Thread safety: made and destroyed by one thread.
// Cost: two system calls.
#pragma once

#include <pthread.h>
#include <signal.h>

namespace streamhouse::exporters {

class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

}  // namespace streamhouse::exporters
