// ClientSet: clients of the broker, each from the event that first names it until its disconnect.
//
// A broker tells some connects and disconnects twice and others not at all, so a count of the one
// minus the other drifts. A set does not drift: a client that is named twice is in it once.
// When to use something else: a counter of events.
// Guarantees: the gauge is the number of clients in the set.
// Thread safety: the thread of the broker. The gauge may be read by any.
// Cost: a comparison for a client that was named recently, else a look-up of its address.
#pragma once

#include <array>
#include <cstddef>
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
    const void*& recent = RecentAt(client);
    if (client == recent) [[likely]]
      return false;
    return AddSlowly(client, recent);
  }

  void Remove(const void* client) {
    const void*& recent = RecentAt(client);
    if (client == recent) recent = nullptr;
    if (clients_.erase(client) > 0) size_.Set(static_cast<std::int64_t>(clients_.size()));
  }

 private:
  static constexpr std::size_t kRecentBits = 8;

  // The place of the client among the recent ones.
  const void*& RecentAt(const void* client) {
    // The golden ratio: the upper bits of the product depend on all bits of the address.
    constexpr std::uint64_t kSpread = 0x9E37'79B9'7F4A'7C15;
    return recent_[reinterpret_cast<std::uintptr_t>(client) * kSpread >> (64 - kRecentBits)];
  }

  [[gnu::noinline]] bool AddSlowly(const void* client, const void*& recent) {
    if (client == nullptr) return false;
    const bool is_new = clients_.insert(client).second;
    recent = client;
    if (is_new) size_.Set(static_cast<std::int64_t>(clients_.size()));
    return is_new;
  }

  metrics::Gauge size_;
  // The broker's addresses of clients. They are compared, and not followed.
  std::unordered_set<const void*> clients_;
  // Some of them, so that a busy client needs no look-up.
  std::array<const void*, std::size_t{1} << kRecentBits> recent_ = {};
};

}  // namespace streamhouse::mosquitto_plugin
