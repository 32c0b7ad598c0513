// ReceiverSocket: a connected socket to a receiver, whose waits have a deadline.
//
// Guarantees:
// 1. The descriptor is closed on exec and does not block.
// 2. Of several addresses of a host, each gets an equal share of the time that is left.
// 3. The end tells the peer at once, also while a child of fork holds a copy of the descriptor. In
//    that child the end has no effect on the peer.
// Thread safety: one thread at a time.
// Cost: a descriptor.
// Errors: Unavailable, DeadlineExceeded.
#pragma once

#include <sys/types.h>

#include "exporters/push/http/receiver_address.h"
#include "exporters/push/push_deadline.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

class ReceiverSocket {
 public:
  static metrics::Result<ReceiverSocket> Connect(const ReceiverAddress& address, PushDeadline deadline);

  ReceiverSocket(ReceiverSocket&& other) noexcept;
  ReceiverSocket& operator=(ReceiverSocket&&) = delete;
  ~ReceiverSocket();

  int descriptor() const { return descriptor_; }

  // Ends the connection so that what was not yet sent is lost, and takes no memory. A peer that
  // does not read would never be told of another end.
  void Abort() const;

  // Waits for one of the events of poll(), and returns the events that have come.
  metrics::Result<short> WaitFor(short events, PushDeadline deadline) const;

 private:
  explicit ReceiverSocket(int descriptor);

  int descriptor_;
  pid_t process_;  // that has made it
};

}  // namespace streamhouse::exporters
