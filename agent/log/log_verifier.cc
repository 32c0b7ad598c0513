#include "agent/log/log_verifier.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "agent/log/batch_search.h"
#include "agent/log/log_format.h"
#include "agent/log/segment_name.h"
#include "agent/log/segment_reader.h"

namespace streamhouse::agent {
namespace {

// One segment, from its first batch to its end.
class SegmentCheck {
 public:
  // `next_base` is where the segment behind this one begins; nothing for the last one, which may
  // grow.
  SegmentCheck(FileSystem& files, std::string path, std::uint64_t base_offset, std::optional<std::uint64_t> next_base,
               const VerifyListener& listener, VerifiedLog& result)
      : files_(files),
        path_(std::move(path)),
        next_base_(next_base),
        listener_(listener),
        result_(result),
        next_(base_offset) {}

  // Returns the offset behind the last record.
  Result<std::uint64_t> Run() {
    auto size = files_.FileSize(path_);
    if (!size.ok()) return size.status();
    auto file = files_.OpenForRead(path_);
    if (!file.ok()) return file.status();
    file_ = *std::move(file);
    size_ = *size;
    reader_.emplace(*file_, path_, 0, size_);
    while (TakeBatch()) {
    }
    ++result_.segments;
    result_.bytes += reader_->position();
    return next_;
  }

 private:
  // False at the end.
  bool TakeBatch() {
    const std::uint64_t before = reader_->position();
    auto header = reader_->ReadHeader();
    if (header.ok() && !header->has_value()) return false;
    Status problem = header.ok() ? reader_->CheckOffset(**header, next_) : header.status();
    if (problem.ok() && before + (*header)->batch_bytes() > size_) {
      problem = {StatusCode::kDataLoss, path_ + " at byte " + std::to_string(before) + ": a batch is truncated"};
    }
    const bool is_truncated =
        header.ok() ? !problem.ok() && (*header)->base_offset == next_ : before + kBatchHeaderBytes > size_;
    if (!next_base_ && is_truncated) return IsStillWritten() || EndsTorn();
    if (!problem.ok()) return SkipDamage(problem);
    const BatchHeader& batch = **header;
    const Status visited = reader_->Visit(batch, [](const RecordView&) { return Visit::kContinue; });
    reader_->Skip(batch);
    next_ = batch.end_offset();
    if (visited.ok()) {
      ++result_.batches;
      result_.records += batch.record_count;
    } else {
      Report({.first = batch.base_offset, .next = next_}, visited);
    }
    listener_.progress(batch.batch_bytes());
    return true;
  }

  // An agent may have appended since the size was asked for.
  bool IsStillWritten() {
    auto size = files_.FileSize(path_);
    if (!size.ok() || *size <= size_) return false;
    size_ = *size;
    reader_.emplace(*file_, path_, reader_->position(), size_);
    return true;
  }

  bool EndsTorn() {
    result_.torn_bytes += size_ - reader_->position();
    return false;
  }

  // Moves on from a damaged header to the next whole batch. False where the segment has no other
  // one.
  bool SkipDamage(const Status& problem) {
    const std::uint64_t position = reader_->position();
    if (!whole_) FindWhole(position);
    while (next_whole_ < whole_->size()) {
      const FoundBatch& found = (*whole_)[next_whole_];
      if (found.position >= position && found.base_offset > next_) {
        Report({.first = next_, .next = found.base_offset}, problem);
        reader_->MoveTo(found.position);
        next_ = found.base_offset;
        listener_.progress(found.position - position);
        return true;
      }
      ++next_whole_;
    }
    // Only the next segment can tell the number of lost records.
    const std::uint64_t end = std::max(next_base_.value_or(next_ + 1), next_ + 1);
    Report({.first = next_, .next = end}, problem);
    next_ = next_base_.value_or(next_);
    return false;
  }

  void FindWhole(std::uint64_t from) {
    whole_.emplace();
    std::string bytes(size_ - std::min(from, size_), '\0');
    auto filled = file_->ReadAt(from, bytes);
    if (!filled.ok()) return;
    bytes.resize(*filled);
    *whole_ = FindWholeBatches(bytes).batches;
    for (FoundBatch& batch : *whole_) batch.position += from;
  }

  void Report(OffsetRange lost, const Status& problem) {
    ++result_.damages;
    listener_.damage({.lost = lost, .reason = problem.message()});
  }

  FileSystem& files_;
  const std::string path_;
  const std::optional<std::uint64_t> next_base_;
  const VerifyListener& listener_;
  VerifiedLog& result_;

  std::unique_ptr<ReadableFile> file_;
  std::uint64_t size_ = 0;
  std::optional<SegmentReader> reader_;
  std::uint64_t next_;                            // the offset of the batch at the reader's position
  std::optional<std::vector<FoundBatch>> whole_;  // behind the first damage
  std::size_t next_whole_ = 0;                    // those before are behind the reader
};

}  // namespace

Result<VerifiedLog> VerifyLog(FileSystem& files, const std::string& folder, const VerifyListener& listener) {
  auto names = files.ListFolder(folder);
  if (!names.ok()) return names.status();
  std::vector<std::uint64_t> bases;
  for (const std::string& name : *names) {
    if (const auto base = BaseOffsetOf(name)) bases.push_back(*base);
  }
  VerifiedLog result;
  const auto report = [&](OffsetRange lost, std::string reason) {
    ++result.damages;
    listener.damage({.lost = lost, .reason = std::move(reason)});
  };
  const auto is_gone = [&](std::uint64_t base) {
    return files.FileSize(folder + "/" + SegmentName(base)).status().code() == StatusCode::kNotFound;
  };
  std::optional<std::uint64_t> next;  // where the segment before ends
  for (std::size_t i = 0; i < bases.size(); ++i) {
    const std::string path = folder + "/" + SegmentName(bases[i]);
    if (next && bases[i] != *next) {
      // An empty file may be left of a segment that could not be started.
      if (bases[i] < *next && files.FileSize(path).ok() && *files.FileSize(path) == 0) continue;
      report({.first = std::min(bases[i], *next), .next = std::max(bases[i], *next)},
             path + " at byte 0: the segment before it ends at offset " + std::to_string(*next));
      if (bases[i] < *next) continue;
    }
    const auto next_base = i + 1 < bases.size() ? std::optional(bases[i + 1]) : std::nullopt;
    auto end = SegmentCheck(files, path, bases[i], next_base, listener, result).Run();
    if (end.ok()) {
      next = *end;
    } else if (end.status().code() == StatusCode::kNotFound && is_gone(bases.front())) {
      next.reset();  // retention has come this far meanwhile
    } else {
      report({.first = bases[i], .next = next_base.value_or(bases[i] + 1)}, end.status().message());
      next = next_base;
    }
  }
  return result;
}

}  // namespace streamhouse::agent
