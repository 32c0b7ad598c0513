#include "agent/backup.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "agent/log/file_system.h"
#include "agent/log/partition_log.h"
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

Result<std::vector<TopicInfo>> CopyMetadata(const std::string& from, const std::string& to) {
  auto source = SqliteDatabase::Open(from + "/metadata.db", kBusyTimeout, {});
  if (!source.ok()) return source.status();
  if (Status copied = (*source)->CopyTo(to + "/metadata.db"); !copied.ok()) return copied;
  // Opening it also checks all that is in it.
  auto store = SqliteMetadataStore::Open(to + "/metadata.db");
  if (!store.ok()) return store.status();
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

// Segments may be appended to, added and removed meanwhile, the oldest first.
Result<std::uint64_t> CopyPartition(FileSystem& files, const std::string& from, const std::string& to) {
  if (Status made = files.CreateFolders(to); !made.ok()) return made;
  auto names = files.ListFolder(from);
  if (names.status().code() == StatusCode::kNotFound) return std::uint64_t{0};
  if (!names.ok()) return names.status();
  std::uint64_t bytes = 0;
  for (const std::string& name : *names) {
    if (!name.ends_with(".log")) continue;
    auto copied = CopyFile(files, from + "/" + name, to + "/" + name);
    if (copied.status().code() == StatusCode::kNotFound) continue;
    if (!copied.ok()) return copied.status();
    bytes += *copied;
  }
  // Cuts off a batch that was being written.
  auto log = PartitionLog::Open(files, to, {.sync_policy = SyncPolicy::kEachBatch});
  if (!log.ok()) return log.status();
  if (Status closed = (*log)->Close(); !closed.ok()) return closed;
  return bytes - (*log)->torn_bytes();
}

}  // namespace

Result<BackupTotals> BackUp(const std::string& from, const std::string& to, const BackupProgress& progress) {
  FileSystem& files = PosixFileSystem();
  if (Status fit = CheckFolders(files, from, to); !fit.ok()) return fit;
  auto topics = CopyMetadata(from, to);
  if (!topics.ok()) return topics.status();
  BackupTotals totals = {.topics = topics->size()};
  for (const TopicInfo& topic : *topics) {
    for (std::uint32_t i = 0; i < topic.partitions; ++i) {
      const TopicPartition name = {.topic = topic.name, .partition = i};
      auto bytes = CopyPartition(files, from + "/log/" + name.ToString(), to + "/log/" + name.ToString());
      if (!bytes.ok()) return bytes.status();
      ++totals.partitions;
      totals.bytes += *bytes;
      progress(name, *bytes);
    }
  }
  if (Status synced = files.SyncFolder(to); !synced.ok()) return synced;
  return totals;
}

}  // namespace streamhouse::agent
