// ShutdownSignal: turns SIGINT and SIGTERM into something to wait for.
//
// Guarantees: from construction to destruction the first SIGINT, and the first SIGTERM, does nothing but make
// requested() true, for ever; the second one of a kind ends the process as it would have without this class, so that a
// drain that takes too long can be cut short. The handler only writes to a file descriptor.
// Thread safety: any thread may wait. One object at a time.
// Cost: a file descriptor.
#pragma once

#include <signal.h>

#include <array>
#include <chrono>

namespace streamhouse::apps {

class ShutdownSignal {
 public:
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
  static constexpr std::array kSignals = {SIGINT, SIGTERM};

  const int fd_;
  std::array<struct sigaction, kSignals.size()> previous_ = {};
};

}  // namespace streamhouse::apps
