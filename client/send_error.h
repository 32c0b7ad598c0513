// SendError: why a record was not delivered; the values of the label `reason` of
// streamhouse_producer_send_errors_total.
//
// When to use something else: the Status that the sender got says more; this set is small and
// fixed, so that a dashboard can name its members.
// Guarantees:
// 1. Each record that is refused or fails has one reason.
// 2. Each reason has a name of its own, which compatibility.md keeps.
// Thread safety: pure functions.
// Cost: a switch.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::client {

enum class SendError : std::uint8_t {
  kUnknownTopic,      // there is no such topic
  kInvalidPartition,  // the topic has no such partition
  kRecordTooLarge,    // one record, or a batch as the broker counts it, is over a limit
  kBufferFull,        // back-pressure lasted longer than the producer may block
  kClosed,            // sent after Close(), or given up by it
  kUnavailable,       // the broker could not be reached; nothing was written
  kNotLeader,         // the broker does not hold the partition, or was fenced; nothing was written
  kTimeout,           // no response came, because of the deadline or a lost connection: it may have been written
  kRejected,          // the broker refused the batch for another reason
  kInternal,          // the broker failed: it may have been written
};

inline constexpr std::array kAllSendErrors = {
    SendError::kUnknownTopic, SendError::kInvalidPartition, SendError::kRecordTooLarge, SendError::kBufferFull,
    SendError::kClosed,       SendError::kUnavailable,      SendError::kNotLeader,      SendError::kTimeout,
    SendError::kRejected,     SendError::kInternal,
};

// The value of the label, for example "unknown_topic".
std::string_view SendErrorName(SendError error);

// The reason behind a Produce call that failed with `code`, which is not kOk.
SendError SendErrorOfProduceFailure(metrics::StatusCode code);

}  // namespace streamhouse::client
