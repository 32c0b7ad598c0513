// FindWholeBatches: finds batches in bytes behind damage, where no header leads to the next one.
//
// When to use something else: SegmentReader follows headers that are intact.
// Guarantees:
// 1. Bytes that look like a batch are found as well: by chance, or because a record holds the bytes
//    of a batch.
// 2. The functions say what they compare.
// Thread safety: pure.
// Cost: linear in the bytes: each byte is part of at most kHeaderChecksumsPerByte checksums of
// headers, and of one checksum of bodies.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "agent/log/log_format.h"

namespace streamhouse::agent {

// A header begins with kBatchMagic, which cannot overlap itself.
inline constexpr std::uint64_t kHeaderChecksumsPerByte = kBatchHeaderBytes / sizeof(kBatchMagic);

struct FoundBatch {
  std::uint64_t position = 0;  // in the bytes that were searched
  std::uint64_t base_offset = 0;
  std::uint64_t end_offset = 0;
  std::uint64_t batch_bytes = 0;
};

struct WholeBatches {
  std::vector<FoundBatch> batches;  // by position; they may overlap
  // Of a header with a matching checksum and a version that this program does not know.
  std::optional<std::uint64_t> newer_version_at;
  std::uint64_t bytes_checksummed = 0;
};

// The batches whose header and body both match their checksums.
WholeBatches FindWholeBatches(std::string_view bytes);

// The first batch, at `offset_min` or later, from which one header leads to the next up to the end
// of the bytes. The offsets follow each other without gaps, and the last batch ends at
// `end_offset`, which is the base offset of the batch behind the bytes. Bodies are not compared.
// Example: `bytes` are rubbish, a batch with the offsets [12, 13) and one with [13, 14). For an
// `end_offset` of 14, the first one is found with an `offset_min` of 12, the second one with 13,
// and none with 14.
std::optional<FoundBatch> FindBatchThatLeadsTo(std::uint64_t end_offset, std::uint64_t offset_min,
                                               std::string_view bytes);

}  // namespace streamhouse::agent
