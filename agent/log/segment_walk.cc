#include "agent/log/segment_walk.h"

#include "agent/log/batch_search.h"

namespace streamhouse::agent {

Result<std::optional<BatchHeader>> SegmentWalk::Next() {
  if (current_) reader_.Skip(*current_);
  current_.reset();
  for (;;) {
    auto header = reader_.ReadHeader();
    if (header.ok() && !header->has_value()) return header;
    const Status problem = header.ok() ? reader_.CheckOffset(**header, next_offset_) : header.status();
    if (problem.ok()) {
      current_ = **header;
      next_offset_ = current_->end_offset();
      return header;
    }
    if (problem.code() != StatusCode::kDataLoss) return problem;
    auto behind = FindBehind(reader_.position());
    if (!behind.ok()) return behind.status();
    Report({.first = next_offset_, .next = behind->base_offset}, problem);
    reader_.MoveTo(behind->position);
    next_offset_ = behind->base_offset;
  }
}

Status SegmentWalk::Visit(const RecordVisitor& visit) {
  Status visited = reader_.Visit(*current_, visit);
  if (visited.code() == StatusCode::kDataLoss) {
    Report({.first = current_->base_offset, .next = current_->end_offset()}, visited);
  }
  return visited;
}

void SegmentWalk::Report(OffsetRange lost, const Status& damage) {
  damage_ = damage;
  report_({.lost = lost, .reason = damage.message()});
}

Result<BatchPosition> SegmentWalk::FindBehind(std::uint64_t position) const {
  BatchPosition known = end_;
  if (const auto place = known_behind_(position); place && place->position < end_.position) known = *place;
  std::string bytes(known.position - position, '\0');
  auto filled = file_.ReadAt(position, bytes);
  if (!filled.ok()) return filled.status();
  if (*filled < bytes.size()) return known;
  // Offsets may be missing before a batch that is whole; that batch is then the next one.
  const auto found = FindBatchThatLeadsTo(known.base_offset, next_offset_ + 1, bytes);
  return found ? BatchPosition{.base_offset = found->base_offset, .position = position + found->position} : known;
}

}  // namespace streamhouse::agent
