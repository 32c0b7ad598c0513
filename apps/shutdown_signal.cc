#include "apps/shutdown_signal.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "metrics_core/status.h"

namespace streamhouse::apps {
namespace {

// Written before the handlers are installed, which is what makes it safe to read in them.
int handler_fd = -1;

void RequestShutdown(int /*signal*/) {
  const int saved_errno = errno;
  const std::uint64_t one = 1;
  // It can only fail because the counter is full, and then it has been written before.
  [[maybe_unused]] const ssize_t written = ::write(handler_fd, &one, sizeof(one));
  errno = saved_errno;
}

}  // namespace

ShutdownSignal::ShutdownSignal() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  metrics::Check(fd_ >= 0, "no file descriptor for signals");
  handler_fd = fd_;
  struct sigaction action = {};
  action.sa_handler = RequestShutdown;
  action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &action, &previous_[i]);
}

ShutdownSignal::~ShutdownSignal() {
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
