#include "agent/metadata/make_metadata_store.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "agent/log/file_system.h"
#include "agent/metadata/in_memory_metadata_store.h"
#include "agent/metadata/sqlite_metadata_store.h"
#include "agent/metadata/sqlite_wal.h"

namespace streamhouse::agent {
namespace {

constexpr std::string_view kSqliteScheme = "sqlite://";
constexpr std::string_view kMemory = "memory:";
// For options and escapes that there may be one day.
constexpr std::string_view kReserved = "%?#";

Status Refuse(std::string_view spec, std::string_view why) {
  return {StatusCode::kInvalidArgument, "metadata store \"" + ShownSpec(spec) + "\" " + std::string(why)};
}

std::string SchemeOf(std::string_view spec) {
  const std::size_t end = spec.find(':');
  if (end == std::string_view::npos || end + 1 == spec.size()) return std::string(spec);
  return std::string(spec.substr(0, end + 1)) + "…";
}

// As SQLite does before it names the files beside the database.
std::string FollowLinks(const std::string& path) {
  std::error_code error;
  const std::filesystem::path file = std::filesystem::weakly_canonical(path, error);
  return error ? path : file.string();
}

Result<std::unique_ptr<MetadataStore>> OpenSqliteStore(const std::string& path, const MetadataStoreOptions& options) {
  const std::string file = FollowLinks(path);
  auto lock = PosixFileSystem().LockFolder(file + ".lock");
  if (lock.status().code() == StatusCode::kFailedPrecondition) {
    return Status(StatusCode::kFailedPrecondition, "another agent uses " + path)
        .WithField(std::string(kMetadataPathField));
  }
  if (!lock.ok()) return lock.status();
  if (Status whole = CheckWal(PosixFileSystem(), file); !whole.ok()) return whole;
  auto store = SqliteMetadataStore::Open(path);
  if (!store.ok()) return store.status();
  (*store)->set_make_room(options.make_room);
  (*store)->set_lock(*std::move(lock));
  return std::unique_ptr<MetadataStore>(*std::move(store));
}

}  // namespace

Status CheckMetadataSpec(std::string_view spec) {
  if (spec == kMemory) return Status::Ok();
  if (!spec.starts_with(kSqliteScheme)) return Refuse(spec, "is not sqlite:///PATH or memory:");
  const std::string_view path = spec.substr(kSqliteScheme.size());
  if (!path.starts_with('/') || path.ends_with('/')) return Refuse(spec, "has no absolute path of a file");
  if (path.find_first_of(kReserved) != std::string_view::npos) return Refuse(spec, "has one of % ? # in its path");
  return Status::Ok();
}

std::string ShownSpec(std::string_view spec) {
  return spec.starts_with(kSqliteScheme) ? std::string(spec) : SchemeOf(spec);
}

Result<std::unique_ptr<MetadataStore>> MakeMetadataStore(std::string_view spec, const MetadataStoreOptions& options) {
  if (Status checked = CheckMetadataSpec(spec); !checked.ok()) return checked;
  if (spec == kMemory) return std::unique_ptr<MetadataStore>(std::make_unique<InMemoryMetadataStore>());
  return MakeSqliteStore(SqlitePath(spec), options);
}

std::string SqlitePath(std::string_view spec) {
  return std::string(spec.starts_with(kSqliteScheme) ? spec.substr(kSqliteScheme.size()) : std::string_view());
}

Result<std::unique_ptr<MetadataStore>> MakeSqliteStore(const std::string& path, const MetadataStoreOptions& options) {
  auto store = OpenSqliteStore(path, options);
  // To be opened, it needs room.
  if (!store.ok() && options.make_room(store.status())) store = OpenSqliteStore(path, options);
  return store;
}

}  // namespace streamhouse::agent
