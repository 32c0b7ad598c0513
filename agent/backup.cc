#include "agent/backup.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/log/file_system.h"
#include "agent/log/partition_log.h"
#include "agent/log/segment_name.h"
#include "agent/metadata/sqlite_database.h"
#include "agent/metadata/sqlite_metadata_store.h"

namespace streamhouse::agent {
namespace {

constexpr std::size_t kCopyBytes = std::size_t{1} << 20;
constexpr std::chrono::milliseconds kBusyTimeout{10'000};

Status CheckFolders(FileSystem& files, const std::string& from, const std::string& to) {
  if (auto metadata = files.FileSize(from + "/metadata.db"); !metadata.ok()) {
    return {metadata.status().code(), "no data of an agent: " + metadata.status().message()};
  }
  if (Status made = files.CreateFolders(to); !made.ok()) return made;
  auto names = files.ListFolder(to);
  if (!names.ok()) return names.status();
  if (names->empty()) return Status::Ok();
  return {StatusCode::kFailedPrecondition, "the folder " + to + " is not empty"};
}

Result<std::vector<TopicDescription>> CopyMetadata(const std::string& from, const std::string& to) {
  auto source = SqliteDatabase::Open(from + "/metadata.db", kBusyTimeout, {});
  if (!source.ok()) return source.status();
  if (Status copied = (*source)->CopyTo(to + "/metadata.db"); !copied.ok()) return copied;
  // Opening it also checks all that is in it.
  auto store = SqliteMetadataStore::Open(to + "/metadata.db");
  if (!store.ok()) return store.status();
  // Their files are not copied: a folder of that name beside the copy is another.
  auto deleted = (*store)->ListDeleted();
  if (!deleted.ok()) return deleted.status();
  for (const DeletedLife& life : *deleted) {
    if (Status forgotten = (*store)->ForgetDeleted(life.id); !forgotten.ok()) return forgotten;
  }
  return (*store)->ListTopics();
}

Result<std::uint64_t> CopyFile(FileSystem& files, const std::string& from, const std::string& to) {
  auto source = files.OpenForRead(from);
  if (!source.ok()) return source.status();
  auto target = files.OpenForAppend(to);
  if (!target.ok()) return target.status();
  std::vector<char> buffer(kCopyBytes);
  std::uint64_t copied = 0;
  for (;;) {
    auto read = (*source)->ReadAt(copied, buffer);
    if (!read.ok()) return read.status();
    if (Status written = (*target)->Append({buffer.data(), *read}, {}); !written.ok()) return written;
    copied += *read;
    if (*read < buffer.size()) break;
  }
  if (Status synced = (*target)->Sync(); !synced.ok()) return synced;
  return copied;
}

struct CopiedSegment {
  std::string name;
  std::uint64_t bytes = 0;
  std::int64_t time_ms = 0;  // of the source
};

// Copies the segments of one partition. Meanwhile segments may be appended to and added, and retention may remove some,
// the oldest first.
class PartitionCopy {
 public:
  PartitionCopy(FileSystem& files, std::string from, std::string to)
      : files_(files), from_(std::move(from)), to_(std::move(to)) {}

  Status Run() {
    if (Status made = files_.CreateFolders(to_); !made.ok()) return made;
    for (Status before;;) {
      Status copied = CopyListed();
      // A segment that stays listed is not one that retention removes: a link to nowhere, for example.
      if (copied.code() != StatusCode::kNotFound || copied == before) return copied;
      before = std::move(copied);
    }
  }

  // To be called when nothing writes to the copy any more: retention goes by the times of older files.
  Status KeepTimes() const {
    for (const CopiedSegment& segment : copied_) {
      if (Status kept = files_.SetModificationTime(to_ + "/" + segment.name, segment.time_ms); !kept.ok()) return kept;
    }
    return files_.SyncFolder(to_);
  }

  std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const CopiedSegment& segment : copied_) sum += segment.bytes;
    return sum;
  }

 private:
  // Copies what is there and not yet copied. NotFound: a segment went away meanwhile; what is there has to be listed
  // again, or the copy would have a gap.
  Status CopyListed() {
    auto names = files_.ListFolder(from_);
    if (names.status().code() == StatusCode::kNotFound) names = std::vector<std::string>();
    if (!names.ok()) return names.status();
    if (Status dropped = DropUnlisted(*names); !dropped.ok()) return dropped;
    for (const std::string& name : *names) {
      if (!BaseOffsetOf(name) || (!copied_.empty() && name <= copied_.back().name)) continue;
      const auto time_ms = files_.ModificationTime(from_ + "/" + name);
      if (!time_ms.ok()) return time_ms.status();
      const auto bytes = CopyFile(files_, from_ + "/" + name, to_ + "/" + name);
      if (!bytes.ok()) return bytes.status();
      copied_.push_back({.name = name, .bytes = *bytes, .time_ms = *time_ms});
    }
    return Status::Ok();
  }

  Status DropUnlisted(const std::vector<std::string>& names) {
    for (auto segment = copied_.begin(); segment != copied_.end();) {
      if (std::binary_search(names.begin(), names.end(), segment->name)) {
        ++segment;
        continue;
      }
      if (Status removed = files_.RemoveFile(to_ + "/" + segment->name); !removed.ok()) return removed;
      segment = copied_.erase(segment);
    }
    return Status::Ok();
  }

  FileSystem& files_;
  const std::string from_;
  const std::string to_;
  std::vector<CopiedSegment> copied_;
};

Result<std::uint64_t> CopyPartition(FileSystem& files, const std::string& from, const std::string& to) {
  PartitionCopy copy(files, from, to);
  if (Status copied = copy.Run(); !copied.ok()) return copied;
  // Cuts off a batch that was being written.
  auto log = PartitionLog::Open(files, to, {.sync_policy = SyncPolicy::kEachBatch});
  if (!log.ok()) return log.status();
  if (Status closed = (*log)->Close(); !closed.ok()) return closed;
  if (Status kept = copy.KeepTimes(); !kept.ok()) return kept;
  return copy.bytes() - (*log)->torn_bytes();
}

// Whether the topic has ended since the metadata were copied; another of its name may be in its folder.
Result<bool> HasEnded(SqliteDatabase& source, const TopicDescription& topic) {
  auto version = SqliteStatement::Prepare(source, "PRAGMA user_version");
  if (!version.ok()) return version.status();
  if (auto row = version->Step(); !row.ok()) return row.status();
  // Version 1 has no ids, since its programs delete no topic.
  if (version->Integer(0) == 1) return false;
  auto topics = SqliteStatement::Prepare(source, "SELECT 1 FROM topics WHERE topic_id = ?1");
  if (!topics.ok()) return topics.status();
  topics->Bind(1, static_cast<std::int64_t>(topic.id));
  auto row = topics->Step();
  if (!row.ok()) return row.status();
  return *row == SqliteStatement::Row::kDone;
}

Status RemoveSegments(FileSystem& files, const std::string& folder) {
  auto names = files.ListFolder(folder);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (!BaseOffsetOf(name)) continue;
    if (Status removed = files.RemoveFile(folder + "/" + name); !removed.ok()) return removed;
  }
  return files.SyncFolder(folder);
}

}  // namespace

Result<BackupTotals> BackUp(const std::string& from, const std::string& to, const BackupProgress& progress,
                            FileSystem& files) {
  if (Status fit = CheckFolders(files, from, to); !fit.ok()) return fit;
  auto topics = CopyMetadata(from, to);
  if (!topics.ok()) return topics.status();
  auto source = SqliteDatabase::Open(from + "/metadata.db", kBusyTimeout, {});
  if (!source.ok()) return source.status();
  BackupTotals totals = {.topics = topics->size()};
  for (const TopicDescription& topic : *topics) {
    for (std::uint32_t i = 0; i < topic.partitions; ++i) {
      const TopicPartition name = {.topic = topic.name, .partition = i};
      const std::string copy = to + "/log/" + name.ToString();
      auto bytes = CopyPartition(files, from + "/log/" + name.ToString(), copy);
      if (!bytes.ok()) return bytes.status();
      const auto has_ended = HasEnded(**source, topic);
      if (!has_ended.ok()) return has_ended.status();
      if (*has_ended) {
        if (Status removed = RemoveSegments(files, copy); !removed.ok()) return removed;
        *bytes = 0;
      }
      ++totals.partitions;
      totals.bytes += *bytes;
      progress(name, *bytes);
    }
  }
  if (Status synced = files.SyncFolder(to); !synced.ok()) return synced;
  return totals;
}

}  // namespace streamhouse::agent
