// CRC-32 as zlib computes it, and what follows from the checksums of two beginnings of the same bytes.
//
// Pure; any thread.
// Cost: Crc32OfEnd costs some 30 multiplications of polynomials, about a microsecond, however many bytes it is about.
#pragma once

#include <cstdint>
#include <string_view>

namespace streamhouse::agent {

// The checksum of some bytes and of `more` behind them, from that of the former; it begins with 0.
std::uint32_t ExtendCrc32(std::uint32_t checksum, std::string_view more);

// Of bytes that are `before` and then `end_bytes` more: the checksum of the latter, from those of `before` and of all.
std::uint32_t Crc32OfEnd(std::uint32_t before, std::uint32_t all, std::uint64_t end_bytes);

}  // namespace streamhouse::agent
