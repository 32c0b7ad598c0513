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
#include "agent/metadata/sqlite_wal.h"
#include "agent/topics/topic_removal.h"

namespace streamhouse::agent {
namespace {

constexpr std::size_t kCopyBytes = std::size_t{1} << 20;
constexpr std::chrono::milliseconds kBusyTimeout{10'000};

Status CheckFolders(FileSystem& files, const std::string& from, const std::string& to) {
  if (auto metadata = files.FileSize(from + "/metadata.db"); !metadata.ok()) {
    return metadata.status().WithMessage("no data of an agent: " + metadata.status().message());
  }
  if (Status made = files.CreateFolders(to); !made.ok()) return made;
  auto names = files.ListFolder(to);
  if (!names.ok()) return names.status();
  if (names->empty()) return Status::Ok();
  return {StatusCode::kFailedPrecondition, "the folder " + to + " is not empty"};
}

// SQLite takes damage to its log for the end of it, and the last connection that closes removes the
// log. An agent that serves has checked it, and writes to it.
Status CheckMetadata(FileSystem& files, const std::string& from) {
  const std::string lock_path = from + "/lock";
  std::unique_ptr<FolderLock> lock;
  // A new one would belong to the user of this process.
  if (files.FileSize(lock_path).ok()) {
    auto locked = files.LockFolder(lock_path);
    if (!locked.ok()) return Status::Ok();
    lock = *std::move(locked);
  }
  return CheckWal(files, from + "/metadata.db");
}

Result<std::unique_ptr<SqliteMetadataStore>> CopyMetadata(const std::string& from, const std::string& to) {
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
  return store;
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

// Copies the segments of one partition. Meanwhile segments may be appended to and added, and
// retention may remove some, the oldest first.
class PartitionCopy {
 public:
  PartitionCopy(FileSystem& files, std::string from, std::string to)
      : files_(files), from_(std::move(from)), to_(std::move(to)) {}

  Status Run() {
    if (Status made = files_.CreateFolders(to_); !made.ok()) return made;
    for (Status before;;) {
      Status copied = CopyListed();
      // Retention does not remove a segment that stays listed: it may be a link to nowhere, for
      // example.
      if (copied.code() != StatusCode::kNotFound || copied == before) return copied;
      before = std::move(copied);
    }
  }

  // To be called when nothing writes to the copy any more: retention goes by the times of older
  // files.
  Status KeepTimes() const {
    for (const CopiedSegment& segment : copied_) {
      Status kept = files_.SetModificationTime(to_ + "/" + segment.name, segment.time_ms);
      // PartitionLog::Open() removes an empty segment that the one before has passed.
      if (!kept.ok() && kept.code() != StatusCode::kNotFound) return kept;
    }
    return files_.SyncFolder(to_);
  }

  std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const CopiedSegment& segment : copied_) sum += segment.bytes;
    return sum;
  }

 private:
  // Copies the segments that are not yet copied. NotFound: a segment went away meanwhile. The
  // segments must then be listed again, or the copy would have a gap.
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
  // Truncates a batch that was being written.
  auto log = PartitionLog::Open(files, to, {.sync_policy = SyncPolicy::kEachBatch});
  if (!log.ok()) return log.status();
  if (Status closed = (*log)->Close(); !closed.ok()) return closed;
  if (Status kept = copy.KeepTimes(); !kept.ok()) return kept;
  return copy.bytes() - (*log)->torn_bytes();
}

// Whether the topic has ended since the metadata were copied; another of its name may be in its
// folder.
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

// Returns the bytes of its logs; nothing when the topic has ended meanwhile.
Result<std::optional<std::uint64_t>> CopyTopic(FileSystem& files, const std::string& from, const std::string& to,
                                               const TopicDescription& topic, SqliteDatabase& source,
                                               const BackupProgress& progress) {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < topic.partitions; ++i) {
    const TopicPartition name = {.topic = topic.name, .partition = i};
    const auto bytes = CopyPartition(files, from + "/log/" + name.ToString(), to + "/log/" + name.ToString());
    // Also after a failure: the copied files may be of two topics.
    const auto has_ended = HasEnded(source, topic);
    if (!has_ended.ok()) return has_ended.status();
    if (*has_ended) return std::optional<std::uint64_t>();
    if (!bytes.ok()) return bytes.status();
    sum += *bytes;
    progress(name, *bytes);
  }
  return std::optional(sum);
}

// Takes a topic that has ended out of the copy.
Status RemoveTopic(FileSystem& files, MetadataStore& copy, const std::string& to, const TopicDescription& topic) {
  if (Status deleted = copy.DeleteTopic(topic.name, topic.id); !deleted.ok()) return deleted;
  return RemoveFiles(files, copy, to + "/log", {.topic = topic.name, .id = topic.id}, TopicFolder::kOfDeletedLife)
      .status();
}

Result<BackupTotals> CopyTopics(FileSystem& files, MetadataStore& copy, const std::string& from, const std::string& to,
                                const BackupProgress& progress) {
  auto source = SqliteDatabase::Open(from + "/metadata.db", kBusyTimeout, {});
  if (!source.ok()) return source.status();
  auto topics = copy.ListTopics();
  if (!topics.ok()) return topics.status();
  BackupTotals totals;
  for (const TopicDescription& topic : *topics) {
    const auto bytes = CopyTopic(files, from, to, topic, **source, progress);
    if (!bytes.ok()) return bytes.status();
    if (!bytes->has_value()) {
      if (Status removed = RemoveTopic(files, copy, to, topic); !removed.ok()) return removed;
      continue;
    }
    ++totals.topics;
    totals.partitions += topic.partitions;
    totals.bytes += **bytes;
  }
  return totals;
}

}  // namespace

Result<BackupTotals> BackUp(const std::string& from, const std::string& to, const BackupProgress& progress,
                            FileSystem& files) {
  if (Status fit = CheckFolders(files, from, to); !fit.ok()) return fit;
  if (Status checked = CheckMetadata(files, from); !checked.ok()) return checked;
  auto copy = CopyMetadata(from, to);
  if (!copy.ok()) return copy.status();
  auto totals = CopyTopics(files, **copy, from, to, progress);
  if (!totals.ok()) return totals.status();
  copy->reset();
  if (Status synced = files.SyncFolder(to); !synced.ok()) return synced;
  return totals;
}

}  // namespace streamhouse::agent
