#include "agent/log/batch_search.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "agent/log/crc32.h"

namespace streamhouse::agent {
namespace {

using metrics::Result;
using metrics::StatusCode;

// Calls `visit` with each position where the magic stands, and with the header there or why there
// is none.
template <typename VisitHeader>
void ForEachHeader(std::string_view bytes, const VisitHeader& visit) {
  std::array<char, sizeof(kBatchMagic)> magic;
  std::memcpy(magic.data(), &kBatchMagic, magic.size());
  const std::string_view wanted(magic.data(), magic.size());
  for (auto at = bytes.find(wanted); at != std::string_view::npos; at = bytes.find(wanted, at + wanted.size())) {
    visit(std::uint64_t{at}, DecodeBatchHeader(bytes.substr(at)));
  }
}

FoundBatch FoundAt(std::uint64_t position, const BatchHeader& header) {
  return {.position = position,
          .base_offset = header.base_offset,
          .end_offset = header.end_offset(),
          .batch_bytes = header.batch_bytes()};
}

// The checksum of the first so many bytes, for each of `ends`, which are sorted.
std::vector<std::uint32_t> ChecksumsOfBeginnings(std::string_view bytes, const std::vector<std::uint64_t>& ends) {
  std::vector<std::uint32_t> checksums;
  checksums.reserve(ends.size());
  std::uint64_t done = 0;
  std::uint32_t checksum = 0;
  for (const std::uint64_t end : ends) {
    checksum = ExtendCrc32(checksum, bytes.substr(done, end - done));
    done = end;
    checksums.push_back(checksum);
  }
  return checksums;
}

}  // namespace

WholeBatches FindWholeBatches(std::string_view bytes) {
  WholeBatches result;
  std::vector<std::pair<FoundBatch, std::uint32_t>> candidates;  // with the checksum that the body should have
  std::vector<std::uint64_t> ends;                               // where bodies begin and end
  ForEachHeader(bytes, [&](std::uint64_t position, const Result<BatchHeader>& header) {
    result.bytes_checksummed += kBatchHeaderBytes;
    if (header.status().code() == StatusCode::kFailedPrecondition && !result.newer_version_at) {
      result.newer_version_at = position;
    }
    if (!header.ok() || header->batch_bytes() > bytes.size() - position) return;
    candidates.emplace_back(FoundAt(position, *header), header->body_crc);
    ends.push_back(position + kBatchHeaderBytes);
    ends.push_back(position + header->batch_bytes());
  });
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  // Bodies overlap where records hold the bytes of batches. The checksum of a range follows from
  // the checksums of two prefixes of the bytes. So no byte is read twice.
  const std::vector<std::uint32_t> checksums = ChecksumsOfBeginnings(bytes, ends);
  if (!ends.empty()) result.bytes_checksummed += ends.back();
  const auto checksum_up_to = [&](std::uint64_t end) {
    return checksums[static_cast<std::size_t>(std::lower_bound(ends.begin(), ends.end(), end) - ends.begin())];
  };
  for (const auto& [batch, body_crc] : candidates) {
    const std::uint32_t before = checksum_up_to(batch.position + kBatchHeaderBytes);
    const std::uint32_t whole = checksum_up_to(batch.position + batch.batch_bytes);
    const std::uint64_t body_bytes = batch.batch_bytes - kBatchHeaderBytes;
    if (Crc32OfEnd(before, whole, body_bytes) == body_crc) result.batches.push_back(batch);
  }
  return result;
}

std::optional<FoundBatch> FindBatchThatLeadsTo(std::uint64_t end_offset, std::uint64_t offset_min,
                                               std::string_view bytes) {
  std::vector<FoundBatch> candidates;
  ForEachHeader(bytes, [&](std::uint64_t position, const Result<BatchHeader>& header) {
    if (header.ok()) candidates.push_back(FoundAt(position, *header));
  });
  // By position: the first offset of a chain of headers that leads to the end.
  std::unordered_map<std::uint64_t, std::uint64_t> ways = {{bytes.size(), end_offset}};
  std::optional<FoundBatch> first;
  for (auto batch = candidates.rbegin(); batch != candidates.rend(); ++batch) {
    const auto way = ways.find(batch->position + batch->batch_bytes);
    if (way == ways.end() || way->second != batch->end_offset) continue;
    ways.emplace(batch->position, batch->base_offset);
    if (batch->base_offset >= offset_min) first = *batch;
  }
  return first;
}

}  // namespace streamhouse::agent
