#include "metrics_core/start_thread.h"

#include <utility>

#ifdef __cpp_exceptions
#include <string>
#include <system_error>
#endif

namespace streamhouse::metrics {

#ifdef __cpp_exceptions

Result<std::thread> StartThread(std::function<void()> work) {
  try {
    return std::thread(std::move(work));
  } catch (const std::system_error& error) {
    return Status(StatusCode::kUnavailable, std::string("cannot start a thread: ") + error.what());
  }
}

#else

Result<std::thread> StartThread(std::function<void()> work) {
  return std::thread(std::move(work));
}

#endif

}  // namespace streamhouse::metrics
