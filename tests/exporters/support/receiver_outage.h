// An outage of a scripted receiver: connections break, requests get 503, and others no response.
#pragma once

#include <cstddef>
#include <functional>

#include "tests/exporters/support/scripted_receiver.h"

namespace streamhouse::exporters {

// As many requests are read and not taken. The last one gets no response, so that the push after it
// has a new snapshot.
inline constexpr std::size_t kOutageRequests = 6;

// The next requests. `meanwhile` runs at each, before the receiver fails.
inline void AddOutage(ScriptedReceiver& receiver, const std::function<void()>& meanwhile) {
  const std::function<void(ScriptedConnection&)> failures[] = {
      [](ScriptedConnection& connection) { connection.Reset(); },
      Respond(503).run,
      [](ScriptedConnection& connection) { connection.WaitForClose(); },
  };
  for (std::size_t i = 0; i < kOutageRequests; ++i) {
    receiver.Then({.run = [meanwhile, fail = failures[i % 3]](ScriptedConnection& connection) {
      meanwhile();
      fail(connection);
    }});
  }
}

}  // namespace streamhouse::exporters
