#include "apps/service_manager.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

#include "metrics_core/sockets/socket_address.h"

namespace streamhouse::apps {

using metrics::Status;
using metrics::StatusCode;

namespace {

constexpr const char* kVariable = "NOTIFY_SOCKET";

// 0, or the error of the system.
int Send(std::string_view message, const metrics::UnixSocketName& receiver, std::chrono::milliseconds wait) {
  const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return errno;
  const auto whole_seconds = std::chrono::floor<std::chrono::seconds>(wait);
  const struct timeval limit = {.tv_sec = whole_seconds.count(),
                                .tv_usec = std::chrono::microseconds(wait - whole_seconds).count()};
  ssize_t sent = -1;
  if (::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == 0) {
    do {
      sent = ::sendto(descriptor, message.data(), message.size(), MSG_NOSIGNAL, receiver.address(), receiver.size());
    } while (sent < 0 && errno == EINTR);
  }
  const int error = sent < 0 ? errno : 0;
  ::close(descriptor);
  return error;
}

}  // namespace

Status NotifyServiceManager(ServiceState state, std::chrono::milliseconds wait) {
  const char* const value = std::getenv(kVariable);
  if (value == nullptr) return Status::Ok();
  const metrics::UnixSocket manager = {.path = value};
  const std::string named = std::string(kVariable) + "=" + value;
  if (const Status known = metrics::CheckUnixSocket(manager); !known.ok()) {
    return {StatusCode::kInvalidArgument, named + ": " + known.message()};
  }
  const std::string_view message = state == ServiceState::kReady ? "READY=1" : "STOPPING=1";
  const int error = Send(message, metrics::UnixSocketName(manager), wait);
  if (error == 0) return Status::Ok();
  return {StatusCode::kUnavailable, named + ": " + std::generic_category().message(error)};
}

}  // namespace streamhouse::apps
