// Take(): the value of a Result into a variable, or its error to the caller.
//
// When to use something else: Result itself, where the value is used once.
// Guarantees: after an error the variable is unchanged.
// Thread safety: that of the variable.
// Cost: a move.
//
//   if (Status taken = Take(MessageMetrics::Register(registry), messages_); !taken.ok()) return taken;
#pragma once

#include <optional>
#include <utility>

#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

template <typename T>
metrics::Status Take(metrics::Result<T> made, T& to) {
  if (!made.ok()) return made.status();
  to = *std::move(made);
  return metrics::Status::Ok();
}

// Also of a type that cannot be assigned.
template <typename T>
metrics::Status Take(metrics::Result<T> made, std::optional<T>& to) {
  if (!made.ok()) return made.status();
  to.emplace(*std::move(made));
  return metrics::Status::Ok();
}

}  // namespace streamhouse::mosquitto_plugin
