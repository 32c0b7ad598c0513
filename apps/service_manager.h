// NotifyServiceManager: tells the service manager that has started this process how far it is, as
// sd_notify(3) does. systemd waits for it with Type=notify.
//
// Guarantees:
// 1. Without the variable NOTIFY_SOCKET it does nothing. The variable names a Unix datagram socket:
//    a path, or "@NAME" in the abstract name space.
// 2. A message that was sent is in the manager's queue. A full queue is waited for, up to `wait`.
// Thread safety: as getenv(): no thread may change the environment meanwhile.
// Cost: a socket for each message.
// Errors: InvalidArgument for a variable that names no such socket, else Unavailable. Both name
// the variable and its value. The caller goes on: a service that serves does not end for it.
#pragma once

#include <chrono>
#include <cstdint>

#include "metrics_core/status.h"

namespace streamhouse::apps {

inline constexpr std::chrono::seconds kServiceManagerWait{1};

enum class ServiceState : std::uint8_t { kReady, kStopping };

// `wait` is above zero.
metrics::Status NotifyServiceManager(ServiceState state, std::chrono::milliseconds wait = kServiceManagerWait);

}  // namespace streamhouse::apps
