#include "apps/service_manager.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

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
int Send(std::string_view message, const metrics::UnixSocketName& receiver) {
  const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return errno;
  const struct timeval wait = {.tv_sec = kServiceManagerWait.count(), .tv_usec = 0};
  ssize_t sent = -1;
  if (::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) == 0) {
    do {
      sent = ::sendto(descriptor, message.data(), message.size(), MSG_NOSIGNAL, receiver.address(), receiver.size());
    } while (sent < 0 && errno == EINTR);
  }
  const int error = sent < 0 ? errno : 0;
  ::close(descriptor);
  return error;
}

}  // namespace

Status NotifyServiceManager(ServiceState state) {
  const char* const value = std::getenv(kVariable);
  if (value == nullptr) return Status::Ok();
  const metrics::UnixSocket manager = {.path = value};
  const std::string named = std::string(kVariable) + "=" + value;
  if (const Status known = metrics::CheckUnixSocket(manager); !known.ok()) {
    return {StatusCode::kInvalidArgument, named + ": " + known.message()};
  }
  const int error = Send(state == ServiceState::kReady ? "READY=1" : "STOPPING=1", metrics::UnixSocketName(manager));
  if (error == 0) return Status::Ok();
  return {StatusCode::kUnavailable, named + ": " + std::generic_category().message(error)};
}

}  // namespace streamhouse::apps
