// ProducerSequences: the last batch of each producer in one partition, to find a batch that is sent
// again.
//
// When to use something else: the header of a batch (log_format.h) is where this is kept; here it
// is only looked up.
// Guarantees:
// 1. If a producer sends the batches of a partition one after the other, and repeats each until it
//    is answered, then each is written once.
// 2. This holds over a restart too: recovery notes the batches that it finds in the log.
// 3. The last kProducersMax producers to write are known; a batch of any other producer counts as
//    new.
// Thread safety: none, the owner locks.
// Cost: one look-up in a hash table a batch, none for batches without a producer; about 100 bytes a
// producer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>

#include "agent/log/log_format.h"

namespace streamhouse::agent {

enum class SequenceState : std::uint8_t {
  kNew,
  kDuplicate,  // it is the last batch that was written
  kPassed,     // its sequence is behind the end of the last batch, and it is not that batch: a straggler
};

class ProducerSequences {
 public:
  static constexpr std::size_t kProducersMax = 10'000;

  struct CheckResult {
    SequenceState state = SequenceState::kNew;
    std::uint64_t base_offset = 0;  // of the last batch, for kDuplicate
  };

  // Sequences that were left out are no objection: their records have failed for good.
  CheckResult Check(const BatchHeader& batch) const;

  // The batch has been written.
  void Note(const BatchHeader& batch);

  std::size_t size() const { return producers_.size(); }

 private:
  struct LastBatch {
    std::uint64_t producer_id;
    std::uint64_t sequence;
    std::uint32_t record_count;
    std::uint64_t base_offset;
  };

  std::list<LastBatch> last_batches_;  // the producer of the newest batch stands last
  std::unordered_map<std::uint64_t, std::list<LastBatch>::iterator> producers_;
};

}  // namespace streamhouse::agent
