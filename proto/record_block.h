// PackBlock(), UnpackBlock(): records in one piece, compressed where that is asked for; into the
// message and out of it.
//
// When to use something else: record_layout.h has the bytes of a record; how many records there
// are, and whether they are whole, is for the caller to walk and see.
// Guarantees:
// 1. Unpack allocates at most `records_bytes_max`, also for a message that claims more.
// 2. Unpack returns exactly as many bytes as the message says.
// 3. Damage to compressed bytes that happens to decompress to another text of the same size is not
//    noticed. Both codecs have checksums; they are not used, because TCP has one too.
// Thread safety: pure; each thread that has compressed or decompressed keeps a context of about a
// megabyte.
// Cost: without compression one copy into the message and none out of it. With one, bench/dataplane
// has the figures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/streamhouse.pb.h"

namespace streamhouse::v1 {

// A compression that this program does not know, such as 0, is as NONE.
void PackBlock(std::string_view records, std::uint32_t record_count, Compression compression, RecordBlock& block);

enum class BlockDefect : std::uint8_t {
  kNone,
  kUnknownCompression,
  kOverLimit,  // more bytes of records than may be taken
  kDamaged,    // it does not decompress to what it says
};

struct UnpackedBlock {
  BlockDefect defect = BlockDefect::kNone;
  // Without a defect: the records, in the block itself or in the buffer.
  std::string_view records = {};
};

UnpackedBlock UnpackBlock(const RecordBlock& block, std::size_t records_bytes_max, std::string& buffer);

// For messages, for example "is damaged".
std::string_view DescribeDefect(BlockDefect defect);

}  // namespace streamhouse::v1
