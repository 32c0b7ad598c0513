// PartitionLag and GroupLag: how far a consumer group is behind, in one partition and over all of
// them.
//
// Guarantees:
// 1. A value that is not known is absent.
// 2. Of a group, a maximum is that of the partitions where it is known; a sum is absent where one
//    of its parts is.
// Example: 3 records are before the group in one partition, and another partition is not served:
// max 3, no sum.
// Thread safety: values.
// Cost: some additions for each partition.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace streamhouse::agent {

struct PartitionLag {
  std::optional<std::uint64_t> records = {};
  std::optional<std::uint64_t> bytes = {};    // keys, values and headers of these records
  std::optional<double> seconds = {};         // age of the first of them; 0 without one
  std::optional<double> margin_seconds = {};  // until retention may remove the first of them; below 0: overdue
};

class GroupLag {
 public:
  void Add(const PartitionLag& lag) {
    ++partitions_;
    if (!lag.records) ++unknown_;
    AddTo(records_, lag.records);
    AddTo(bytes_, lag.bytes);
    if (lag.seconds) max_seconds_ = std::max(max_seconds_.value_or(*lag.seconds), *lag.seconds);
    if (lag.margin_seconds) margin_min_ = std::min(margin_min_.value_or(*lag.margin_seconds), *lag.margin_seconds);
  }

  std::optional<std::uint64_t> sum_records() const { return SumOf(records_); }
  std::optional<std::uint64_t> max_records() const { return records_.max; }
  std::optional<std::uint64_t> sum_bytes() const { return SumOf(bytes_); }
  std::optional<std::uint64_t> max_bytes() const { return bytes_.max; }
  std::optional<double> max_seconds() const { return max_seconds_; }
  std::optional<double> margin_min_seconds() const { return margin_min_; }
  std::uint64_t partitions() const { return partitions_; }
  std::uint64_t unknown_partitions() const { return unknown_; }

 private:
  struct Total {
    std::uint64_t sum = 0;
    std::uint64_t parts = 0;
    std::optional<std::uint64_t> max = {};
  };

  static void AddTo(Total& total, const std::optional<std::uint64_t>& part) {
    if (!part) return;
    total.sum += *part;
    ++total.parts;
    total.max = std::max(total.max.value_or(0), *part);
  }
  std::optional<std::uint64_t> SumOf(const Total& total) const {
    return partitions_ > 0 && total.parts == partitions_ ? std::optional(total.sum) : std::nullopt;
  }

  std::uint64_t partitions_ = 0;
  std::uint64_t unknown_ = 0;
  Total records_;
  Total bytes_;
  std::optional<double> max_seconds_;
  std::optional<double> margin_min_;
};

}  // namespace streamhouse::agent
