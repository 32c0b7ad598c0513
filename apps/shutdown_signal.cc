#include "apps/shutdown_signal.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "metrics_core/status.h"

namespace streamhouse::apps {
namespace {

// Written before the handlers are installed, which is what makes it safe to read in them.
int handler_fd = -1;

// When the first signal of a kind came, in nanoseconds of the monotonic clock; 0: not yet. By
// number of the signal.
std::array<std::atomic<std::int64_t>, SIGTERM + 1> first_signal_ns;
static_assert(std::atomic<std::int64_t>::is_always_lock_free);  // or no handler may touch it

std::int64_t MonotonicNanoseconds() {
  struct timespec now = {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// Calls only what POSIX permits in a handler.
void RequestShutdown(int signal) {
  const int saved_errno = errno;
  std::int64_t first = 0;
  const std::int64_t now = MonotonicNanoseconds();
  // Relaxed, both: the time alone decides; nothing else is published by it.
  if (first_signal_ns[static_cast<std::size_t>(signal)].compare_exchange_strong(first, now, std::memory_order_relaxed,
                                                                                std::memory_order_relaxed)) {
    const std::uint64_t one = 1;
    // It can only fail because the counter is full, and then it has been written before.
    [[maybe_unused]] const ssize_t written = ::write(handler_fd, &one, sizeof(one));
  } else if (signal != SIGHUP && now - first > std::chrono::nanoseconds(ShutdownSignal::kSameRequest).count()) {
    ::signal(signal, SIG_DFL);
    ::raise(signal);  // delivered when this handler returns
  }
  errno = saved_errno;
}

}  // namespace

ShutdownSignal::ShutdownSignal() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  metrics::Check(fd_ >= 0, "no file descriptor for signals");
  handler_fd = fd_;
  struct sigaction action = {};
  action.sa_handler = RequestShutdown;
  action.sa_flags = SA_RESTART;
  sigset_t heard;
  ::sigemptyset(&heard);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    // Relaxed: no handler of this object runs yet.
    first_signal_ns[static_cast<std::size_t>(kSignals[i])].store(0, std::memory_order_relaxed);
    ::sigaction(kSignals[i], nullptr, &previous_[i]);
    if (previous_[i].sa_handler == SIG_IGN && kSignals[i] != SIGTERM) continue;
    ::sigaction(kSignals[i], &action, nullptr);
    ::sigaddset(&heard, kSignals[i]);
  }
  ::pthread_sigmask(SIG_UNBLOCK, &heard, &previously_blocked_);
}

ShutdownSignal::~ShutdownSignal() {
  ::pthread_sigmask(SIG_SETMASK, &previously_blocked_, nullptr);
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &previous_[i], nullptr);
  ::close(fd_);
}

bool ShutdownSignal::WaitFor(std::chrono::milliseconds timeout) const {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  auto left = timeout;
  while (true) {
    struct pollfd waited = {.fd = fd_, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waited, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready == 0) return false;
    left = std::max(std::chrono::milliseconds(0),
                    std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()));
  }
}

void ShutdownSignal::Wait() const {
  while (!WaitFor(std::chrono::hours(1))) {
  }
}

}  // namespace streamhouse::apps
