// Snappy blocks, in which remote write sends its requests: the raw format, without frames.
//
// When to use something else: CompressedPage for pages over HTTP.
// Guarantees: the block of the same bytes is the same.
// Thread safety: pure.
// Cost: about 1 GB/s. The string grows to the largest block and keeps its memory; Snappy allocates
// about 200 KiB for the time of the call.
#pragma once

#include <string>
#include <string_view>

namespace streamhouse::exporters {

// Replaces `block`. `bytes` must be below 4 GiB.
void CompressSnappyBlock(std::string_view bytes, std::string& block);

}  // namespace streamhouse::exporters
