#include "metrics_core/internal/guarded_call.h"

#ifdef __cpp_exceptions
#include <exception>
#endif

namespace streamhouse::metrics::internal {

#ifdef __cpp_exceptions

std::string GuardedCall(const std::function<void()>& call) {
  try {
    call();
    return {};
  } catch (const std::exception& error) {
    return std::string("threw an exception: ") + error.what();
  } catch (...) {
    return "threw an exception of an unknown type";
  }
}

#else

std::string GuardedCall(const std::function<void()>& call) {
  call();
  return {};
}

#endif

}  // namespace streamhouse::metrics::internal
