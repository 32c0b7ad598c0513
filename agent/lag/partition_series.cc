#include "agent/lag/partition_series.h"

#include <utility>

namespace streamhouse::agent {

PartitionSeries::PartitionSeries(const LagMetrics& families, std::string topic, std::uint32_t partition)
    : labels_{std::move(topic), std::to_string(partition)},
      log_start_offset_(families.log_start_offset, labels_),
      log_end_offset_(families.log_end_offset, labels_),
      log_bytes_(families.log_bytes, labels_),
      log_segments_(families.log_segments, labels_),
      leader_epoch_(families.leader_epoch, labels_) {}

void PartitionSeries::Show(const LogExtent& extent, std::optional<std::uint64_t> epoch) {
  log_start_offset_.Show(Signed(extent.start_offset));
  log_end_offset_.Show(Signed(extent.end_offset));
  log_bytes_.Show(Signed(extent.bytes));
  log_segments_.Show(Signed(extent.segments));
  leader_epoch_.Show(Signed(epoch));
}

}  // namespace streamhouse::agent
