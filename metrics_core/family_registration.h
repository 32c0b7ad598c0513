// KeepFamily: collects the families of a set of metrics, and the first refusal, so that registering many reads as a
// list.
//
// When to use something else: a single family, whose Result is at hand.
// Guarantees: families after a refusal are still registered; a family that was refused stays as it was, a sink.
// Thread safety: set-up of one thread.
// Cost: none beyond the registration.
//
//   Status status;
//   KeepFamily(registry.AddCounter({.name = "sent_total", .help = "…"}), sent, status);
//   KeepFamily(registry.AddGauge({.name = "queued", .help = "…"}), queued, status);
//   if (!status.ok()) return status;
#pragma once

#include <cstddef>
#include <utility>

#include "metrics_core/family.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics {

template <typename T, std::size_t kLabels>
void KeepFamily(Result<Family<T, kLabels>> added, Family<T, kLabels>& family, Status& status) {
  if (added.ok()) {
    family = *std::move(added);
  } else if (status.ok()) {
    status = added.status();
  }
}

}  // namespace streamhouse::metrics
