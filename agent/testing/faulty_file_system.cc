#include "agent/testing/faulty_file_system.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

namespace streamhouse::agent {
namespace {

std::uint64_t SizeOf(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

}  // namespace

class FaultyFileSystem::Writable final : public WritableFile {
 public:
  Writable(FaultyFileSystem& files, std::unique_ptr<WritableFile> base, std::string path)
      : files_(files), base_(std::move(base)), path_(std::move(path)) {}

  Status Append(std::string_view first, std::string_view second) override {
    const auto call = files_.HoldCall();
    const Status outcome = files_.Begin(DiskOperation::kAppend, path_);
    if (outcome.ok()) return base_->Append(first, second);
    if (files_.is_off()) return outcome;
    const std::size_t half = (first.size() + second.size()) / 2;
    const std::string_view of_first = first.substr(0, half);
    if (Status written = base_->Append(of_first, second.substr(0, half - of_first.size())); !written.ok()) {
      return written;
    }
    return outcome;
  }

  Status Sync() override {
    const auto call = files_.HoldCall();
    Status outcome = files_.Begin(DiskOperation::kSync, path_);
    if (outcome.ok()) outcome = base_->Sync();
    if (outcome.ok()) files_.CountSync();
    return outcome;
  }

  Status Truncate(std::uint64_t size_bytes) override {
    const auto call = files_.HoldCall();
    const Status outcome = files_.Begin(DiskOperation::kTruncate, path_);
    return outcome.ok() ? base_->Truncate(size_bytes) : outcome;
  }

  Result<std::size_t> ReadAt(std::uint64_t position, std::span<char> destination) const override {
    if (Status outcome = files_.Begin(DiskOperation::kRead, path_); !outcome.ok()) return outcome;
    return base_->ReadAt(position, destination);
  }

  // Both look at what the system remembers, and so are no operations of the disk.
  Status CheckUntouched(std::uint64_t size_bytes) const override { return base_->CheckUntouched(size_bytes); }
  Status CheckInPlace() const override { return base_->CheckInPlace(); }

 private:
  FaultyFileSystem& files_;
  std::unique_ptr<WritableFile> base_;
  std::string path_;
};

class FaultyFileSystem::Readable final : public ReadableFile {
 public:
  Readable(FaultyFileSystem& files, std::unique_ptr<ReadableFile> base, std::string path)
      : files_(files), base_(std::move(base)), path_(std::move(path)) {}

  Result<std::size_t> ReadAt(std::uint64_t position, std::span<char> destination) const override {
    if (Status outcome = files_.Begin(DiskOperation::kRead, path_); !outcome.ok()) return outcome;
    return base_->ReadAt(position, destination);
  }

 private:
  FaultyFileSystem& files_;
  std::unique_ptr<ReadableFile> base_;
  std::string path_;
};

void FaultyFileSystem::FailOperation(int n, Fault fault) {
  const metrics::MutexLock lock(mutex_);
  failing_operation_ = n;
  fault_ = fault;
  operations_ = 0;
}

bool FaultyFileSystem::has_failed() const {
  const metrics::MutexLock lock(mutex_);
  return failing_operation_ > 0 && operations_ >= failing_operation_;
}

int FaultyFileSystem::syncs() const {
  const metrics::MutexLock lock(mutex_);
  return syncs_;
}

void FaultyFileSystem::Switch(DiskState state, std::string path_part) {
  {
    const metrics::MutexLock lock(mutex_);
    state_ = state;
    path_part_ = std::move(path_part);
    ++switches_;
  }
  switched_.NotifyAll();
}

int FaultyFileSystem::delayed() const {
  const metrics::MutexLock lock(mutex_);
  return delayed_;
}

bool FaultyFileSystem::is_off() const {
  const metrics::MutexLock lock(mutex_);
  return is_off_;
}

Status FaultyFileSystem::Begin(DiskOperation operation, const std::string& path) {
  const Status off(StatusCode::kUnavailable, path + ": the power is off");
  {
    const metrics::MutexLock lock(mutex_);
    if (is_off_) return off;
  }
  if (Status refused = Admit(operation, path); !refused.ok()) return refused;
  const metrics::MutexLock lock(mutex_);
  if (Status counted = CheckCount(path); !counted.ok()) return counted;
  if (Status state = CheckState(operation, path); !state.ok()) return state;
  // It may have gone during a delay.
  if (is_off_) return off;
  if (operation == DiskOperation::kSync) NoteSync(path);
  return Status::Ok();
}

Status FaultyFileSystem::CheckCount(const std::string& path) {
  ++operations_;
  const bool is_it = operations_ == failing_operation_;
  const bool is_behind = fault_ == Fault::kFromThenOn && operations_ > failing_operation_;
  if (failing_operation_ == 0 || !(is_it || is_behind)) return Status::Ok();
  return {StatusCode::kUnavailable, path + ": operation " + std::to_string(operations_) + " was made to fail"};
}

Status FaultyFileSystem::CheckState(DiskOperation operation, const std::string& path) {
  if (state_ == DiskState::kWell || path.find(path_part_) == std::string::npos) return Status::Ok();
  if (state_ == DiskState::kBroken) return {StatusCode::kUnavailable, path + ": the disk was made to break"};
  if (operation == DiskOperation::kAppend || operation == DiskOperation::kSync) {
    ++delayed_;
    switched_.WaitFor(mutex_, longest_delay_, [this, before = switches_]() STREAMHOUSE_REQUIRES(mutex_) {
      return switches_ != before || is_off_;
    });
    --delayed_;
  }
  return Status::Ok();
}

// One that was there before this object is as it was found.
void FaultyFileSystem::NoteOpen(const std::string& path, Presence before) {
  const metrics::MutexLock lock(mutex_);
  files_.try_emplace(path, File{.is_listed = before == Presence::kPresent, .synced_bytes = SizeOf(path)});
}

// Notes the folders that CreateFoldersUnsynced() is going to make.
void FaultyFileSystem::NoteMissing(std::string folder) {
  const metrics::MutexLock lock(mutex_);
  for (; !std::filesystem::exists(folder); folder = ParentOf(folder)) unlisted_folders_.insert(folder);
}

// Before the sync: it covers what has been appended before it began.
void FaultyFileSystem::NoteSync(const std::string& path) {
  if (!std::filesystem::is_directory(path)) {
    const auto found = files_.find(path);
    if (found != files_.end()) found->second.synced_bytes = SizeOf(path);
    return;
  }
  std::erase_if(renamings_, [&](const Renaming& r) { return ParentOf(r.to) == path; });
  std::erase_if(unlisted_folders_, [&](const std::string& folder) { return ParentOf(folder) == path; });
  for (auto& [name, file] : files_) {
    if (ParentOf(name) == path) file.is_listed = true;
  }
}

void FaultyFileSystem::CountSync() {
  const metrics::MutexLock lock(mutex_);
  ++syncs_;
}

void FaultyFileSystem::NoteRename(const std::string& from, const std::string& to) {
  const metrics::MutexLock lock(mutex_);
  renamings_.push_back({.from = from, .to = to});
  const auto renamed = [&](const std::string& path) {
    const bool is_moved = path == from || path.starts_with(from + "/");
    return is_moved ? to + path.substr(from.size()) : path;
  };
  std::map<std::string, File> files;
  for (const auto& [path, file] : files_) files.emplace(renamed(path), file);
  files_ = std::move(files);
  std::set<std::string> folders;
  for (const std::string& path : unlisted_folders_) folders.insert(renamed(path));
  unlisted_folders_ = std::move(folders);
}

void FaultyFileSystem::NoteRemoval(const std::string& path) {
  const metrics::MutexLock lock(mutex_);
  files_.erase(path);
}

void FaultyFileSystem::LosePower(Leftover leftover) {
  {
    // First, so that the calls come to an end however many begin.
    const metrics::MutexLock lock(mutex_);
    is_off_ = true;
  }
  switched_.NotifyAll();
  const std::unique_lock no_calls(calls_);
  const metrics::MutexLock lock(mutex_);
  for (const std::string& folder : unlisted_folders_) std::filesystem::remove_all(folder);
  for (const auto& [path, file] : files_) {
    if (!std::filesystem::is_regular_file(path)) continue;
    if (!file.is_listed) {
      std::filesystem::remove(path);
      continue;
    }
    const std::uint64_t size = SizeOf(path);
    const std::uint64_t synced = std::min(file.synced_bytes, size);
    std::filesystem::resize_file(path, leftover == Leftover::kHalf ? synced + (size - synced) / 2 : synced);
    if (leftover == Leftover::kZeros) std::filesystem::resize_file(path, size);
  }
  for (auto renaming = renamings_.rbegin(); renaming != renamings_.rend(); ++renaming) {
    // CreateFolders() syncs the folder that it makes one in.
    if (std::filesystem::exists(renaming->from)) continue;
    std::error_code gone_since;
    std::filesystem::rename(renaming->to, renaming->from, gone_since);
  }
}

Result<std::unique_ptr<WritableFile>> FaultyFileSystem::OpenForAppend(const std::string& path) {
  const auto call = HoldCall();
  if (Status outcome = Begin(DiskOperation::kOther, path); !outcome.ok()) return outcome;
  const Presence before = base_.FileSize(path).ok() ? Presence::kPresent : Presence::kAbsent;
  auto file = base_.OpenForAppend(path);
  if (!file.ok()) return file.status();
  NoteOpen(path, before);
  return std::unique_ptr<WritableFile>(std::make_unique<Writable>(*this, *std::move(file), path));
}

Result<std::unique_ptr<ReadableFile>> FaultyFileSystem::OpenForRead(const std::string& path) {
  if (Status outcome = Begin(DiskOperation::kOther, path); !outcome.ok()) return outcome;
  auto file = base_.OpenForRead(path);
  if (!file.ok()) return file.status();
  return std::unique_ptr<ReadableFile>(std::make_unique<Readable>(*this, *std::move(file), path));
}

Result<std::uint64_t> FaultyFileSystem::FileSize(const std::string& path) {
  if (Status outcome = Begin(DiskOperation::kOther, path); !outcome.ok()) return outcome;
  return base_.FileSize(path);
}

Result<std::int64_t> FaultyFileSystem::ModificationTime(const std::string& path) {
  if (Status outcome = Begin(DiskOperation::kOther, path); !outcome.ok()) return outcome;
  return base_.ModificationTime(path);
}

Status FaultyFileSystem::SetModificationTime(const std::string& path, std::int64_t time_ms) {
  const Status outcome = Begin(DiskOperation::kOther, path);
  return outcome.ok() ? base_.SetModificationTime(path, time_ms) : outcome;
}

Result<std::vector<std::string>> FaultyFileSystem::ListFolder(const std::string& path) {
  if (Status outcome = Begin(DiskOperation::kOther, path); !outcome.ok()) return outcome;
  return base_.ListFolder(path);
}

Status FaultyFileSystem::CreateFolders(const std::string& path) {
  const auto call = HoldCall();
  const Status outcome = Begin(DiskOperation::kOther, path);
  return outcome.ok() ? base_.CreateFolders(path) : outcome;
}

Status FaultyFileSystem::CreateFoldersUnsynced(const std::string& path) {
  const auto call = HoldCall();
  if (Status outcome = Begin(DiskOperation::kOther, path); !outcome.ok()) return outcome;
  NoteMissing(path);
  return base_.CreateFoldersUnsynced(path);
}

Status FaultyFileSystem::SyncFolder(const std::string& path) {
  const auto call = HoldCall();
  if (Status opened = Admit(DiskOperation::kOther, path); !opened.ok()) return opened;
  if (Status synced = Begin(DiskOperation::kSync, path); !synced.ok()) return {StatusCode::kInternal, synced.message()};
  Status synced = base_.SyncFolder(path);
  if (synced.ok()) CountSync();
  return synced;
}

// Admitted by the old name: the new one is not there yet.
Status FaultyFileSystem::Rename(const std::string& from, const std::string& to) {
  const auto call = HoldCall();
  Status outcome = Begin(DiskOperation::kOther, from);
  if (outcome.ok()) outcome = base_.Rename(from, to);
  if (outcome.ok()) NoteRename(from, to);
  return outcome;
}

Result<std::uint64_t> FaultyFileSystem::FreeBytes(const std::string& folder) {
  if (Status outcome = Begin(DiskOperation::kOther, folder); !outcome.ok()) return outcome;
  return base_.FreeBytes(folder);
}

Status FaultyFileSystem::Allocate(const std::string& path, std::uint64_t bytes) {
  const Status outcome = Begin(DiskOperation::kOther, path);
  return outcome.ok() ? base_.Allocate(path, bytes) : outcome;
}

Status FaultyFileSystem::RemoveFile(const std::string& path) {
  const auto call = HoldCall();
  Status outcome = Begin(DiskOperation::kOther, path);
  if (outcome.ok()) outcome = base_.RemoveFile(path);
  if (outcome.ok()) NoteRemoval(path);
  return outcome;
}

Status FaultyFileSystem::RemoveFolder(const std::string& path) {
  const Status outcome = Begin(DiskOperation::kOther, path);
  return outcome.ok() ? base_.RemoveFolder(path) : outcome;
}

std::uint64_t FaultyFileSystem::OpenFilesMax() {
  return base_.OpenFilesMax();
}

Result<std::unique_ptr<FolderLock>> FaultyFileSystem::LockFolder(const std::string& lock_file_path) {
  if (Status outcome = Begin(DiskOperation::kOther, lock_file_path); !outcome.ok()) return outcome;
  return base_.LockFolder(lock_file_path);
}

}  // namespace streamhouse::agent
