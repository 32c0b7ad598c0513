// StartThread: a std::thread, or a Status where the system has no thread left.
//
// When to use something else: the constructor of std::thread, in tests.
// Guarantees:
// 1. `work` runs once on the new thread. It never runs after an error.
// 2. `work` must not throw: the program ends if it does.
// Thread safety: any thread.
// Cost: that of std::thread.
// Errors: Unavailable with the reason of the system: a limit on threads or on memory is reached. A
// program that is built without exceptions ends instead.
//
//   auto started = metrics::StartThread([this] { Run(); });
//   if (!started.ok()) return started.status();
//   thread_ = *std::move(started);
#pragma once

#include <functional>
#include <thread>

#include "metrics_core/status.h"

namespace streamhouse::metrics {

Result<std::thread> StartThread(std::function<void()> work);

}  // namespace streamhouse::metrics
