#include "integrations/librdkafka/position_tracker.h"

namespace streamhouse::librdkafka {

void PositionTracker::Take(const PartitionStatistics& partition, std::chrono::microseconds made) {
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
  if (partition.next_offset != next_offset_) {
    next_offset_ = partition.next_offset;
    rests_since_ = made;
  }
  // librdkafka moves next_offset before it counts the records: a later document confirms both.
  const bool is_confirmed = next_offset_ >= 0 && made > rests_since_;
  if (fetched_before_ && is_confirmed) position_ = next_offset_;
}

}  // namespace streamhouse::librdkafka
