// GuardedCall: calls code of the host program, whose exceptions must not end the program.
//
// Guarantees:
// 1. No exception leaves it.
// 2. Where the core is compiled without exceptions, host code that throws ends the program.
// Thread safety: that of the code that is called.
// Cost: none while no exception is thrown.
#pragma once

#include <functional>
#include <string>

namespace streamhouse::metrics::internal {

// The text of the exception that `call` has thrown, or empty.
std::string GuardedCall(const std::function<void()>& call);

}  // namespace streamhouse::metrics::internal
