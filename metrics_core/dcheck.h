// DCheck: an invariant that is checked in builds with AddressSanitizer or ThreadSanitizer, and
// costs nothing in others.
//
// When to use something else: Check() (status.h) for what a caller can do wrong, in every build. A
// Status for what the world can do wrong.
// Guarantees:
// 1. Where it is on, a false invariant ends the program with the message.
// 2. Elsewhere the invariant is compiled and not evaluated.
// It is for source files: in a header, a program and the library might not agree on whether it is
// on.
// Thread safety: that of the invariant.
// Cost: nothing without a sanitizer.
//
//   DCheck([&] { return shard->owned; }, "only a shard that has an owner is returned");
#pragma once

#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::metrics {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kDChecksAreOn = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kDChecksAreOn = true;
#else
constexpr bool kDChecksAreOn = false;
#endif
#else
constexpr bool kDChecksAreOn = false;
#endif

template <typename Invariant>
void DCheck(const Invariant& holds, std::string_view message) {
  if constexpr (kDChecksAreOn) Check(holds(), message);
}

}  // namespace streamhouse::metrics
