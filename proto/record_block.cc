#include "proto/record_block.h"

#include <lz4.h>
#include <zstd.h>

#include <limits>
#include <memory>

namespace streamhouse::v1 {
namespace {

// Batches are small, and the producer is what a higher level would slow down.
constexpr int kZstdLevel = 1;

struct FreeZstd {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// False when it does not fit a block, or there is no memory.
bool CompressZstd(std::string_view records, std::string& data) {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeZstd> context(ZSTD_createCCtx());
  if (context == nullptr) return false;
  data.resize(ZSTD_compressBound(records.size()));
  const std::size_t written =
      ZSTD_compressCCtx(context.get(), data.data(), data.size(), records.data(), records.size(), kZstdLevel);
  if (ZSTD_isError(written) != 0U) return false;
  data.resize(written);
  return true;
}

bool CompressLz4(std::string_view records, std::string& data) {
  if (records.size() > LZ4_MAX_INPUT_SIZE) return false;
  const int size = static_cast<int>(records.size());
  data.resize(static_cast<std::size_t>(LZ4_compressBound(size)));
  const int written = LZ4_compress_default(records.data(), data.data(), size, static_cast<int>(data.size()));
  if (written <= 0) return false;
  data.resize(static_cast<std::size_t>(written));
  return true;
}

// Fills `records` to its size.
bool DecompressZstd(std::string_view data, std::string& records) {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeZstd> context(ZSTD_createDCtx());
  if (context == nullptr) return false;
  const std::size_t written =
      ZSTD_decompressDCtx(context.get(), records.data(), records.size(), data.data(), data.size());
  return ZSTD_isError(written) == 0U && written == records.size();
}

bool DecompressLz4(std::string_view data, std::string& records) {
  constexpr std::size_t kMax = std::numeric_limits<int>::max();
  if (data.size() > kMax || records.size() > kMax) return false;
  const int written =
      LZ4_decompress_safe(data.data(), records.data(), static_cast<int>(data.size()), static_cast<int>(records.size()));
  return written >= 0 && static_cast<std::size_t>(written) == records.size();
}

bool Compress(std::string_view records, Compression compression, std::string& data) {
  if (compression == COMPRESSION_ZSTD) return CompressZstd(records, data);
  return compression == COMPRESSION_LZ4 && CompressLz4(records, data);
}

}  // namespace

void PackBlock(std::string_view records, std::uint32_t record_count, Compression compression, RecordBlock& block) {
  block.set_record_count(record_count);
  block.set_records_bytes(static_cast<std::uint32_t>(records.size()));
  std::string& data = *block.mutable_data();
  if (Compress(records, compression, data)) {
    block.set_compression(compression);
  } else {
    block.set_compression(COMPRESSION_NONE);
    data.assign(records);
  }
}

UnpackedBlock UnpackBlock(const RecordBlock& block, std::size_t records_bytes_max, std::string& buffer) {
  const std::size_t records_bytes = block.records_bytes();
  if (records_bytes > records_bytes_max) return {.defect = BlockDefect::kOverLimit};
  switch (block.compression()) {
    case COMPRESSION_NONE:
      if (block.data().size() != records_bytes) return {.defect = BlockDefect::kDamaged};
      return {.records = block.data()};
    case COMPRESSION_LZ4:
      buffer.resize(records_bytes);
      if (!DecompressLz4(block.data(), buffer)) return {.defect = BlockDefect::kDamaged};
      return {.records = buffer};
    case COMPRESSION_ZSTD:
      buffer.resize(records_bytes);
      if (!DecompressZstd(block.data(), buffer)) return {.defect = BlockDefect::kDamaged};
      return {.records = buffer};
    default:
      return {.defect = BlockDefect::kUnknownCompression};
  }
}

std::string_view DescribeDefect(BlockDefect defect) {
  switch (defect) {
    case BlockDefect::kNone:
      return "is whole";
    case BlockDefect::kUnknownCompression:
      return "has a compression that this program does not know";
    case BlockDefect::kOverLimit:
      return "is over the limit";
    case BlockDefect::kDamaged:
      return "is damaged";
  }
  return "is damaged";
}

}  // namespace streamhouse::v1
