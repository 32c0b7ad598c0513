#include "integrations/librdkafka/position_tracker.h"

namespace streamhouse::librdkafka {

void PositionTracker::Take(const PartitionStatistics& partition) {
  position_.reset();
  if (!partition.is_desired || !partition.is_active) {
    fetched_before_ = partition.rxmsgs;
    next_offset_ = kUnknownOffset;
    return;
  }
  if (partition.app_offset >= 0) {
    position_ = partition.app_offset;
    // A seek forgets app_offset: what was fetched until the next document is not known then.
    fetched_before_.reset();
    return;
  }
  if (fetched_before_ != partition.rxmsgs) fetched_before_.reset();
  // librdkafka moves next_offset before it counts the records: a second document confirms both.
  const bool is_confirmed = partition.next_offset >= 0 && partition.next_offset == next_offset_;
  if (fetched_before_ && is_confirmed) position_ = partition.next_offset;
  next_offset_ = partition.next_offset;
}

}  // namespace streamhouse::librdkafka
