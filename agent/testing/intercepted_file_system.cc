#include "agent/testing/intercepted_file_system.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace streamhouse::agent {
namespace {

class InterceptedWritableFile final : public WritableFile {
 public:
  InterceptedWritableFile(InterceptedFileSystem& files, std::unique_ptr<WritableFile> base, std::string path)
      : files_(files), base_(std::move(base)), path_(std::move(path)) {}

  Status Append(std::string_view first, std::string_view second) override {
    const auto call = files_.BeginCall();
    const Status outcome = files_.Admit(DiskOperation::kAppend, path_);
    if (outcome.ok()) return base_->Append(first, second);
    if (!files_.LeavesHalfOfAnAppend()) return outcome;
    const std::size_t half = (first.size() + second.size()) / 2;
    const std::string_view of_first = first.substr(0, half);
    if (Status written = base_->Append(of_first, second.substr(0, half - of_first.size())); !written.ok()) {
      return written;
    }
    return outcome;
  }

  Status Sync() override {
    const auto call = files_.BeginCall();
    Status outcome = files_.Admit(DiskOperation::kSync, path_);
    if (outcome.ok()) outcome = base_->Sync();
    if (outcome.ok()) files_.NoteSync();
    return outcome;
  }

  Status Truncate(std::uint64_t size_bytes) override {
    const auto call = files_.BeginCall();
    const Status outcome = files_.Admit(DiskOperation::kTruncate, path_);
    return outcome.ok() ? base_->Truncate(size_bytes) : outcome;
  }

  // Both look at what the system remembers, and so are no operations of the disk.
  Status CheckUntouched(std::uint64_t size_bytes) const override { return base_->CheckUntouched(size_bytes); }
  Status CheckInPlace() const override { return base_->CheckInPlace(); }

 private:
  InterceptedFileSystem& files_;
  std::unique_ptr<WritableFile> base_;
  std::string path_;
};

class InterceptedReadableFile final : public ReadableFile {
 public:
  InterceptedReadableFile(InterceptedFileSystem& files, std::unique_ptr<ReadableFile> base, std::string path)
      : files_(files), base_(std::move(base)), path_(std::move(path)) {}

  Result<std::size_t> ReadAt(std::uint64_t position, std::span<char> destination) const override {
    if (Status outcome = files_.Admit(DiskOperation::kRead, path_); !outcome.ok()) return outcome;
    return base_->ReadAt(position, destination);
  }

 private:
  InterceptedFileSystem& files_;
  std::unique_ptr<ReadableFile> base_;
  std::string path_;
};

}  // namespace

Result<std::unique_ptr<WritableFile>> InterceptedFileSystem::OpenForAppend(const std::string& path) {
  const auto call = BeginCall();
  if (Status outcome = Admit(DiskOperation::kOther, path); !outcome.ok()) return outcome;
  auto file = base_.OpenForAppend(path);
  if (!file.ok()) return file.status();
  return std::unique_ptr<WritableFile>(std::make_unique<InterceptedWritableFile>(*this, *std::move(file), path));
}

Result<std::unique_ptr<ReadableFile>> InterceptedFileSystem::OpenForRead(const std::string& path) {
  if (Status outcome = Admit(DiskOperation::kOther, path); !outcome.ok()) return outcome;
  auto file = base_.OpenForRead(path);
  if (!file.ok()) return file.status();
  return std::unique_ptr<ReadableFile>(std::make_unique<InterceptedReadableFile>(*this, *std::move(file), path));
}

Result<std::uint64_t> InterceptedFileSystem::FileSize(const std::string& path) {
  if (Status outcome = Admit(DiskOperation::kOther, path); !outcome.ok()) return outcome;
  return base_.FileSize(path);
}

Result<std::int64_t> InterceptedFileSystem::ModificationTime(const std::string& path) {
  if (Status outcome = Admit(DiskOperation::kOther, path); !outcome.ok()) return outcome;
  return base_.ModificationTime(path);
}

Status InterceptedFileSystem::SetModificationTime(const std::string& path, std::int64_t time_ms) {
  const Status outcome = Admit(DiskOperation::kOther, path);
  return outcome.ok() ? base_.SetModificationTime(path, time_ms) : outcome;
}

Result<std::vector<std::string>> InterceptedFileSystem::ListFolder(const std::string& path) {
  if (Status outcome = Admit(DiskOperation::kOther, path); !outcome.ok()) return outcome;
  return base_.ListFolder(path);
}

Status InterceptedFileSystem::CreateFolders(const std::string& path) {
  const auto call = BeginCall();
  const Status outcome = Admit(DiskOperation::kOther, path);
  return outcome.ok() ? base_.CreateFolders(path) : outcome;
}

Status InterceptedFileSystem::SyncFolder(const std::string& path) {
  const auto call = BeginCall();
  Status outcome = Admit(DiskOperation::kSync, path);
  if (outcome.ok()) outcome = base_.SyncFolder(path);
  if (outcome.ok()) NoteSync();
  return outcome;
}

// Admitted by the old name: the new one is not there yet.
Status InterceptedFileSystem::Rename(const std::string& from, const std::string& to) {
  const auto call = BeginCall();
  Status outcome = Admit(DiskOperation::kOther, from);
  if (outcome.ok()) outcome = base_.Rename(from, to);
  if (outcome.ok()) NoteRename(from, to);
  return outcome;
}

Result<std::uint64_t> InterceptedFileSystem::FreeBytes(const std::string& folder) {
  if (Status outcome = Admit(DiskOperation::kOther, folder); !outcome.ok()) return outcome;
  return base_.FreeBytes(folder);
}

Status InterceptedFileSystem::Allocate(const std::string& path, std::uint64_t bytes) {
  const Status outcome = Admit(DiskOperation::kOther, path);
  return outcome.ok() ? base_.Allocate(path, bytes) : outcome;
}

Status InterceptedFileSystem::RemoveFile(const std::string& path) {
  const auto call = BeginCall();
  Status outcome = Admit(DiskOperation::kOther, path);
  if (outcome.ok()) outcome = base_.RemoveFile(path);
  if (outcome.ok()) NoteRemoval(path);
  return outcome;
}

Status InterceptedFileSystem::RemoveFolder(const std::string& path) {
  const Status outcome = Admit(DiskOperation::kOther, path);
  return outcome.ok() ? base_.RemoveFolder(path) : outcome;
}

Result<std::unique_ptr<FolderLock>> InterceptedFileSystem::LockFolder(const std::string& lock_file_path) {
  if (Status outcome = Admit(DiskOperation::kOther, lock_file_path); !outcome.ok()) return outcome;
  return base_.LockFolder(lock_file_path);
}

}  // namespace streamhouse::agent
