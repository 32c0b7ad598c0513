// ShutdownSignal: turns SIGHUP, SIGINT and SIGTERM into something to wait for.
//
// Guarantees:
// 1. From construction to destruction the first signal makes requested() true, and it stays true.
// 2. A second SIGINT or SIGTERM ends the process as it would have without this class, so that a
//    drain can be cut short. Within kSameRequest of the first of its kind it is the same request:
//    timeout(1) and npm send two.
// 3. SIGHUP never ends the process: a terminal that is closed sends it more than once.
// 4. SIGHUP and SIGINT stay ignored where they were ignored at construction: by nohup(1), or for a
//    background job of a script. SIGTERM, which stops services, is always heard; so is a signal
//    that was blocked.
// The handler only reads a clock and writes to a file descriptor.
// Thread safety: any thread may wait. One object at a time, made before other threads: they inherit
// the signal mask.
// Cost: a file descriptor.
#pragma once

#include <signal.h>

#include <array>
#include <chrono>

namespace streamhouse::apps {

class ShutdownSignal {
 public:
  // A second signal of a kind that comes so soon after the first one is the same request.
  static constexpr std::chrono::milliseconds kSameRequest{500};

  ShutdownSignal();
  ~ShutdownSignal();
  ShutdownSignal(const ShutdownSignal&) = delete;
  ShutdownSignal& operator=(const ShutdownSignal&) = delete;

  // Polls as readable once a signal has come, and from then on; not to be read.
  int fd() const { return fd_; }

  bool requested() const { return WaitFor(std::chrono::milliseconds(0)); }

  // Returns requested(), as soon as it is true, or after that time.
  bool WaitFor(std::chrono::milliseconds timeout) const;
  void Wait() const;

 private:
  static constexpr std::array kSignals = {SIGHUP, SIGINT, SIGTERM};

  const int fd_;
  std::array<struct sigaction, kSignals.size()> previous_ = {};
  sigset_t previously_blocked_ = {};
};

}  // namespace streamhouse::apps
