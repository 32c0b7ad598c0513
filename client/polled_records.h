// PolledRecords: what one Poll() returned.
//
// When to use something else: batches(), to handle the records partition by partition.
// Guarantees: records of one partition come in the order of their offsets; owns the bytes of all of
// them.
// Thread safety: as for any value.
// Cost: no copy of a record; a ConsumedRecord is a view that is valid as long as the PolledRecords
// that it comes from is neither moved nor destroyed.
//
//   for (const ConsumedRecord& record : polled) Handle(record.partition, record.offset, record.record.value);
#pragma once

#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include "client/record.h"
#include "client/record_batch.h"

namespace streamhouse::client {

// Records of one partition without gaps: records[i] has the offset base_offset + i.
struct PartitionRecords {
  TopicPartition partition;
  Offset base_offset = 0;
  RecordBatch records;
};

struct ConsumedRecord {
  const TopicPartition& partition;
  Offset offset;
  RecordView record;
};

class PolledRecords {
 public:
  class Iterator {
   public:
    using value_type = ConsumedRecord;
    using difference_type = std::ptrdiff_t;

    Iterator(const std::vector<PartitionRecords>& batches, std::size_t batch) : batches_(&batches), batch_(batch) {}

    ConsumedRecord operator*() const {
      const PartitionRecords& batch = (*batches_)[batch_];
      return {.partition = batch.partition, .offset = batch.base_offset + record_, .record = batch.records[record_]};
    }
    Iterator& operator++() {
      if (++record_ == (*batches_)[batch_].records.size()) {
        ++batch_;
        record_ = 0;
      }
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const std::vector<PartitionRecords>* batches_;
    std::size_t batch_;
    std::size_t record_ = 0;
  };

  // Has at least one record.
  void Append(PartitionRecords batch) {
    size_ += batch.records.size();
    batches_.push_back(std::move(batch));
  }

  // Records, over all partitions.
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  const std::vector<PartitionRecords>& batches() const { return batches_; }

  Iterator begin() const { return {batches_, 0}; }
  Iterator end() const { return {batches_, batches_.size()}; }

 private:
  std::vector<PartitionRecords> batches_;
  std::size_t size_ = 0;
};

}  // namespace streamhouse::client
