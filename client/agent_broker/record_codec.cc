#include "client/agent_broker/record_codec.h"

#include <cstddef>

namespace streamhouse::client {

void EncodeRecords(const RecordBatch& batch, WireRecords& wire) {
  wire.Reserve(wire.size() + static_cast<int>(batch.size()));
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const RecordView record = batch[i];
    v1::Record& encoded = *wire.Add();
    if (record.key) encoded.set_key(record.key->data(), record.key->size());
    encoded.set_value(record.value.data(), record.value.size());
    encoded.set_timestamp_ms(record.timestamp_ms.value_or(0));
  }
}

RecordBatch DecodeRecords(const WireRecords& wire) {
  std::size_t bytes = 0;
  for (const v1::Record& record : wire) bytes += record.key().size() + record.value().size();
  RecordBatch batch;
  batch.Reserve(static_cast<std::size_t>(wire.size()), bytes);
  for (const v1::Record& record : wire) {
    RecordView decoded = {.value = record.value(), .timestamp_ms = record.timestamp_ms()};
    if (record.has_key()) decoded.key = record.key();
    batch.Append(decoded);
  }
  return batch;
}

}  // namespace streamhouse::client
