// Compression: how a batch travels.
//
// When to use something else: use kNone, the default, where processors are scarcer than bandwidth,
// such as on one machine; docs/decisions/compression_of_batches.md has figures.
// Guarantees: a consumer reads the bytes that the producer sent, with every kind of compression.
// Thread safety: values.
// Cost: processor time on both sides for fewer bytes (bench: BM_ProduceOrders).
#pragma once

#include <cstdint>

namespace streamhouse::client {

enum class Compression : std::uint8_t { kNone, kLz4, kZstd };

}  // namespace streamhouse::client
