// KeepFamily: collects the families of a set of metrics, and the first refusal, so that registering many reads as a
// list.
//
// When to use something else: a single family, whose Result is at hand.
// Thread safety: set-up of one thread.
// Cost: none beyond the registration.
#pragma once

#include <utility>

#include "metrics_core/family.h"
#include "metrics_core/status.h"

namespace streamhouse::client {

template <typename T>
void KeepFamily(metrics::Result<metrics::Family<T>> added, metrics::Family<T>& family, metrics::Status& status) {
  if (added.ok()) {
    family = *std::move(added);
  } else if (status.ok()) {
    status = added.status();
  }
}

}  // namespace streamhouse::client
