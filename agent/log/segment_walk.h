// SegmentWalk: the batches of a part of a segment, one after the other, over damaged headers as
// well.
//
// When to use something else: SegmentReader stops at damage.
// Guarantees:
// 1. Offsets rise; they have gaps only where damage was reported.
// 2. Behind a damaged header the walk goes on with the next batch that leads to a known place
//    (batch_search.h), or else with that place.
// Thread safety: one thread a walk.
// Cost: that of SegmentReader; behind damage, reading up to the next known place.
// Errors: those of the file system, and FailedPrecondition for a newer version.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "agent/log/damage_list.h"
#include "agent/log/file_system.h"
#include "agent/log/log_format.h"
#include "agent/log/segment_reader.h"
#include "agent/log/sparse_index.h"

namespace streamhouse::agent {

class SegmentWalk {
 public:
  // The first batch behind a position that is known to start there; nothing where only the end is
  // known.
  using KnownBehind = std::function<std::optional<BatchPosition>(std::uint64_t position)>;
  using ReportDamage = std::function<void(const Damage&)>;

  // From a batch to what stands behind the last one. `file` and `path` must outlive the walk.
  SegmentWalk(const ReadableFile& file, const std::string& path, BatchPosition start, BatchPosition end,
              KnownBehind known_behind, ReportDamage report)
      : file_(file),
        reader_(file, path, start.position, end.position),
        end_(end),
        known_behind_(std::move(known_behind)),
        report_(std::move(report)),
        next_offset_(start.base_offset) {}

  // The next batch whose header can be read, or nothing at the end.
  Result<std::optional<BatchHeader>> Next();

  // Where the batch that Next() returned stands.
  std::uint64_t position() const { return reader_.position(); }

  // Visits the records of the batch that Next() returned. A damaged body is reported, and DataLoss.
  Status Visit(const RecordVisitor& visit);

  // The last damage that this walk has found.
  const Status& damage() const { return damage_; }

 private:
  Result<BatchPosition> FindBehind(std::uint64_t position) const;
  void Report(OffsetRange lost, const Status& damage);

  const ReadableFile& file_;
  SegmentReader reader_;
  const BatchPosition end_;
  const KnownBehind known_behind_;
  const ReportDamage report_;

  std::uint64_t next_offset_;  // of the batch behind the current one
  std::optional<BatchHeader> current_;
  Status damage_;
};

}  // namespace streamhouse::agent
