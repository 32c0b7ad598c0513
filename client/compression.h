// Compression: how a batch travels.
//
// When to use something else: kNone, the default, where processors are scarcer than bandwidth, such as on one machine.
// Guarantees: what is read is what was sent, whatever its compression.
// Thread safety: values.
// Cost: in bench/dataplane; on 100-byte records that resemble each other, zstd sends a fifth of the bytes, LZ4 a third.
#pragma once

#include <cstdint>

namespace streamhouse::client {

enum class Compression : std::uint8_t { kNone, kLz4, kZstd };

}  // namespace streamhouse::client
