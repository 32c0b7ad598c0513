#include "agent/lag/group_partition_series.h"

#include <utility>

namespace streamhouse::agent {

GroupPartitionSeries::GroupPartitionSeries(const LagMetrics& families, std::string topic, std::uint32_t partition,
                                           std::string group)
    : labels_{std::move(topic), std::to_string(partition), std::move(group)},
      committed_offset_(families.committed_offset, labels_),
      records_(families.lag_records, labels_),
      bytes_(families.lag_bytes, labels_),
      seconds_(families.lag_seconds, labels_),
      margin_(families.retention_margin_seconds, labels_) {}

void GroupPartitionSeries::Show(std::uint64_t committed, const PartitionLag& lag) {
  committed_offset_.Show(Signed(committed));
  records_.Show(Signed(lag.records));
  bytes_.Show(Signed(lag.bytes));
  seconds_.Show(lag.seconds);
  margin_.Show(lag.margin_seconds);
}

}  // namespace streamhouse::agent
