// ClientSet: clients of the broker that an event has shown and no disconnect has taken away.
//
// A broker tells some connects and disconnects twice and others not at all, so a count of the one
// minus the other drifts. A set does not: a client that is shown twice is in it once.
// When to use something else: a counter of events.
// Guarantees: the gauge is the number of clients in the set.
// Thread safety: the thread of the broker. The gauge may be read by any.
// Cost: of a client that is the one before, a comparison; otherwise a look-up of an address.
#pragma once

#include <cstdint>
#include <unordered_set>
#include <utility>

#include "metrics_core/gauge.h"

namespace streamhouse::mosquitto_plugin {

class ClientSet {
 public:
  ClientSet() = default;
  explicit ClientSet(metrics::Gauge size) : size_(std::move(size)) {}

  // True where it was not in the set.
  bool Add(const void* client) {
    if (client == last_ || client == nullptr) return false;
    const bool is_new = clients_.insert(client).second;
    last_ = client;
    if (!is_new) return false;
    size_.Set(static_cast<std::int64_t>(clients_.size()));
    return true;
  }

  void Remove(const void* client) {
    if (client == last_) last_ = nullptr;
    if (clients_.erase(client) > 0) size_.Set(static_cast<std::int64_t>(clients_.size()));
  }

 private:
  metrics::Gauge size_;
  // The broker's addresses of clients. They are compared, and not followed.
  std::unordered_set<const void*> clients_;
  const void* last_ = nullptr;
};

}  // namespace streamhouse::mosquitto_plugin
