#include "agent/testing/faulty_file_system.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace streamhouse::agent {
namespace {

class FaultyWritableFile final : public WritableFile {
 public:
  FaultyWritableFile(FaultyFileSystem& files, std::unique_ptr<WritableFile> base, std::string path)
      : files_(files), base_(std::move(base)), path_(std::move(path)) {}

  Status Append(std::string_view first, std::string_view second) override {
    const Status outcome = files_.NextOutcome(path_);
    if (outcome.ok()) return base_->Append(first, second);
    const std::size_t half = (first.size() + second.size()) / 2;
    const std::string_view of_first = first.substr(0, half);
    if (Status written = base_->Append(of_first, second.substr(0, half - of_first.size())); !written.ok()) {
      return written;
    }
    return outcome;
  }

  Status Sync() override {
    const Status outcome = files_.NextOutcome(path_);
    return outcome.ok() ? files_.NoteSync(base_->Sync()) : outcome;
  }

  Status Truncate(std::uint64_t size_bytes) override {
    const Status outcome = files_.NextOutcome(path_);
    return outcome.ok() ? base_->Truncate(size_bytes) : outcome;
  }

 private:
  FaultyFileSystem& files_;
  std::unique_ptr<WritableFile> base_;
  std::string path_;
};

class FaultyReadableFile final : public ReadableFile {
 public:
  FaultyReadableFile(FaultyFileSystem& files, std::unique_ptr<ReadableFile> base, std::string path)
      : files_(files), base_(std::move(base)), path_(std::move(path)) {}

  Result<std::size_t> ReadAt(std::uint64_t position, std::span<char> destination) const override {
    Status outcome = files_.NextOutcome(path_);
    if (!outcome.ok()) return outcome;
    return base_->ReadAt(position, destination);
  }

 private:
  FaultyFileSystem& files_;
  std::unique_ptr<ReadableFile> base_;
  std::string path_;
};

}  // namespace

Status FaultyFileSystem::NextOutcome(const std::string& path) {
  const std::lock_guard lock(mutex_);
  ++operations_;
  const bool fails = fault_ == Fault::kOnce ? operations_ == failing_operation_ : operations_ >= failing_operation_;
  if (!fails) return Status::Ok();
  return {StatusCode::kUnavailable, path + ": operation " + std::to_string(operations_) + " was made to fail"};
}

Status FaultyFileSystem::NoteSync(Status synced) {
  const std::lock_guard lock(mutex_);
  if (synced.ok()) ++syncs_;
  return synced;
}

int FaultyFileSystem::syncs() const {
  const std::lock_guard lock(mutex_);
  return syncs_;
}

bool FaultyFileSystem::has_failed() const {
  const std::lock_guard lock(mutex_);
  return operations_ >= failing_operation_;
}

Result<std::unique_ptr<WritableFile>> FaultyFileSystem::OpenForAppend(const std::string& path) {
  if (Status outcome = NextOutcome(path); !outcome.ok()) return outcome;
  auto file = base_.OpenForAppend(path);
  if (!file.ok()) return file.status();
  return std::unique_ptr<WritableFile>(std::make_unique<FaultyWritableFile>(*this, *std::move(file), path));
}

Result<std::unique_ptr<ReadableFile>> FaultyFileSystem::OpenForRead(const std::string& path) {
  if (Status outcome = NextOutcome(path); !outcome.ok()) return outcome;
  auto file = base_.OpenForRead(path);
  if (!file.ok()) return file.status();
  return std::unique_ptr<ReadableFile>(std::make_unique<FaultyReadableFile>(*this, *std::move(file), path));
}

Result<std::uint64_t> FaultyFileSystem::FileSize(const std::string& path) {
  if (Status outcome = NextOutcome(path); !outcome.ok()) return outcome;
  return base_.FileSize(path);
}

Result<std::vector<std::string>> FaultyFileSystem::ListFolder(const std::string& path) {
  if (Status outcome = NextOutcome(path); !outcome.ok()) return outcome;
  return base_.ListFolder(path);
}

Status FaultyFileSystem::CreateFolders(const std::string& path) {
  const Status outcome = NextOutcome(path);
  return outcome.ok() ? base_.CreateFolders(path) : outcome;
}

Status FaultyFileSystem::SyncFolder(const std::string& path) {
  const Status outcome = NextOutcome(path);
  return outcome.ok() ? NoteSync(base_.SyncFolder(path)) : outcome;
}

Status FaultyFileSystem::RemoveFile(const std::string& path) {
  const Status outcome = NextOutcome(path);
  return outcome.ok() ? base_.RemoveFile(path) : outcome;
}

Result<std::unique_ptr<FolderLock>> FaultyFileSystem::LockFolder(const std::string& lock_file_path) {
  if (Status outcome = NextOutcome(lock_file_path); !outcome.ok()) return outcome;
  return base_.LockFolder(lock_file_path);
}

}  // namespace streamhouse::agent
