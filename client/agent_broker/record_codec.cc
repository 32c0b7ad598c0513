#include "client/agent_broker/record_codec.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "client/record.h"
#include "client/record_headers.h"
#include "proto/record_block.h"

namespace streamhouse::client {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

Result<RecordBatch> DecodeBlock(const v1::RecordBlock& block, std::size_t records_bytes_max) {
  std::string buffer;
  const v1::UnpackedBlock unpacked = v1::UnpackBlock(block, records_bytes_max, buffer);
  if (unpacked.defect != v1::BlockDefect::kNone) {
    return Status(StatusCode::kDataLoss,
                  "the block of records that was fetched " + std::string(v1::DescribeDefect(unpacked.defect)));
  }
  if (block.compression() == v1::COMPRESSION_NONE) buffer.assign(unpacked.records);
  std::optional<RecordBatch> batch = RecordBatch::FromLaidOut(std::move(buffer), block.record_count());
  if (!batch) return Status(StatusCode::kDataLoss, "the block that was fetched does not hold whole records");
  return *std::move(batch);
}

}  // namespace

v1::Compression ToWire(Compression compression) {
  switch (compression) {
    case Compression::kNone:
      return v1::COMPRESSION_NONE;
    case Compression::kLz4:
      return v1::COMPRESSION_LZ4;
    case Compression::kZstd:
      return v1::COMPRESSION_ZSTD;
  }
  return v1::COMPRESSION_NONE;
}

void EncodeRecords(const RecordBatch& batch, v1::RecordBlock& block) {
  v1::PackBlock(batch.laid_out(), static_cast<std::uint32_t>(batch.size()), ToWire(batch.compression()), block);
}

Result<RecordBatch> DecodeRecords(const v1::FetchResponse& response, std::size_t records_bytes_max) {
  if (response.has_block()) return DecodeBlock(response.block(), records_bytes_max);
  std::size_t bytes = 0;
  for (const v1::Record& record : response.records()) bytes += record.key().size() + record.value().size();
  RecordBatch batch;
  batch.Reserve(static_cast<std::size_t>(response.records_size()), bytes);
  for (const v1::Record& record : response.records()) {
    RecordView decoded = {.value = record.value(), .timestamp_ms = record.timestamp_ms()};
    if (record.has_key()) decoded.key = record.key();
    RecordHeaders headers;
    for (const v1::Header& header : record.headers()) headers.Add(header.name(), header.value());
    decoded.headers = headers;
    batch.Append(decoded);
  }
  return batch;
}

}  // namespace streamhouse::client
