// CRC-32 as zlib computes it, and the checksum of a range from the checksums of two prefixes.
//
// When to use something else: RowChecksum (metadata/row_checksum.h) for a row of the metadata.
// Guarantees:
// 1. ExtendCrc32(ExtendCrc32(0, a), b) is the checksum of a followed by b.
// 2. Crc32OfEnd() gives the checksum that ExtendCrc32(0, …) gives for the bytes of the end, without
//    these bytes. Ends of 2^61 bytes and more are not supported.
// Thread safety: pure functions.
// Cost: ExtendCrc32 reads the bytes once. Crc32OfEnd takes some 30 multiplications of polynomials,
// for any number of bytes.
#pragma once

#include <cstdint>
#include <string_view>

namespace streamhouse::agent {

// The checksum of some bytes followed by `more`. `checksum` is that of the first bytes; 0: there
// are none.
std::uint32_t ExtendCrc32(std::uint32_t checksum, std::string_view more);

// The checksum of the last `end_bytes` bytes, from the checksums `before` of the bytes in front of
// them and `all` of all bytes.
std::uint32_t Crc32OfEnd(std::uint32_t before, std::uint32_t all, std::uint64_t end_bytes);

}  // namespace streamhouse::agent
