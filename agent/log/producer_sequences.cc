#include "agent/log/producer_sequences.h"

namespace streamhouse::agent {

ProducerSequences::CheckResult ProducerSequences::Check(const BatchHeader& batch) const {
  if (batch.producer_id == kNoProducer) return {};
  const auto found = producers_.find(batch.producer_id);
  if (found == producers_.end()) return {};
  const LastBatch& last = *found->second;
  if (batch.sequence >= last.sequence + last.record_count) return {};
  const bool is_last = batch.sequence == last.sequence && batch.record_count == last.record_count;
  return {.state = is_last ? SequenceState::kDuplicate : SequenceState::kPassed, .base_offset = last.base_offset};
}

void ProducerSequences::Note(const BatchHeader& batch) {
  if (batch.producer_id == kNoProducer) return;
  const LastBatch last = {.producer_id = batch.producer_id,
                          .sequence = batch.sequence,
                          .record_count = batch.record_count,
                          .base_offset = batch.base_offset};
  const auto [entry, is_new] = producers_.try_emplace(batch.producer_id, last_batches_.end());
  if (is_new) {
    entry->second = last_batches_.insert(last_batches_.end(), last);
  } else {
    *entry->second = last;
    last_batches_.splice(last_batches_.end(), last_batches_, entry->second);
  }
  if (producers_.size() <= kProducersMax) return;
  producers_.erase(last_batches_.front().producer_id);
  last_batches_.pop_front();
}

}  // namespace streamhouse::agent
